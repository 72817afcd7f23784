#!/usr/bin/env python3
"""Prints the packed tables of Sources/JSON/Format/UnicodeRanges.swift and Sources/JSON/Pattern/UnicodeScripts.swift
from the Unicode Character Database: bidirectional classes from Python's unicodedata, joining types and scripts from the
tables Perl installs (perl-modules).  usage: unicode_tables.py bidi|joining|scripts|extensions|names

A run is three numbers: the gap since the last run's end, its length minus one, its class. A number is its digits in
base 32, most significant first: '0' + digit where another follows, 'P' + digit for the last."""
import glob, subprocess, sys, unicodedata

def perl(name):
    path = glob.glob("/usr/share/perl/*/unicore/To/%s.pl" % name)[0]
    body = open(path).read().split("<<'END';\n", 1)[1].split("\nEND")[0]
    for line in body.splitlines():
        first, last, value = line.split("\t")
        yield int(first, 16), int(last or first, 16), value

def number(value):
    digits = []
    while True:
        digits.append(value & 31)
        value >>= 5
        if not value: break
    return "".join(chr(48 + d) for d in digits[:0:-1]) + chr(80 + digits[0])

def pack(runs):
    text, end = "", 0
    for first, last, value in runs:
        text += number(first - end) + number(last - first) + number(value)
        end = last + 1
    return text

def show(text):
    for place in range(0, len(text), 112): print("        " + text[place:place + 112])

BIDI = ["R", "AL", "EN", "AN", "ES", "CS", "ET", "ON", "BN", "NSM"]

def bidi():
    # Unassigned code points may take any class: no label has them.
    runs, open_run = [], None
    for scalar in range(0x110000):
        name = unicodedata.bidirectional(chr(scalar))
        if not name: continue
        if name == "L": open_run = None
        else:
            value = BIDI.index(name) + 1 if name in BIDI else len(BIDI) + 1
            if open_run is not None and runs[open_run][2] == value: runs[open_run][1] = scalar
            else:
                open_run = len(runs)
                runs.append([scalar, scalar, value])
    return runs

def joining(): return [(a, b, "DLRT".index(v) + 1) for a, b, v in perl("Jt") if v in "DLRT"]

def scripts(): return sorted({v for _, _, v in perl("Sc")})

def merged(runs):
    out = []
    for first, last, value in runs:
        if out and out[-1][1] + 1 == first and out[-1][2] == value: out[-1][1] = last
        else: out.append([first, last, value])
    return out

def names():
    code = 'use Unicode::UCD "prop_value_aliases"; for (@ARGV) { my @a = prop_value_aliases("sc", $_); print "$a[0]=$a[1]\\n" }'
    return subprocess.run(["perl", "-e", code] + scripts(), capture_output=True, text=True).stdout.split()

if __name__ == "__main__":
    what = sys.argv[1]
    order = scripts()
    if what == "bidi": show(pack(bidi()))
    elif what == "joining": show(pack(joining()))
    elif what == "scripts": show(pack(merged((a, b, order.index(v) + 1) for a, b, v in perl("Sc"))))
    elif what == "names": show(" ".join(names()))
    elif what == "extensions":
        # Where Script_Extensions differs from Script; runs of several scripts follow each other with no gap and
        # length, so each script gives a run of its own here: sorted by script, gaps counted anew for each.
        script = {}
        for a, b, v in perl("Sc"):
            for c in range(a, b + 1): script[c] = v
        sets = {}
        for a, b, v in perl("Scx"):
            for c in range(a, b + 1):
                if [script.get(c)] != v.split():
                    for name in v.split(): sets.setdefault(name, []).append(c)
        text = ""
        for name in sorted(sets):
            runs = merged((c, c, 0) for c in sets[name])
            text += number(order.index(name) + 1) + number(len(runs))
            end = 0
            for a, b, _ in runs:
                text += number(a - end) + number(b - a)
                end = b + 1
        show(text)

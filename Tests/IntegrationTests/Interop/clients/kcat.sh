#!/usr/bin/env bash
# kcat through what it offers of the scenario. Usage: kcat.sh HOST:PORT; prints one line a step.
set -u
address=$1
topic="kcat${INTEROP_SUFFIX:-}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

say() { printf '%s: %s\n' "$1" "$2"; }
produce() { kcat -P -b "$address" "$@" 2>> "$folder/errors"; }
consume() { kcat -C -b "$address" -q -e -o beginning "$@" 2>> "$folder/errors"; }

say "#" codecs
for n in $(seq 500); do printf 'record %d with some text that compresses, compresses, compresses\n' "$n"; done > "$folder/sent"
: > "$folder/all"
for codec in none gzip snappy lz4 zstd; do
    produce -t "$topic" -z "$codec" -l "$folder/sent"
    say "produce $codec" "exit $?"
    cat "$folder/sent" >> "$folder/all"
done
consume -t "$topic" > "$folder/read"
cmp -s "$folder/all" "$folder/read" && same=True || same=False
say consume "$(wc -l < "$folder/read") records, same bytes $same"
produce -t "$topic" -X enable.idempotence=true -l "$folder/sent"
say idempotent "$(consume -t "$topic" | wc -l) records"

say "#" shapes
produce -t "$topic-shapes" -K : -H a=1 -H b=2 <<< 'key:value'
produce -t "$topic-shapes" -K : -Z <<< 'tombstone:'
produce -t "$topic-shapes" <<< 'no key'
consume -t "$topic-shapes" -f 'record %o: key %K, value %S, headers [%h]\n'

say "#" listing
kcat -L -b "$address" -t "$topic" | grep -o 'with .* partitions'
kcat -L -b "$address" -t "$topic" | grep -c 'partition 0, leader'

say "#" times
at=$(consume -t "$topic-shapes" -f '%T %o\n' | sed -n 's/ 1$//p')
say "offset by time" "$(kcat -Q -b "$address" -t "$topic-shapes:0:$at" | cut -d' ' -f4)"
say "offset after all" "$(kcat -Q -b "$address" -t "$topic-shapes:0:4000000000000" | cut -d' ' -f4)"
say "last two" "$(kcat -C -b "$address" -q -e -o -2 -t "$topic-shapes" -f '%o ')"
say "seek by time" "$(kcat -C -b "$address" -q -e -o "s@$at" -t "$topic-shapes" -f '%o ')"

say "#" groups
group() {
    kcat -G "group-$topic" -b "$address" -q -e -X auto.offset.reset=earliest -X heartbeat.interval.ms=200 "$topic-shapes" -f '%o ' 2>> "$folder/errors"
}
say "first run" "$(group)"
say "second run" "$(group)"
produce -t "$topic-shapes" <<< 'one more'
say "third run" "$(group)"

say "#" transactions
produce -t "$topic-transactions" -X transactional.id="kcat-$topic" -l "$folder/sent"
say "transaction" "exit $?"
say "read committed" "$(consume -t "$topic-transactions" -X isolation.level=read_committed | wc -l)"
# Ended before it commits: the records are in the log, and hidden.
(
    timeout -s KILL 2 kcat -P -b "$address" -t "$topic-transactions" -X transactional.id="kcat-$topic" -X linger.ms=0 \
        < <(head -20 "$folder/sent"; exec sleep 3)
) 2> /dev/null
open=$(($(consume -t "$topic-transactions" -X isolation.level=read_uncommitted | wc -l) - 500))
[ $open -gt 0 ] && open="some more" || open="no more"
say "while one is open" "$(consume -t "$topic-transactions" -X isolation.level=read_committed | wc -l), and $open"
head -3 "$folder/sent" > "$folder/three"
produce -t "$topic-transactions" -X transactional.id="kcat-$topic" -l "$folder/three"
say "after the next producer" "$(consume -t "$topic-transactions" -X isolation.level=read_committed | wc -l)"

say "#" errors
kcat -C -b "$address" -q -e -t "$topic-none" -X allow.auto.create.topics=false 2>&1 | grep -o 'Unknown topic or partition' | head -1

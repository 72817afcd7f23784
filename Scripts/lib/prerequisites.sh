# Sourced by the scripts beside it: finds Swift and installs the Debian packages that are missing.
# Nothing is installed that is already there; on a machine without root and without sudo it says what to install.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf '%s\n' "$*" >&2; }

need_swift() {
    if ! command -v swift >/dev/null 2>&1; then
        for place in /opt/swift/usr/bin "$HOME/swift/usr/bin" /usr/libexec/swift/bin; do
            [ -x "$place/swift" ] && PATH="$place:$PATH"
        done
    fi
    command -v swift >/dev/null 2>&1 || {
        say "Swift 6.2 or later is missing: install the toolchain for Debian 12 and put it on PATH."
        exit 2
    }
}

# need_packages NAME…: Debian packages, installed when dpkg does not know them as installed.
need_packages() {
    local missing=()
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || {
            say "missing packages: ${missing[*]}; install them as root: apt-get install ${missing[*]}"
            exit 2
        }
        as_root=(sudo)
    fi
    say "installing: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# need_python NAME…: a virtual environment under .build with the Python packages that tests and benchmarks talk to.
need_python() {
    need_packages python3 python3-venv
    [ -x .build/python/bin/python3 ] || python3 -m venv .build/python
    local missing=()
    for name in "$@"; do
        .build/python/bin/python3 -m pip show -q "$name" >/dev/null 2>&1 || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] || .build/python/bin/python3 -m pip install -q --disable-pip-version-check "${missing[@]}" >&2
}

need_swift
need_packages librdkafka-dev libssl-dev pkg-config

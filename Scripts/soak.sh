#!/usr/bin/env bash
# The long proofs: each prints its seed, duration and figures. Results worth keeping go to Docs/evidence.md.
# Usage: Scripts/soak.sh [kills]
. "$(dirname "$0")/lib/prerequisites.sh"
swift build -c release --product lgsp >&2
[ $# -gt 0 ] || set -- kills
for name in "$@"; do
    case "$name" in
    kills) LGSP_KILLS="${LGSP_KILLS:-40}" LGSP_SOAK=1 swift test --filter KillTests ;;
    *) say "no long proof named $name; there is: kills"; exit 2 ;;
    esac
done

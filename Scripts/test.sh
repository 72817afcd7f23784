#!/usr/bin/env bash
# Every test, from nothing: installs what is missing, builds the program that the behaviour tests drive, runs them.
# Usage: Scripts/test.sh [options of swift test, such as --filter JSONTests]
. "$(dirname "$0")/lib/prerequisites.sh"
need_packages kcat strace
need_python kafka-python
swift build -c release --product lgsp >&2
exec swift test "$@"

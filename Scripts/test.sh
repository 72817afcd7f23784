#!/usr/bin/env bash
# Every test, from nothing: installs what is missing, builds the program that the behaviour tests drive, runs them.
# Usage: Scripts/test.sh [options of swift test, such as --filter JSONTests]
. "$(dirname "$0")/lib/prerequisites.sh"
need_packages kcat burrow strace
need_python confluent-kafka kafka-python aiokafka cramjam python-snappy lz4 zstandard
swift build -c release --product lgsp >&2
exec swift test "$@"

#!/usr/bin/env bash
# Every test, from nothing: installs what is missing, builds the program that the behaviour tests drive, runs them.
# Usage: Scripts/test.sh [options of swift test, such as --filter JSONTests]
. "$(dirname "$0")/lib/prerequisites.sh"
need_packages kcat burrow strace
need_python confluent-kafka kafka-python aiokafka cramjam python-snappy lz4 zstandard
# What confluent-kafka wants for its registry client and JSON serializers (its extras schema-registry and json).
need_python attrs cachetools certifi httpx2 authlib jsonschema
swift build -c release --product lgsp >&2
exec swift test "$@"

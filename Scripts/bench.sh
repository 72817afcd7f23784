#!/usr/bin/env bash
# Benchmarks: tables with ratios against a peer or a raw limit measured in the same run.
# Usage: Scripts/bench.sh [NAME…]   (no name: all; `lgsp bench --help` lists them)
. "$(dirname "$0")/lib/prerequisites.sh"
need_python confluent-kafka orjson jsonschema-rs
swift build -c release --product lgsp >&2
swift build -c release --product lgsp-bench >&2
[ $# -gt 0 ] || set -- pipeline broker json
for name in "$@"; do .build/release/lgsp bench "$name"; done

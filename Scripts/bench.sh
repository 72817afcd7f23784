#!/usr/bin/env bash
# Benchmarks: tables with ratios against a peer or a raw limit measured in the same run.
# Usage: Scripts/bench.sh [NAME…]   (no name: all; `lgsp bench --help` lists them)
. "$(dirname "$0")/lib/prerequisites.sh"
need_python confluent-kafka orjson jsonschema-rs
swift build -c release --product lgsp >&2
swift build -c release --product lgsp-bench >&2
[ $# -gt 0 ] || set -- pipeline broker schema

# The peers of `schema`: validators from PyPI and Debian, simdjson, and the counter of allocations.
schema_peers() {
    need_packages g++ libsimdjson-dev rapidjson-dev
    need_python fastjsonschema
    mkdir -p .build/bench
    g++ -O3 -march=native -DNDEBUG -o .build/bench/schema-peers Scripts/bench/schema_peers.cpp -lsimdjson
    cc -O2 -shared -fPIC -o .build/bench/allocations.so Scripts/bench/allocations.c
}

for benchmark in "$@"; do
    [ "$benchmark" != schema ] || schema_peers
    .build/release/lgsp bench "$benchmark"
done

#!/usr/bin/env bash
# The long proofs: each prints its seed, duration and figures. Results worth keeping go to Docs/evidence.md.
# Usage: Scripts/soak.sh [kills | broker-kills [ROUNDS] | simulation [RUNS] | fuzz [SECONDS] | idle [SECONDS] | throughput [RECORDS] | librdkafka]
#   kills         the main job under kills of hub and broker: the same figures as undisturbed (LGSP_KILLS: how many)
#   broker-kills  200 kills under load, then a kill or an error at every n-th write, sync, rename, truncation
#   simulation    10,000 seeded runs on a simulated disk (LGSP_SEED: the first), and as many with a flipped bit
#   fuzz          every decoder under libFuzzer, SECONDS (600) for each of the groups in Sources/Fuzzing
#                 (LGSP_FUZZ_GROUPS: only these)
#   idle          60 topics and 42 consumer groups that do nothing: processor time and memory
#   throughput    10 million records through the broker: memory must stay flat
#   librdkafka    librdkafka's own test suite (from Debian's source package) on our broker and on Apache Kafka
. "$(dirname "$0")/lib/prerequisites.sh"
name="${1:-kills}"
[ $# -eq 0 ] || shift

broker_kills() {
    need_packages strace
    swift build -c release --product lgsp >&2
    LGSP_KILLS="${1:-200}" swift test --filter BrokerKillTests
}

simulation() {
    SWIFT_DETERMINISTIC_HASHING=1 LGSP_SIMULATIONS="${1:-10000}" swift test --filter SimulationTests
}

# The decoders are compiled with libFuzzer's coverage and linked with its main function.
fuzz() {
    local seconds="${1:-600}" folder=.build/fuzz objects=() failed=0
    swift build -c release --sanitize fuzzer --target Fuzzing --build-path "$folder" >&2
    for target in Bytes Runtime Crypto JSON KafkaWire Broker Fuzzing; do
        while read -r object; do objects+=("$object"); done < <(find -L "$folder/release/$target.build" -name '*.o')
    done
    # shellcheck disable=SC2046
    swiftc -sanitize=fuzzer -o "$folder/lgsp-fuzz" "${objects[@]}" $(pkg-config --libs openssl)
    for group in ${LGSP_FUZZ_GROUPS:-messages frames batches recovery stored documents schemas patterns}; do
        mkdir -p "$folder/corpus/$group" "$folder/found"
        LGSP_FUZZ=$group LGSP_FUZZ_SEEDS="$folder/corpus/$group" "$folder/lgsp-fuzz" -runs=1 2>/dev/null
        say "fuzz $group: $seconds s"
        LGSP_FUZZ=$group nice "$folder/lgsp-fuzz" "$folder/corpus/$group" -max_total_time="$seconds" -max_len=4096 \
            -timeout=5 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$folder/found/$group-" \
            > "$folder/$group.log" 2>&1 || failed=1
        grep -hE 'stat::number_of_executed_units|stat::new_units|SUMMARY' "$folder/$group.log" | sed "s/^/$group /"
        grep -h ' cov: ' "$folder/$group.log" | tail -1
    done
    return $failed
}

# start_broker DATA: sets `broker` (its process) and `address`.
start_broker() {
    address="127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
    "${LGSP:-.build/release/lgsp}" broker --data "$1" --listen "$address" 2> "$1.log" &
    broker=$!
    trap 'kill $broker 2>/dev/null || true; rm -rf "$folder"' EXIT
    for _ in $(seq 100); do grep -q broker.listening "$1.log" && return; sleep 0.1; done
    cat "$1.log" >&2
    return 1
}

idle() {
    need_python confluent-kafka
    [ -n "${LGSP:-}" ] || swift build -c release --product lgsp >&2
    folder=$(mktemp -d)
    start_broker "$folder/data"
    .build/python/bin/python3 Scripts/soak/idle.py "$address" "$broker" "${1:-60}"
}

throughput() {
    need_python confluent-kafka
    [ -n "${LGSP:-}" ] || swift build -c release --product lgsp >&2
    folder=$(mktemp -d)
    start_broker "$folder/data"
    .build/python/bin/python3 Scripts/soak/throughput.py "$address" "$broker" "${1:-10000000}"
}

case "$name" in
kills)
    swift build -c release --product lgsp >&2
    LGSP_KILLS="${LGSP_KILLS:-40}" LGSP_SOAK=1 swift test --filter IntegrationTests.KillTests
    ;;
broker-kills) broker_kills "$@" ;;
simulation | fuzz | idle | throughput) "$name" "$@" ;;
librdkafka) . Scripts/lib/librdkafka-suite.sh && librdkafka_suite ;;
*) say "no long proof named $name; there are: kills broker-kills simulation fuzz idle throughput librdkafka"; exit 2 ;;
esac

#!/usr/bin/env bash
# START for Kafka's integration tests (../shared/kafka/its/run.sh): our embedded broker, with SASL where a test asks for
# it. LGSP names the binary (default .build/release/lgsp below the current folder). STOP is the one beside run.sh.
set -euo pipefail
port=$1 data=$2; shift 2
args=(--data "$data/log" --listen "127.0.0.1:$port" --set "node.id=${NODE_ID:-0}")
while [ $# -gt 0 ]; do
  case $1 in
    --sasl)
      (umask 077 && printf '%s\n' "$2" > "$data/users")
      args+=(--sasl PLAIN --sasl-users "$data/users"); shift 2 ;;
    *) args+=(--set "$1"); shift ;;
  esac
done
setsid "${LGSP:-.build/release/lgsp}" broker "${args[@]}" > "$data/broker.log" 2>&1 < /dev/null &
pid=$!
echo $pid > "$data/broker.pid"
for _ in $(seq 200); do
  (exec 3<> "/dev/tcp/127.0.0.1/$port") 2>/dev/null && exit 0
  if ! kill -0 $pid 2>/dev/null; then
    wait $pid && rc=0 || rc=$?
    cat "$data/broker.log" >&2
    [ $rc = 2 ] && exit 77   # usage: a setting that is not offered
    exit 1
  fi
  sleep 0.05
done
echo "no answer within 10 s" >&2; exit 1

#!/usr/bin/env bash
# Kafka's own tools. Each start of one takes a second or two, so that each does as much as it can.
# Usage: KAFKA_TOOL=…/tool.sh kafka_tools.sh HOST:PORT; prints one line a step.
set -u
address=$1
suffix=${INTEROP_SUFFIX:-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export KAFKA_HEAP_OPTS="-Xmx128M -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto"

say() { printf '%s: %s\n' "$1" "$2"; }
# The tool's words, without what differs from run to run: names are made alike, dates and ids left out.
tool() {
    local name=$1
    shift
    "$KAFKA_TOOL" "$name" --bootstrap-server "$address" "$@" 2>> "$folder/errors" | sed -E "s/tools$suffix/tools/g; s/[0-9a-zA-Z_-]{22}(\t| |$)/ID\1/g"
}
without() { case " ${INTEROP_WITHOUT:-} " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }
t="tools$suffix"

say "#" topics
tool topics --create --topic "$t" --partitions 3 --config retention.ms=86400000
tool topics --create --topic "$t" --if-not-exists
tool topics --alter --topic "$t" --partitions 4
tool topics --describe --topic "$t" | sed -E 's/TopicId: [^\t]*/TopicId: ID/; s/(Leader|Replicas|Isr|Elr|LastKnownElr): [0-9N]+[^\t]*/\1/g'

say "#" configs
tool configs --alter --entity-type topics --entity-name "$t" --add-config cleanup.policy=compact,max.message.bytes=2000000
tool configs --alter --entity-type topics --entity-name "$t" --delete-config cleanup.policy
tool configs --describe --entity-type topics --entity-name "$t"
tool configs --alter --entity-type topics --entity-name "$t" --add-config no.such=1 > /dev/null
say "unknown setting" "$(grep -o 'Unknown topic config name: no.such' "$folder/errors" | head -1)"

say "#" producers
for n in $(seq 300); do echo "key$((n % 7)):value $n"; done > "$folder/sent"
tool console-producer --topic "$t" --reader-property parse.key=true --reader-property key.separator=: --compression-codec zstd < "$folder/sent" > /dev/null
tool verifiable-producer --topic "$t" --max-messages 200 --throughput -1 | grep -o '"sent":200,"acked":200'
"$KAFKA_TOOL" producer-perf-test --topic "$t" --num-records 2000 --record-size 100 --throughput -1 --bootstrap-server "$address" \
    --command-property acks=all 2>> "$folder/errors" | grep -oE '^2000 records sent' | tail -1
# Two transactions and a bit: the tool commits each after so long.
"$KAFKA_TOOL" producer-perf-test --topic "$t-transactions" --num-records 500 --record-size 100 --throughput -1 --bootstrap-server "$address" \
    --transactional-id "$t-perf" --transaction-duration-ms 50 2>> "$folder/errors" | grep -oE '^500 records sent' | tail -1
tool get-offsets --topic "$t" | cut -d: -f3 | awk '{ all += $1 } END { print all }' | sed 's/^/offsets, all together: /'

say "#" consumers
tool console-consumer --topic "$t" --from-beginning --max-messages 2500 --group "$t-group" --timeout-ms 15000 \
    --command-property heartbeat.interval.ms=200 > "$folder/read"
say "console consumer" "$(wc -l < "$folder/read")"
say "values of the console producer" "$(grep -c '^value ' "$folder/read")"
tool console-consumer --topic "$t-transactions" --from-beginning --isolation-level read_committed --max-messages 500 --timeout-ms 15000 | wc -l |
    sed 's/^/read committed: /'
tool verifiable-consumer --topic "$t" --group-id "$t-verified" --max-messages 2500 --session-timeout 6000 --reset-policy earliest > "$folder/verified"
say "verifiable consumer" "$(sed -nE 's/.*"name":"records_consumed","count":([0-9]+),.*/\1/p' "$folder/verified" | awk '{ all += $1 } END { print all }') consumed"

say "#" groups
tool consumer-groups --describe --group "$t-group" | awk 'NF > 5 && $1 != "GROUP" { lag += $6; ends += $5 } END { print "lag " lag ", ends " ends }'
tool consumer-groups --list | grep -c "^tools"
tool consumer-groups --reset-offsets --group "$t-group" --topic "$t:0" --to-offset 5 --execute | grep tools | sed -E 's/ +/ /g'
tool consumer-groups --reset-offsets --group "$t-group" --all-topics --to-earliest --dry-run | grep tools | awk '{ print $2, $3, $4 }' | sort
tool consumer-groups --delete-offsets --group "$t-group" --topic "$t:1" | sed -E 's/ +/ /g'
tool consumer-groups --delete --group "$t-group"
tool consumer-groups --describe --group "$t-group" --state > /dev/null
say "gone" "$(grep -o "Exception: Group $t-group not found" "$folder/errors" | head -1 | sed "s,$t-group,tools-group,")"

say "#" transactions
tool transactions list | awk '$1 == "tools-perf" { print "state", $4 }'
tool transactions describe --transactional-id "$t-perf" | tail -1 | awk '{ print "described as", $5 }'
tool transactions describe-producers --topic "$t-transactions" --partition 0 | tail -n +2 | awk '{ print "open transaction from", $6 }' | sort -u

say "#" records
printf '{"version":1,"partitions":[{"topic":"%s","partition":0,"offset":1}]}' "$t-transactions" > "$folder/delete.json"
tool delete-records --offset-json-file "$folder/delete.json" | grep -o 'low_watermark: .*'
tool get-offsets --topic "$t-transactions" --time earliest

if ! without denial; then
    say "#" denial
    tool acls --add --deny-principal User:ANONYMOUS --operation Write --topic "$t" | grep -oE '\(principal=.*\)' | sort -u
    tool console-producer --topic "$t" --sync <<< refused > /dev/null
    say "write" "$(grep -o 'Not authorized to access topics' "$folder/errors" | head -1)"
    tool acls --remove --force --deny-principal User:ANONYMOUS --operation Write --topic "$t" > /dev/null
    tool acls --list --topic "$t" | grep -c principal
fi
tool topics --delete --topic "tools$suffix.*"
tool topics --list | grep -c "^$t"
[ -z "${INTEROP_ERRORS:-}" ] || cat "$folder/errors" >&2

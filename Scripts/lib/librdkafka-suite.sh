# Sourced by Scripts/soak.sh: librdkafka's own test suite, built from Debian's source package, one test at a time
# against our broker and, where ../shared/kafka stands, against Apache Kafka beside it. Prints one row a test.
#
#   LGSP_LIBRDKAFKA  where source, build and logs lie (default: a folder of the system's temporary one)
#   LGSP_RDK_TESTS   the numbers to run, such as "0081 0103" (default: all)
#   LGSP_RDK_SECONDS how long one test may take (default: 120)
#   LGSP             the binary (default: .build/release/lgsp)
#   LGSP_KAFKA       where Apache Kafka stands (default: ../shared/kafka)

rdk_folder=${LGSP_LIBRDKAFKA:-${TMPDIR:-/var/tmp}/lgsp-librdkafka}
rdk_kafka=${LGSP_KAFKA:-../shared/kafka}

# Fetches and builds into $rdk_folder/source. The sources list stands there too, made of the archives already in use.
librdkafka_build() {
    [ -x "$rdk_folder/source/tests/test-runner" ] && return 0
    need_packages build-essential dpkg-dev zlib1g-dev libssl-dev python3
    mkdir -p "$rdk_folder/lists/partial"
    apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
        sort -u > "$rdk_folder/sources.list"
    (
        cd "$rdk_folder"
        local apt=(apt-get -qq -o "Dir::Etc::sourcelist=$PWD/sources.list" -o "Dir::Etc::sourceparts=-"
            -o "Dir::State::lists=$PWD/lists" -o "APT::Sandbox::User=")
        "${apt[@]}" update
        "${apt[@]}" source librdkafka
        rm -rf source
        mv librdkafka-*/ source
        cd source
        # 0103 makes topics of three replicas: there is one broker here.
        sed -i -E 's/(test_create_topic\(.*), 3\);/\1, 1);/' tests/0103-transactions.c
        ./configure --disable-optimization --enable-devel > ../configure.txt
        make -j"$(nproc)" libs > ../make.txt 2>&1
        make -j"$(nproc)" -C tests build > ../tests.txt 2>&1
    ) >&2
}

# librdkafka_broker NAME PORT DATA: starts one of the two, with the partitions and the rules of access that the suite
# counts on.
librdkafka_broker() {
    local settings=(num.partitions=4 allow.everyone.if.no.acl.found=true
        authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer) words=() setting
    case "$1" in
    kafka) "$rdk_kafka/start.sh" "$2" "$3" "${settings[@]}" ;;
    lgsp)
        mkdir -p "$3"
        for setting in "${settings[@]}"; do words+=(--set "$setting"); done
        "${LGSP:-.build/release/lgsp}" broker --data "$3/log" --listen "127.0.0.1:$2" "${words[@]}" \
            > "$3/broker.log" 2>&1 < /dev/null &
        echo $! > "$3/broker.pid"
        for _ in $(seq 200); do
            (exec 3<> "/dev/tcp/127.0.0.1/$2") 2>/dev/null && return 0
            kill -0 "$(cat "$3/broker.pid")" 2>/dev/null || { cat "$3/broker.log" >&2; return 1; }
            sleep 0.05
        done
        return 1
        ;;
    esac
}

librdkafka_broker_ends() {
    case "$1" in
    kafka) "$rdk_kafka/stop.sh" "$2" ;;
    lgsp) kill "$(cat "$2/broker.pid")" 2>/dev/null || true ;;
    esac
}

# librdkafka_subtests SOURCE NUMBER: the parts that a test of many parts can be asked for one by one.
librdkafka_subtests() {
    case "$2" in
    0081 | 0103) sed -nE 's/^(static void )?(do_test_[A-Za-z0-9_]+)\(.*/\2/p' "$1"/tests/"$2"-*.c | sort -u ;;
    esac
}

# librdkafka_test NUMBER PART: one test, or one part of it, with the variables of librdkafka_run.
librdkafka_test() {
    local begun=$SECONDS code=0 result log="$run/logs/$1$2.log"
    (
        cd "$run/tests"
        [ -d "$rdk_kafka_path" ] && export KAFKA_PATH="$run/kafka"
        [ -z "$2" ] || export SUBTESTS=$2
        TESTS=$1 RDKAFKA_TEST_CONF="$run/test.conf" BROKERS=$address TEST_KAFKA_VERSION=4.3.1.0 \
            LD_LIBRARY_PATH="$source/src:$source/src-cpp" timeout -k 5 "${LGSP_RDK_SECONDS:-120}" ./test-runner -Q -p1
    ) > "$log" 2>&1 < /dev/null || code=$?
    if [ $code -eq 124 ] || [ $code -eq 137 ]; then
        result=timeout
    elif [ $code -ne 0 ]; then
        result=FAILED
    elif grep -qE "^\\|.* ${1}_.*PASSED" "$log"; then
        result=passed
    else
        result=skipped
    fi
    echo "$1${2:+/$2} $result $((SECONDS - begun))" >> "$run/results.txt"
}

# librdkafka_run NAME PORT: every test against one broker; a line "NUMBER result seconds" each in NAME.txt.
librdkafka_run() {
    local run="$rdk_folder/$1" source address="127.0.0.1:$2" number part
    source=$(cd "$rdk_folder/source" && pwd)
    rm -rf "$run"
    # The tests leave files in their folder: each broker's run has its own, full of links.
    mkdir -p "$run/tests" "$run/logs" "$run/kafka/bin"
    ln -s "$source"/tests/* "$run/tests/"
    for name in topics acls configs consumer-groups; do
        printf '#!/bin/sh\nexec "%s/tool.sh" %s "$@"\n' "$(realpath -m $rdk_kafka)" $name > "$run/kafka/bin/kafka-$name.sh"
    done
    chmod +x "$run"/kafka/bin/*
    # Twice the time that a test gives itself: two brokers are at it at once.
    printf '%s\n' "metadata.broker.list=$address" test.timeout.multiplier=2 > "$run/test.conf"
    librdkafka_broker "$1" "$2" "$run/data"
    for number in ${LGSP_RDK_TESTS:-$(cd "$source/tests" && ls | sed -nE 's/^(0[0-9]{3})-.*\.(c|cpp)$/\1/p' | sort -u)}; do
        for part in $(librdkafka_subtests "$source" "$number") ''; do
            librdkafka_test "$number" "$part"
        done
        if ! (exec 3<> "/dev/tcp/127.0.0.1/$2") 2>/dev/null; then
            say "$1 no longer answers after test $number"
            break
        fi
    done
    librdkafka_broker_ends "$1" "$run/data"
}

librdkafka_suite() {
    [ -n "${LGSP:-}" ] || swift build -c release --product lgsp >&2
    rdk_kafka_path=$(realpath -m "$rdk_kafka")
    librdkafka_build
    rdk_folder=$(cd "$rdk_folder" && pwd)
    local port=${LGSP_RDK_PORT:-21092} brokers=(lgsp) name
    if [ -x "$rdk_kafka/start.sh" ] && [ -z "${LGSP_RDK_ALONE:-}" ]; then brokers=(kafka lgsp); fi
    for name in "${brokers[@]}"; do
        librdkafka_run "$name" "$port" &
        port=$((port + 10))
    done
    wait
    echo "| test | ${brokers[*]} |"
    for number in $(cut -d' ' -f1 "$rdk_folder/lgsp/results.txt"); do
        printf '| %s |' "$number"
        for name in "${brokers[@]}"; do
            printf ' %s |' "$(sed -n "s,^$number ,,p" "$rdk_folder/$name/results.txt")"
        done
        echo
    done
}

// Which of Kafka's broker settings are shown by DescribeConfigs, with rule, default and whether Kafka lets them be
// changed while the broker runs. Settings of what a single node does not have (replication, controllers, tiered
// storage, share groups, Java classes) are left out, and `--set` refuses them by name.

/// One broker-level setting.
struct BrokerSettingKey: Sendable {
    var name: String
    var rule: SettingRule
    var initial: String?
    var isDynamic: Bool

    init(_ name: String, _ rule: SettingRule, _ initial: String?, isDynamic: Bool = false) {
        self.name = name
        self.rule = rule
        self.initial = initial
        self.isDynamic = isDynamic
    }

    /// In the order of their names.
    static let all: [BrokerSettingKey] = [
        .init("auto.create.topics.enable", .boolean(), "true"),
        .init("auto.leader.rebalance.enable", .boolean(), "true"),
        .init("background.threads", .integer(.atLeast(1)), "10", isDynamic: true),
        .init("broker.id", .integer(), "-1"),
        .init("broker.rack", .string(), nil),
        .init("compression.gzip.level", .integer(.gzipLevel), "-1", isDynamic: true),
        .init("compression.lz4.level", .integer(.between(1, 17)), "9", isDynamic: true),
        .init(
            "compression.type", .string(.words(["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"])),
            "producer", isDynamic: true),
        .init("compression.zstd.level", .integer(.between(-131072, 22)), "3", isDynamic: true),
        .init("connections.max.idle.ms", .long(), "600000"),
        .init("controlled.shutdown.enable", .boolean(), "true"),
        .init("default.replication.factor", .integer(), "1"),
        .init("delete.topic.enable", .boolean(), "true"),
        .init("fetch.max.bytes", .integer(.atLeast(1024)), "57671680"),
        .init("group.consumer.assignment.interval.ms", .integer(.atLeast(0)), "1000", isDynamic: true),
        .init("group.consumer.assignors", .list(), "uniform,range"),
        .init("group.consumer.heartbeat.interval.ms", .integer(.atLeast(1)), "5000"),
        .init("group.consumer.max.assignment.interval.ms", .integer(.atLeast(0)), "15000"),
        .init("group.consumer.max.heartbeat.interval.ms", .integer(.atLeast(1)), "15000"),
        .init("group.consumer.max.session.timeout.ms", .integer(.atLeast(1)), "60000"),
        .init("group.consumer.max.size", .integer(.atLeast(1)), "2147483647"),
        .init("group.consumer.migration.policy", .string(), "bidirectional"),
        .init("group.consumer.min.assignment.interval.ms", .integer(.atLeast(0)), "0"),
        .init("group.consumer.min.heartbeat.interval.ms", .integer(.atLeast(1)), "5000"),
        .init("group.consumer.min.session.timeout.ms", .integer(.atLeast(1)), "45000"),
        .init("group.consumer.session.timeout.ms", .integer(.atLeast(1)), "45000"),
        .init("group.coordinator.append.linger.ms", .integer(.atLeast(-1)), "-1"),
        .init("group.coordinator.background.threads", .integer(.atLeast(1)), "2"),
        .init("group.coordinator.cached.buffer.max.bytes", .integer(.atLeast(524288)), "1048588", isDynamic: true),
        .init(
            "group.coordinator.rebalance.protocols", .list(.words(["consumer", "classic", "share", "streams"])),
            "classic,consumer,streams"),
        .init("group.coordinator.threads", .integer(.atLeast(1)), "4"),
        .init("group.initial.rebalance.delay.ms", .integer(), "3000"),
        .init("group.max.session.timeout.ms", .integer(), "1800000"),
        .init("group.max.size", .integer(.atLeast(1)), "2147483647"),
        .init("group.min.session.timeout.ms", .integer(), "6000"),
        .init("log.cleaner.backoff.ms", .long(.atLeast(0)), "15000", isDynamic: true),
        .init("log.cleaner.dedupe.buffer.size", .long(), "134217728", isDynamic: true),
        .init("log.cleaner.delete.retention.ms", .long(.atLeast(0)), "86400000", isDynamic: true),
        .init("log.cleaner.enable", .boolean(), "true"),
        .init("log.cleaner.io.buffer.load.factor", .double(), "0.9", isDynamic: true),
        .init("log.cleaner.io.buffer.size", .integer(.atLeast(0)), "524288", isDynamic: true),
        .init("log.cleaner.io.max.bytes.per.second", .double(), "1.7976931348623157E308", isDynamic: true),
        .init("log.cleaner.max.compaction.lag.ms", .long(.atLeast(1)), "9223372036854775807", isDynamic: true),
        .init("log.cleaner.min.cleanable.ratio", .double(.fraction), "0.5", isDynamic: true),
        .init("log.cleaner.min.compaction.lag.ms", .long(.atLeast(0)), "0", isDynamic: true),
        .init("log.cleaner.threads", .integer(.atLeast(0)), "1", isDynamic: true),
        .init("log.cleanup.policy", .list(.words(["compact", "delete"])), "delete", isDynamic: true),
        .init("log.flush.interval.messages", .long(.atLeast(1)), "9223372036854775807", isDynamic: true),
        .init("log.flush.interval.ms", .long(), nil, isDynamic: true),
        .init("log.flush.offset.checkpoint.interval.ms", .integer(.atLeast(0)), "60000"),
        .init("log.flush.scheduler.interval.ms", .long(), "9223372036854775807"),
        .init("log.flush.start.offset.checkpoint.interval.ms", .integer(.atLeast(0)), "60000"),
        .init("log.index.interval.bytes", .integer(.atLeast(0)), "4096", isDynamic: true),
        .init("log.index.size.max.bytes", .integer(.atLeast(4)), "10485760", isDynamic: true),
        .init("log.local.retention.bytes", .long(.atLeast(-2)), "-2", isDynamic: true),
        .init("log.local.retention.ms", .long(.atLeast(-2)), "-2", isDynamic: true),
        .init("log.message.timestamp.after.max.ms", .long(.atLeast(0)), "3600000", isDynamic: true),
        .init("log.message.timestamp.before.max.ms", .long(.atLeast(0)), "9223372036854775807", isDynamic: true),
        .init(
            "log.message.timestamp.type", .string(.words(["CreateTime", "LogAppendTime"])),
            "CreateTime", isDynamic: true),
        .init("log.preallocate", .boolean(), "false", isDynamic: true),
        .init("log.retention.bytes", .long(), "-1", isDynamic: true),
        .init("log.retention.check.interval.ms", .long(.atLeast(1)), "300000"),
        .init("log.retention.hours", .integer(), "168"),
        .init("log.retention.minutes", .integer(), nil),
        .init("log.retention.ms", .long(), nil, isDynamic: true),
        .init("log.roll.hours", .integer(.atLeast(1)), "168"),
        .init("log.roll.jitter.hours", .integer(.atLeast(0)), "0"),
        .init("log.roll.jitter.ms", .long(), nil, isDynamic: true),
        .init("log.roll.ms", .long(), nil, isDynamic: true),
        .init("log.segment.bytes", .integer(.atLeast(1048576)), "1073741824", isDynamic: true),
        .init("log.segment.delete.delay.ms", .long(.atLeast(0)), "60000", isDynamic: true),
        .init("max.connection.creation.rate", .integer(.atLeast(0)), "2147483647", isDynamic: true),
        .init("max.connections", .integer(.atLeast(0)), "2147483647", isDynamic: true),
        .init("max.connections.per.ip", .integer(.atLeast(0)), "2147483647", isDynamic: true),
        .init("max.connections.per.ip.overrides", .string(), "", isDynamic: true),
        .init("max.incremental.fetch.session.cache.slots", .integer(.atLeast(0)), "1000"),
        .init("max.request.partition.size.limit", .integer(.atLeast(1)), "2000"),
        .init("message.max.bytes", .integer(.atLeast(0)), "1048588", isDynamic: true),
        .init("min.insync.replicas", .integer(.atLeast(1)), "1", isDynamic: true),
        .init("node.id", .integer(.atLeast(0)), "1"),
        .init("num.io.threads", .integer(.atLeast(1)), "8", isDynamic: true),
        .init("num.network.threads", .integer(.atLeast(1)), "3", isDynamic: true),
        .init("num.partitions", .integer(.atLeast(1)), "1"),
        .init("num.recovery.threads.per.data.dir", .integer(.atLeast(1)), "2", isDynamic: true),
        .init("num.replica.alter.log.dirs.threads", .integer(), nil),
        .init("num.replica.fetchers", .integer(.atLeast(1)), "1", isDynamic: true),
        .init("offset.metadata.max.bytes", .integer(), "4096"),
        .init("offsets.commit.timeout.ms", .integer(.atLeast(1)), "5000"),
        .init("offsets.load.buffer.size", .integer(.atLeast(1)), "5242880"),
        .init("offsets.retention.check.interval.ms", .long(.atLeast(1)), "600000"),
        .init("offsets.retention.minutes", .integer(.atLeast(1)), "10080"),
        .init("offsets.topic.compression.codec", .integer(), "0"),
        .init("offsets.topic.num.partitions", .integer(.atLeast(1)), "50"),
        .init("offsets.topic.replication.factor", .short(.atLeast(1)), "3"),
        .init("offsets.topic.segment.bytes", .integer(.atLeast(1)), "104857600"),
        .init("producer.id.expiration.ms", .integer(.atLeast(1)), "86400000", isDynamic: true),
        .init("queued.max.request.bytes", .long(), "-1"),
        .init("queued.max.requests", .integer(.atLeast(1)), "500"),
        .init("request.timeout.ms", .integer(), "30000"),
        .init("sasl.enabled.mechanisms", .list(), "GSSAPI", isDynamic: true),
        .init("socket.connection.setup.timeout.max.ms", .long(), "30000"),
        .init("socket.connection.setup.timeout.ms", .long(), "10000"),
        .init("socket.listen.backlog.size", .integer(.atLeast(1)), "50"),
        .init("socket.receive.buffer.bytes", .integer(), "102400"),
        .init("socket.request.max.bytes", .integer(.atLeast(1)), "104857600"),
        .init("socket.send.buffer.bytes", .integer(), "102400"),
        .init("transaction.abort.timed.out.transaction.cleanup.interval.ms", .integer(.atLeast(1)), "10000"),
        .init("transaction.max.timeout.ms", .integer(.atLeast(1)), "900000"),
        .init("transaction.partition.verification.enable", .boolean(), "true", isDynamic: true),
        .init("transaction.remove.expired.transaction.cleanup.interval.ms", .integer(.atLeast(1)), "3600000"),
        .init("transaction.state.log.load.buffer.size", .integer(.atLeast(1)), "5242880"),
        .init("transaction.state.log.min.isr", .integer(.atLeast(1)), "2"),
        .init("transaction.state.log.num.partitions", .integer(.atLeast(1)), "50"),
        .init("transaction.state.log.replication.factor", .short(.atLeast(1)), "3"),
        .init("transaction.state.log.segment.bytes", .integer(.atLeast(1)), "104857600"),
        .init("transaction.two.phase.commit.enable", .boolean(), "false"),
        .init("transactional.id.expiration.ms", .integer(.atLeast(1)), "604800000"),
        .init("unclean.leader.election.enable", .boolean(), "false", isDynamic: true),
    ]

    static func named(_ name: String) -> BrokerSettingKey? { all.first { $0.name == name } }

    /// Names that `--set` takes though nothing here depends on them, beside those that the table holds: test beds
    /// and ready-made files give them, and leaving them unheeded changes no answer.
    static let namesWithoutEffect: Set<String> = [
        "unstable.api.versions.enable", "unstable.feature.versions.enable", "log.unclean.leader.election.enable",
        "replica.fetch.max.bytes", "replica.lag.time.max.ms", "producer.id.expiration.check.interval.ms",
        "share.coordinator.state.topic.replication.factor", "share.coordinator.state.topic.min.isr",
        "share.coordinator.state.topic.num.partitions", "process.roles",
        "replica.socket.timeout.ms", "replica.socket.receive.buffer.bytes", "replica.fetch.wait.max.ms",
        "replica.fetch.min.bytes", "replica.fetch.backoff.ms", "replica.fetch.response.max.bytes",
        "replica.high.watermark.checkpoint.interval.ms", "controller.socket.timeout.ms",
        "fetch.purgatory.purge.interval.requests", "producer.purgatory.purge.interval.requests",
        "delete.records.purgatory.purge.interval.requests", "leader.imbalance.check.interval.seconds",
        "unclean.leader.election.interval.ms",
        "group.streams.session.timeout.ms", "group.streams.min.session.timeout.ms",
        "group.streams.max.session.timeout.ms", "group.streams.heartbeat.interval.ms",
        "group.streams.min.heartbeat.interval.ms", "group.streams.max.heartbeat.interval.ms",
        "group.streams.max.size", "group.streams.num.standby.replicas", "group.streams.max.standby.replicas",
        "group.streams.initial.rebalance.delay.ms", "group.streams.assignment.interval.ms",
        "group.streams.min.assignment.interval.ms", "group.streams.max.assignment.interval.ms",
        "group.streams.assignor.offload.enable",
    ]

    /// Settings of the table that do something Kafka's clients would miss: these are not taken unheeded.
    static let namesRefused: Set<String> = [
        "queued.max.request.bytes", "max.connection.creation.rate", "max.connections.per.ip.overrides",
        "transaction.two.phase.commit.enable", "log.cleaner.io.max.bytes.per.second",
    ]

    /// Whether `--set` takes a name that `BrokerSettings` has no field for.
    static func isTakenUnheeded(_ name: String) -> Bool {
        namesWithoutEffect.contains(name) || named(name) != nil && !namesRefused.contains(name)
    }
}

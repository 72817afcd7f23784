// Which settings a topic has, by Kafka's names. The table gives each its rule, its default, the broker's setting
// that it falls back to and one sentence for DescribeConfigs; unknown names are refused, so that a typing error
// does not pass for a setting.

/// One topic-level setting.
struct TopicSettingKey: Sendable {
    var name: String
    var rule: SettingRule
    var initial: String
    /// The broker's setting that holds where the topic has none of its own.
    var brokerName: String?
    var documentation: String

    init(_ name: String, _ rule: SettingRule, _ initial: String, broker: String?, _ documentation: String) {
        self.name = name
        self.rule = rule
        self.initial = initial
        brokerName = broker
        self.documentation = documentation
    }

    static let all: [TopicSettingKey] = [
        .init("cleanup.policy", .list(.words(["compact", "delete"])), "delete", broker: "log.cleanup.policy",
            "Whether old segments are dropped (delete), or each key's last record is kept (compact)."),
        .init("compression.gzip.level", .integer(.gzipLevel), "-1", broker: "compression.gzip.level",
            "The effort of gzip where the broker compresses."),
        .init("compression.lz4.level", .integer(.between(1, 17)), "9", broker: "compression.lz4.level",
            "The effort of LZ4 where the broker compresses."),
        .init(
            "compression.type",
            .string(.words(["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"])), "producer",
            broker: "compression.type",
            "How batches are stored; producer leaves them as they came."),
        .init("compression.zstd.level", .integer(.between(-131072, 22)), "3", broker: "compression.zstd.level",
            "The effort of Zstandard where the broker compresses."),
        .init("delete.retention.ms", .long(.atLeast(0)), "86400000", broker: "log.cleaner.delete.retention.ms",
            "How long a compacted topic keeps the mark that a key was deleted."),
        .init("file.delete.delay.ms", .long(.atLeast(0)), "60000", broker: "log.segment.delete.delay.ms",
            "How long a file stays on disk after its segment was dropped."),
        .init(
            "flush.messages", .long(.atLeast(1)), "9223372036854775807",
            broker: "log.flush.interval.messages",
            "After how many records a log is made durable; the broker's --fsync decides here."),
        .init("flush.ms", .long(.atLeast(0)), "9223372036854775807", broker: "log.flush.interval.ms",
            "After what time a log is made durable; the broker's --fsync decides here."),
        .init("follower.replication.throttled.replicas", .list(.replicas), "", broker: nil,
            "The replicas whose copying is slowed down on the following side."),
        .init("index.interval.bytes", .integer(.atLeast(0)), "4096", broker: "log.index.interval.bytes",
            "How many bytes of log one entry of the offset index covers."),
        .init("leader.replication.throttled.replicas", .list(.replicas), "", broker: nil,
            "The replicas whose copying is slowed down on the leading side."),
        .init("local.retention.bytes", .long(.atLeast(-2)), "-2", broker: "log.local.retention.bytes",
            "How much of a partition stays on the broker's disk when the rest is in tiered storage."),
        .init("local.retention.ms", .long(.atLeast(-2)), "-2", broker: "log.local.retention.ms",
            "How long records stay on the broker's disk when they are in tiered storage."),
        .init(
            "max.compaction.lag.ms", .long(.atLeast(1)), "9223372036854775807",
            broker: "log.cleaner.max.compaction.lag.ms",
            "After what time a record is compacted at the latest."),
        .init("max.message.bytes", .integer(.atLeast(0)), "1048588", broker: "message.max.bytes",
            "The largest batch that is taken, as it is on the wire."),
        .init(
            "message.timestamp.after.max.ms", .long(.atLeast(0)), "3600000",
            broker: "log.message.timestamp.after.max.ms",
            "How far a record's time may lie ahead of the broker's clock."),
        .init(
            "message.timestamp.before.max.ms", .long(.atLeast(0)), "9223372036854775807",
            broker: "log.message.timestamp.before.max.ms",
            "How far a record's time may lie behind the broker's clock."),
        .init(
            "message.timestamp.type", .string(.words(["CreateTime", "LogAppendTime"])), "CreateTime",
            broker: "log.message.timestamp.type",
            "Whose time a record has: the producer's, or that of its arrival."),
        .init("min.cleanable.dirty.ratio", .double(.fraction), "0.5", broker: "log.cleaner.min.cleanable.ratio",
            "Which share of a log must be new before it is compacted."),
        .init("min.compaction.lag.ms", .long(.atLeast(0)), "0", broker: "log.cleaner.min.compaction.lag.ms",
            "How long a record is safe from compaction."),
        .init("min.insync.replicas", .integer(.atLeast(1)), "1", broker: "min.insync.replicas",
            "How many replicas must have a record before it is acknowledged with acks=all."),
        .init("preallocate", .boolean(), "false", broker: "log.preallocate",
            "Whether a segment's file gets its full size at once."),
        .init("remote.log.copy.disable", .boolean(), "false", broker: nil,
            "Whether nothing more is copied to tiered storage."),
        .init("remote.log.delete.on.disable", .boolean(), "false", broker: nil,
            "Whether tiered storage is emptied when it is switched off."),
        .init("remote.storage.enable", .boolean(), "false", broker: nil,
            "Whether old segments go to tiered storage."),
        .init("retention.bytes", .long(), "-1", broker: "log.retention.bytes",
            "How many bytes of a partition are kept at most; -1 for no limit."),
        .init("retention.ms", .long(.atLeast(-1)), "604800000", broker: "log.retention.ms",
            "How long records are kept; -1 for ever."),
        .init("segment.bytes", .integer(.atLeast(1048576)), "1073741824", broker: "log.segment.bytes",
            "The size at which a log begins a new file."),
        .init("segment.index.bytes", .integer(.atLeast(4)), "10485760", broker: "log.index.size.max.bytes",
            "The largest size of an offset index."),
        .init("segment.jitter.ms", .long(.atLeast(0)), "0", broker: "log.roll.jitter.ms",
            "By how much at most the age at which a segment is closed is varied."),
        .init("segment.ms", .long(.atLeast(1)), "604800000", broker: "log.roll.ms",
            "The age at which a log begins a new file."),
        .init("unclean.leader.election.enable", .boolean(), "false", broker: "unclean.leader.election.enable",
            "Whether a replica that lags may lead when no other is left."),
    ]

    /// Kafka's own tests need segments smaller than `segment.bytes` may be; this name is never shown.
    static let internalSegmentBytes = "internal.segment.bytes"

    static func named(_ name: String) -> TopicSettingKey? { all.first { $0.name == name } }

    /// Why a topic cannot have a setting; nil when it can.
    static func complaint(about name: String, _ value: String?) -> String? {
        if name == internalSegmentBytes { return SettingRule.integer().complaint(about: value ?? "") }
        guard let key = named(name) else { return "Unknown topic config name: \(name)" }
        guard let value else { return "Null value not supported for topic configs: \(name)" }
        return key.rule.complaint(about: value).map { "Invalid value \(value) for configuration \(name): \($0)" }
    }

    /// Why settings that are well each for itself do not fit together; nil when they do.
    static func complaint(about values: [String: String], _ resolved: (String) -> String) -> String? {
        let least = Int64(resolved("min.compaction.lag.ms")) ?? 0
        let most = Int64(resolved("max.compaction.lag.ms")) ?? .max
        if least > most { return "min.compaction.lag.ms (\(least)) is greater than max.compaction.lag.ms (\(most))" }
        if values["remote.storage.enable"]?.lowercased() == "true" {
            return "remote.storage.enable: this broker has no tiered storage"
        }
        return nil
    }
}

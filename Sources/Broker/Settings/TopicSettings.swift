// A topic's settings, by Kafka's names. One table gives each its default, its broker-wide name and its
// check; unknown names are refused, so that a typing error does not pass for a setting.

/// One topic-level setting.
struct TopicSettingKey: Sendable {
    enum Kind: Int8, Sendable {
        case boolean = 1
        case string = 2
        case integer = 3
        case long = 5
        case double = 6
        case list = 7
    }

    var name: String
    var brokerName: String
    var kind: Kind
    var initial: String

    func accepts(_ value: String) -> Bool {
        switch kind {
        case .boolean: value == "true" || value == "false"
        case .integer: Int32(value) != nil
        case .long: Int64(value) != nil
        case .double: Double(value) != nil
        case .string, .list:
            switch name {
            case "cleanup.policy":
                value.split(separator: ",").allSatisfy {
                    let word = $0.filter { $0 != " " }
                    return word == "compact" || word == "delete"
                }
            case "message.timestamp.type": value == "CreateTime" || value == "LogAppendTime"
            case "compression.type":
                ["producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"].contains(value)
            default: true
            }
        }
    }

    static let all: [TopicSettingKey] = [
        .init(name: "cleanup.policy", brokerName: "log.cleanup.policy", kind: .list, initial: "delete"),
        .init(name: "compression.type", brokerName: "compression.type", kind: .string, initial: "producer"),
        .init(
            name: "delete.retention.ms", brokerName: "log.cleaner.delete.retention.ms", kind: .long, initial: "86400000"
        ),
        .init(name: "file.delete.delay.ms", brokerName: "log.segment.delete.delay.ms", kind: .long, initial: "60000"),
        .init(
            name: "flush.messages", brokerName: "log.flush.interval.messages", kind: .long,
            initial: "9223372036854775807"),
        .init(name: "flush.ms", brokerName: "log.flush.interval.ms", kind: .long, initial: "9223372036854775807"),
        .init(name: "index.interval.bytes", brokerName: "log.index.interval.bytes", kind: .integer, initial: "4096"),
        .init(
            name: "max.compaction.lag.ms", brokerName: "log.cleaner.max.compaction.lag.ms", kind: .long,
            initial: "9223372036854775807"),
        .init(name: "max.message.bytes", brokerName: "message.max.bytes", kind: .integer, initial: "1048588"),
        .init(
            name: "message.downconversion.enable", brokerName: "log.message.downconversion.enable", kind: .boolean,
            initial: "true"),
        .init(
            name: "message.format.version", brokerName: "log.message.format.version", kind: .string,
            initial: "3.0-IV1"),
        .init(
            name: "message.timestamp.difference.max.ms", brokerName: "log.message.timestamp.difference.max.ms",
            kind: .long, initial: "9223372036854775807"),
        .init(
            name: "message.timestamp.type", brokerName: "log.message.timestamp.type", kind: .string,
            initial: "CreateTime"),
        .init(
            name: "min.cleanable.dirty.ratio", brokerName: "log.cleaner.min.cleanable.ratio", kind: .double,
            initial: "0.5"),
        .init(
            name: "min.compaction.lag.ms", brokerName: "log.cleaner.min.compaction.lag.ms", kind: .long, initial: "0"),
        .init(name: "min.insync.replicas", brokerName: "min.insync.replicas", kind: .integer, initial: "1"),
        .init(name: "preallocate", brokerName: "log.preallocate", kind: .boolean, initial: "false"),
        .init(name: "retention.bytes", brokerName: "log.retention.bytes", kind: .long, initial: "-1"),
        .init(name: "retention.ms", brokerName: "log.retention.ms", kind: .long, initial: "604800000"),
        .init(name: "segment.bytes", brokerName: "log.segment.bytes", kind: .integer, initial: "1073741824"),
        .init(name: "segment.index.bytes", brokerName: "log.index.size.max.bytes", kind: .integer, initial: "10485760"),
        .init(name: "segment.jitter.ms", brokerName: "log.roll.jitter.ms", kind: .long, initial: "0"),
        .init(name: "segment.ms", brokerName: "log.roll.ms", kind: .long, initial: "604800000"),
        .init(
            name: "unclean.leader.election.enable", brokerName: "unclean.leader.election.enable", kind: .boolean,
            initial: "false"),
    ]

    static func named(_ name: String) -> TopicSettingKey? { all.first { $0.name == name } }
}

/// The settings of one topic that the log acts on, resolved once.
struct TopicSettings: Sendable, Equatable {
    var segmentBytes = 1 << 30
    var segmentMilliseconds: Int64 = 604_800_000
    var retentionMilliseconds: Int64 = 604_800_000
    var retentionBytes = -1
    var isCompacted = false
    var deletesOldSegments = true
    var deleteRetentionMilliseconds: Int64 = 86_400_000
    var cleanableRatioMin = 0.5
    var compactionLagMillisecondsMin: Int64 = 0
    var compactionLagMillisecondsMax = Int64.max
    var messageBytesMax = 1_048_588
    var usesLogAppendTime = false

    init() {}

    /// How old a segment may get before it is closed; a compacted one must close in time to be compacted.
    var segmentMillisecondsMax: Int64 {
        isCompacted && compactionLagMillisecondsMax > 0
            ? min(segmentMilliseconds, compactionLagMillisecondsMax) : segmentMilliseconds
    }

    /// The settings that result from the topic's own values over the broker's.
    init(_ value: (String) -> String) {
        segmentBytes = max(1024, Int(value("segment.bytes")) ?? segmentBytes)
        segmentMilliseconds = Int64(value("segment.ms")) ?? segmentMilliseconds
        retentionMilliseconds = Int64(value("retention.ms")) ?? retentionMilliseconds
        retentionBytes = Int(value("retention.bytes")) ?? retentionBytes
        let policy = value("cleanup.policy")
        isCompacted = policy.contains("compact")
        deletesOldSegments = policy.contains("delete")
        deleteRetentionMilliseconds = Int64(value("delete.retention.ms")) ?? deleteRetentionMilliseconds
        cleanableRatioMin = Double(value("min.cleanable.dirty.ratio")) ?? cleanableRatioMin
        compactionLagMillisecondsMin = Int64(value("min.compaction.lag.ms")) ?? compactionLagMillisecondsMin
        compactionLagMillisecondsMax = Int64(value("max.compaction.lag.ms")) ?? compactionLagMillisecondsMax
        messageBytesMax = Int(value("max.message.bytes")) ?? messageBytesMax
        usesLogAppendTime = value("message.timestamp.type") == "LogAppendTime"
    }
}

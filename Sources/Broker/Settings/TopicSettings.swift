// The settings of one topic that its log acts on, resolved once from the topic's own values, the broker's and
// Kafka's defaults. Which settings there are is in TopicSettingKey.swift.

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
    /// How old a record's timestamp may be, and how far ahead of the broker's time.
    var timestampAgeMillisecondsMax = Int64.max
    var timestampLeadMillisecondsMax: Int64 = 3_600_000

    init() {}

    /// How old a segment may get before it is closed; a compacted one must close in time to be compacted.
    var segmentMillisecondsMax: Int64 {
        isCompacted && compactionLagMillisecondsMax > 0
            ? min(segmentMilliseconds, compactionLagMillisecondsMax) : segmentMilliseconds
    }

    /// The settings that result from the topic's own values over the broker's.
    init(_ value: (String) -> String) {
        segmentBytes = max(1024, Int(value("segment.bytes")) ?? segmentBytes)
        if let bytes = Int(value(TopicSettingKey.internalSegmentBytes)) { segmentBytes = max(1024, bytes) }
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
        timestampAgeMillisecondsMax = Int64(value("message.timestamp.before.max.ms")) ?? timestampAgeMillisecondsMax
        timestampLeadMillisecondsMax = Int64(value("message.timestamp.after.max.ms")) ?? timestampLeadMillisecondsMax
    }
}

// Where a group's records lie: `__consumer_offsets` has as many partitions as offsets.topic.num.partitions says when
// the topic is created (one, unless it is set), and a group belongs to the one that Kafka would give it.

extension BrokerCore {
    /// The partitions that an internal topic is created with.
    func internalPartitionCount(_ topic: String) -> Int {
        guard topic == TopicCatalog.offsetsTopic else { return 1 }
        let count = settings.values["offsets.topic.num.partitions"].flatMap { Int($0) } ?? 1
        return min(max(1, count), settings.limits.partitionsPerTopicMax)
    }

    /// The partition of `__consumer_offsets` that a group's records are in.
    func offsetsPartition(of group: GroupName) -> Int32 {
        let count = catalog.topics[TopicCatalog.offsetsTopic]?.partitionCount
        let divisor = Int32(truncatingIfNeeded: count ?? internalPartitionCount(TopicCatalog.offsetsTopic))
        guard divisor > 1 else { return 0 }
        // The smallest number has no opposite in 32 bits and counts as 0.
        let hash = Self.javaHash(group.text)
        return (hash == .min ? 0 : abs(hash)) % divisor
    }

    /// The hash that Java gives a string: over its UTF-16 units.
    private static func javaHash(_ text: String) -> Int32 {
        text.utf16.reduce(Int32(0)) { 31 &* $0 &+ Int32($1) }
    }
}

// DescribeTopicPartitions (75), version 0: topics in the order of their names, page by page. The cursor names the
// first partition of the next page.

import KafkaWire

extension BrokerCore {
    /// Kafka's max.request.partition.size.limit.
    private static let partitionsPerPageMax = 2_000

    func describeTopicPartitions(_ target: ReplyTarget, _ request: DescribeTopicPartitionsRequest) {
        var response = DescribeTopicPartitionsResponse()
        var names =
            request.topics.isEmpty
            ? catalog.sortedTopics.map(\.name) : Set(request.topics.map(\.name)).sorted()
        if let cursor = request.cursor { names.removeAll { $0 < cursor.topicName } }
        var left = min(max(1, Int(request.partitionLimit)), Self.partitionsPerPageMax)
        for name in names {
            guard let topic = catalog.topics[name] else {
                if request.topics.isEmpty { continue }
                var missing = DescribeTopicPartitionsResponse.Topic()
                missing.name = name
                missing.error = TopicCatalog.isLegal(name) ? .unknownTopicOrPartition : .invalidTopic
                response.topics.append(missing)
                continue
            }
            var first = 0
            if let cursor = request.cursor, cursor.topicName == name { first = max(0, Int(cursor.partitionIndex)) }
            let logs = topic.partitions.dropFirst(first)
            guard left > 0 else {
                response.nextCursor = Self.cursor(name, first)
                break
            }
            var described = describe(topic)
            described.partitions = logs.prefix(left).map { describe($0) }
            response.topics.append(described)
            left -= described.partitions.count
            if described.partitions.count < logs.count {
                response.nextCursor = Self.cursor(name, first + described.partitions.count)
                break
            }
        }
        reply(target, response)
    }

    private static func cursor(_ topic: String, _ index: Int) -> DescribeTopicPartitionsResponse.Cursor {
        var cursor = DescribeTopicPartitionsResponse.Cursor()
        cursor.topicName = topic
        cursor.partitionIndex = Int32(truncatingIfNeeded: index)
        return cursor
    }

    private func describe(_ topic: Topic) -> DescribeTopicPartitionsResponse.Topic {
        var described = DescribeTopicPartitionsResponse.Topic()
        described.name = topic.name
        described.id = topic.id
        described.isInternal = topic.isInternal
        described.authorizedOperations = AuthorizedOperations.topic
        return described
    }

    private func describe(_ log: PartitionLog) -> DescribeTopicPartitionsResponse.Topic.Partition {
        var partition = DescribeTopicPartitionsResponse.Topic.Partition()
        partition.index = log.index
        partition.leaderID = settings.nodeID
        partition.leaderEpoch = 0
        partition.replicas = [settings.nodeID]
        partition.inSyncReplicas = [settings.nodeID]
        partition.eligibleLeaderReplicas = []
        partition.lastKnownEligibleLeaderReplicas = []
        return partition
    }
}

// Authorization of requests about records in topics: WRITE to produce, DESCRIBE to see offsets, DELETE to remove
// records, READ to see producers.

import KafkaWire

extension Asking {
    /// Nil for other requests.
    func aboutRecords() throws(WireError) -> Admission? {
        switch target.key {
        case .produce: return try produce(read())
        case .listOffsets: return try listOffsets(read())
        case .offsetForLeaderEpoch: return try offsetForLeaderEpoch(read())
        case .deleteRecords: return try deleteRecords(read())
        case .describeProducers: return try describeProducers(read())
        default: return nil
        }
    }

    private func produce(_ request: ProduceRequest) throws(WireError) -> Admission {
        func refuse(_ error: ErrorCode) -> (ProduceRequest.Topic) -> ProduceResponse.Topic {
            return { topic in
                var refused = ProduceResponse.Topic()
                refused.name = topic.name
                refused.id = topic.id
                refused.partitions = topic.partitions.map { partition in
                    var result = ProduceResponse.Topic.Partition()
                    result.index = partition.index
                    result.error = error
                    return result
                }
                return refused
            }
        }
        let access = access
        let isTransactionAllowed = request.transactionalID.map { access.allows(.write, .transactionalID, $0) } ?? true
        let catalog = core.catalog
        let isAllowed: (ProduceRequest.Topic) -> Bool = { topic in
            if topic.id == .none { return access.allows(.write, .topic, topic.name) }
            // An id that nobody knows is the handler's to refuse.
            return catalog.topic(topic.id).map { access.allows(.write, .topic, $0.name) } ?? true
        }
        guard !isTransactionAllowed || !request.topics.allSatisfy(isAllowed) else { return .asIs(target) }
        guard request.acks != 0 else {
            // There is no answer in which to say it; as Kafka does, the end of the connection says it.
            core.close(target.connection)
            return .answered
        }
        // The records are still where they came in; what is left of the request needs bytes of its own.
        var whole = request
        for topic in whole.topics.indices {
            for partition in whole.topics[topic].partitions.indices {
                if let range = whole.topics[topic].partitions[partition].records.range {
                    whole.topics[topic].partitions[partition].records = RecordsField(bytes: Array(buffer[range]))
                }
            }
        }
        guard isTransactionAllowed else {
            return try split(
                whole, \.topics, into: \ProduceResponse.topics, where: { _ in false },
                refuse: refuse(.transactionalIDAuthorizationFailed))
        }
        return try split(
            whole, \.topics, into: \ProduceResponse.topics, where: isAllowed, refuse: refuse(.topicAuthorizationFailed))
    }

    private func listOffsets(_ request: ListOffsetsRequest) throws(WireError) -> Admission {
        let access = access
        return try split(request, \.topics, into: \ListOffsetsResponse.topics) {
            access.allows(.describe, .topic, $0.name)
        } refuse: { topic in
            var refused = ListOffsetsResponse.Topic()
            refused.name = topic.name
            refused.partitions = topic.partitions.map { partition in
                var result = ListOffsetsResponse.Topic.Partition()
                result.index = partition.index
                result.error = .topicAuthorizationFailed
                return result
            }
            return refused
        }
    }

    private func offsetForLeaderEpoch(_ request: OffsetForLeaderEpochRequest) throws(WireError) -> Admission {
        let access = access
        if access.allowsCluster(.clusterAction) { return .asIs(target) }
        return try split(request, \.topics, into: \OffsetForLeaderEpochResponse.topics) {
            access.allows(.describe, .topic, $0.name)
        } refuse: { topic in
            var refused = OffsetForLeaderEpochResponse.Topic()
            refused.name = topic.name
            refused.partitions = topic.partitions.map { partition in
                var result = OffsetForLeaderEpochResponse.Topic.Partition()
                result.index = partition.index
                result.error = .topicAuthorizationFailed
                return result
            }
            return refused
        }
    }

    private func deleteRecords(_ request: DeleteRecordsRequest) throws(WireError) -> Admission {
        let access = access
        return try split(request, \.topics, into: \DeleteRecordsResponse.topics) {
            access.allows(.delete, .topic, $0.name)
        } refuse: { topic in
            var refused = DeleteRecordsResponse.Topic()
            refused.name = topic.name
            refused.partitions = topic.partitions.map { partition in
                var result = DeleteRecordsResponse.Topic.Partition()
                result.index = partition.index
                result.error = .topicAuthorizationFailed
                return result
            }
            return refused
        }
    }

    private func describeProducers(_ request: DescribeProducersRequest) throws(WireError) -> Admission {
        let access = access
        return try split(request, \.topics, into: \DescribeProducersResponse.topics) {
            access.allows(.read, .topic, $0.name)
        } refuse: { topic in
            var refused = DescribeProducersResponse.Topic()
            refused.name = topic.name
            refused.partitions = topic.partitionIndexes.map { index in
                var result = DescribeProducersResponse.Topic.Partition()
                result.index = index
                result.error = .topicAuthorizationFailed
                return result
            }
            return refused
        }
    }
}

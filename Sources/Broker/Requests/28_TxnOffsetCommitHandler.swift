// TxnOffsetCommit (key 28), versions 0-5: positions that the end of the transaction decides about. The producer
// must own the transaction and the member its generation, so that a zombie of either kind commits nothing. Up to
// version 4 the offsets topic must have been added (AddOffsetsToTxn); version 5 adds it.

import KafkaWire

extension BrokerCore {
    func transactionOffsetCommit(_ target: ReplyTarget, _ request: TransactionOffsetCommitRequest) {
        var refusal = refusal(target, request)
        var offsets: [(TopicPartition, CommittedOffset?)] = []
        var errors: [TopicPartition: ErrorCode] = [:]
        for topic in request.topics {
            for partition in topic.partitions {
                let place = TopicPartition(topic: topic.name, index: partition.index)
                if catalog.log(place.topic, place.index) == nil {
                    errors[place] = .unknownTopicOrPartition
                } else if (partition.metadata ?? "").utf8.count > settings.offsetMetadataBytesMax {
                    errors[place] = refusal ?? .offsetMetadataTooLarge
                } else {
                    let offset = CommittedOffset(
                        offset: partition.offset, leaderEpoch: partition.leaderEpoch,
                        metadata: partition.metadata ?? "", timestamp: now)
                    offsets.append((place, offset))
                }
            }
        }
        if refusal == nil {
            do throws(AppendError) {
                try storeOffsets(
                    obtainGroup(request.groupID), offsets, producer: (request.producerID, request.producerEpoch))
            } catch {
                refusal = .coordinatorNotAvailable
                if case .refused(let code) = error, code != .storageError { refusal = code }
            }
        }
        var response = TransactionOffsetCommitResponse()
        response.topics = request.topics.map { topic in
            var answered = TransactionOffsetCommitResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitions.map { partition in
                var result = TransactionOffsetCommitResponse.Topic.Partition()
                result.index = partition.index
                result.error = errors[TopicPartition(topic: topic.name, index: partition.index)] ?? refusal ?? .none
                return result
            }
            return answered
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    private func refusal(_ target: ReplyTarget, _ request: TransactionOffsetCommitRequest) -> ErrorCode? {
        guard !request.groupID.isEmpty else { return .invalidGroupID }
        let error = admit(
            request.transactionalID, request.producerID, request.producerEpoch,
            TopicPartition(topic: TopicCatalog.offsetsTopic, index: offsetsPartition(of: GroupName(request.groupID))),
            addsFrom: 5, abortableFrom: 4, target)
        guard error == .none else { return error }
        guard let group = groups[GroupName(request.groupID)] else {
            return request.generation >= 0 ? .illegalGeneration : nil
        }
        return group.commitRefusal(
            request.memberID, request.groupInstanceID, request.generation, isTransactional: true,
            version: target.version)
    }

    /// Whether a producer may write to the partition within its transaction: up to version `addsFrom` the
    /// partition must have been added, from then on it is added here (KIP-890).
    func admit(
        _ id: String, _ producerID: Int64, _ epoch: Int16, _ partition: TopicPartition, addsFrom: Int16,
        abortableFrom: Int16, _ target: ReplyTarget
    ) -> ErrorCode {
        switch transaction(id, producerID, epoch) {
        // Requests that write know INVALID_PRODUCER_EPOCH in every version; the producer may abort and go on.
        case .failure(.producerFenced): return .invalidProducerEpoch
        case .failure(let error): return error
        case .success(let transaction):
            let record = transaction.record
            if record.state == .ongoing, record.partitions.contains(partition) { return .none }
            if record.state.isEnding { return .concurrentTransactions }
            if target.version >= addsFrom {
                // The topic is created with the first group; a transaction can be the first to need it.
                if partition.topic == TopicCatalog.offsetsTopic {
                    guard (try? internalLog(partition.topic)) != nil else { return .coordinatorNotAvailable }
                }
                return add([partition], to: transaction, .raisesEpoch)
            }
            return target.version >= abortableFrom ? .transactionAbortable : .invalidTransactionState
        }
    }
}

// AddPartitionsToTxn (24), AddOffsetsToTxn (25), EndTxn (26) and TxnOffsetCommit (28), versions 0-3: what a
// transactional producer asks between InitProducerId calls. All but the last begin with the same check of
// who is asking.

import KafkaWire

extension BrokerCore {
    /// The transaction that a producer may act on, or why it may not.
    private func transaction(
        _ target: ReplyTarget, _ id: String, _ producerID: Int64, _ epoch: Int16
    ) -> Result<Transaction, ErrorCode> {
        guard let transaction = transactions[GroupName(id)], transaction.producerID == producerID else {
            return .failure(
                transactions.isFenced(producerID, epoch) ? fenced(target, since: 2) : .invalidProducerIDMapping)
        }
        guard transaction.epoch == epoch else { return .failure(fenced(target, since: 2)) }
        return .success(transaction)
    }

    /// Adds partitions and returns the error for all of them.
    private func enlist(
        _ target: ReplyTarget, _ id: String, _ producerID: Int64, _ epoch: Int16, _ partitions: [TopicPartition]
    ) -> ErrorCode {
        switch transaction(target, id, producerID, epoch) {
        case .failure(let error): return error
        case .success(let transaction):
            guard !transaction.state.isEnding else { return .concurrentTransactions }
            do throws(AppendError) {
                try add(partitions, to: transaction)
                return .none
            } catch {
                return .coordinatorNotAvailable
            }
        }
    }

    func addPartitionsToTransaction(_ target: ReplyTarget, _ request: AddPartitionsToTransactionRequest) {
        let asked = request.topics.flatMap { topic in
            topic.partitions.map { TopicPartition(topic: topic.name, index: $0) }
        }
        let unknown = Set(asked.filter { catalog.log($0.topic, $0.index) == nil })
        // All or nothing: with an unknown partition among them none is added.
        let error =
            unknown.isEmpty
            ? enlist(target, request.transactionalID, request.producerID, request.producerEpoch, asked)
            : .operationNotAttempted
        var response = AddPartitionsToTransactionResponse()
        response.topics = request.topics.map { topic in
            var answered = AddPartitionsToTransactionResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitions.map { index in
                var result = AddPartitionsToTransactionResponse.Topic.Partition()
                result.index = index
                let isUnknown = unknown.contains(TopicPartition(topic: topic.name, index: index))
                result.error = isUnknown ? .unknownTopicOrPartition : error
                return result
            }
            return answered
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    func addOffsetsToTransaction(_ target: ReplyTarget, _ request: AddOffsetsToTransactionRequest) {
        var response = AddOffsetsToTransactionResponse()
        do throws(DiskError) {
            _ = try internalLog(TopicCatalog.offsetsTopic)
            let partition = TopicPartition(topic: TopicCatalog.offsetsTopic, index: 0)
            response.error = enlist(
                target, request.transactionalID, request.producerID, request.producerEpoch, [partition])
        } catch {
            response.error = .coordinatorNotAvailable
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    func endTransaction(_ target: ReplyTarget, _ request: EndTransactionRequest) {
        switch transaction(target, request.transactionalID, request.producerID, request.producerEpoch) {
        case .failure(let error): answerEnd(target, error)
        case .success(let transaction):
            let outcome: TransactionOutcome = request.isCommitted ? .commit : .abort
            switch (transaction.state, outcome) {
            case (.ongoing, _): end(target, transaction, outcome)
            case (.completeCommit, .commit), (.completeAbort, .abort): answerEnd(target, .none)
            case (.prepareCommit, .commit), (.prepareAbort, .abort): answerEnd(target, .concurrentTransactions)
            default: answerEnd(target, .invalidTransactionState)
            }
        }
    }

    private func end(_ target: ReplyTarget, _ transaction: Transaction, _ outcome: TransactionOutcome) {
        transaction.afterEnd.append { [unowned self] in answerEnd(target, .none) }
        do throws(AppendError) {
            try end(transaction, outcome)
        } catch {
            transaction.afterEnd.removeLast()
            answerEnd(target, .coordinatorNotAvailable)
        }
    }

    private func answerEnd(_ target: ReplyTarget, _ error: ErrorCode) {
        var response = EndTransactionResponse()
        response.error = error
        reply(target, response)
    }

    func transactionOffsetCommit(_ target: ReplyTarget, _ request: TransactionOffsetCommitRequest) {
        let group = obtainGroup(request.groupID)
        var refusal = refusal(target, request, group)
        var offsets: [(TopicPartition, CommittedOffset?)] = []
        var unknown: Set<TopicPartition> = []
        for topic in request.topics {
            for partition in topic.partitions {
                let place = TopicPartition(topic: topic.name, index: partition.index)
                guard catalog.log(place.topic, place.index) != nil else {
                    unknown.insert(place)
                    continue
                }
                let offset = CommittedOffset(
                    offset: partition.offset, leaderEpoch: partition.leaderEpoch, metadata: partition.metadata ?? "",
                    timestamp: now)
                offsets.append((place, offset))
            }
        }
        if refusal == nil {
            do throws(AppendError) {
                try storeOffsets(group, offsets, producer: (request.producerID, request.producerEpoch))
            } catch {
                guard case .refused(let code) = error else { return }
                refusal = code == .storageError ? .coordinatorNotAvailable : code
            }
        }
        var response = TransactionOffsetCommitResponse()
        response.topics = request.topics.map { topic in
            var answered = TransactionOffsetCommitResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitions.map { partition in
                var result = TransactionOffsetCommitResponse.Topic.Partition()
                result.index = partition.index
                let isUnknown = unknown.contains(TopicPartition(topic: topic.name, index: partition.index))
                result.error = refusal ?? (isUnknown ? .unknownTopicOrPartition : .none)
                return result
            }
            return answered
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    private func refusal(
        _ target: ReplyTarget, _ request: TransactionOffsetCommitRequest, _ group: Group
    ) -> ErrorCode? {
        switch transaction(target, request.transactionalID, request.producerID, request.producerEpoch) {
        // This request knows INVALID_PRODUCER_EPOCH in every version.
        case .failure(let error): return error == .producerFenced ? .invalidProducerEpoch : error
        case .success: break
        }
        let isAdded = transactions.holds(
            request.transactionalID, request.producerID, request.producerEpoch, TopicCatalog.offsetsTopic, 0)
        guard isAdded else { return .invalidTransactionState }
        return group.commitRefusal(
            request.memberID, request.groupInstanceID, request.generation, isTransactional: true,
            version: target.version)
    }
}

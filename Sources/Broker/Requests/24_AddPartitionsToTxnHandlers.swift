// AddPartitionsToTxn (24, versions 0-5) and AddOffsetsToTxn (25, versions 0-4): what a transaction will write
// to. All or nothing within a transaction: with one partition that does not exist none is added.

import KafkaWire

extension BrokerCore {
    func addPartitionsToTransaction(_ target: ReplyTarget, _ request: AddPartitionsToTransactionRequest) {
        var response = AddPartitionsToTransactionResponse()
        response.transactions = request.transactions.map { asked in
            var answered = AddPartitionsToTransactionResponse.Transaction()
            answered.transactionalID = asked.transactionalID
            answered.topics = results(target, asked)
            return answered
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    private func results(
        _ target: ReplyTarget, _ asked: AddPartitionsToTransactionRequest.Transaction
    ) -> [AddPartitionsToTransactionResponse.Topic] {
        let partitions = asked.topics.flatMap { topic in
            topic.partitions.map { TopicPartition(topic: topic.name, index: $0) }
        }
        var errors: [TopicPartition: ErrorCode] = [:]
        for partition in partitions {
            if isInternalName(partition.topic) {
                // The broker's own to add, by AddOffsetsToTxn.
                errors[partition] = .topicAuthorizationFailed
            } else if catalog.log(partition.topic, partition.index) == nil {
                errors[partition] = .unknownTopicOrPartition
            }
        }
        let others: ErrorCode
        if !errors.isEmpty {
            others = .operationNotAttempted
        } else if asked.isVerifiedOnly {
            others = verify(target, asked, partitions, &errors)
        } else {
            let version: TransactionVersion = target.version >= 4 ? .raisesEpoch : .keepsEpoch
            others = enlist(target, asked.transactionalID, asked.producerID, asked.producerEpoch, partitions, version)
        }
        return asked.topics.map { topic in
            var answered = AddPartitionsToTransactionResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitions.map { index in
                var result = AddPartitionsToTransactionResponse.Topic.Partition()
                result.index = index
                result.error = errors[TopicPartition(topic: topic.name, index: index)] ?? others
                return result
            }
            return answered
        }
    }

    /// Adds partitions and returns the error for all of them.
    private func enlist(
        _ target: ReplyTarget, _ id: String, _ producerID: Int64, _ epoch: Int16, _ partitions: [TopicPartition],
        _ version: TransactionVersion
    ) -> ErrorCode {
        switch transaction(id, producerID, epoch) {
        case .failure(.producerFenced): fenced(target, since: 2)
        case .failure(let error): error
        case .success(let transaction): add(partitions, to: transaction, version)
        }
    }

    /// Notes for each partition whether the open transaction has it.
    private func verify(
        _ target: ReplyTarget, _ asked: AddPartitionsToTransactionRequest.Transaction, _ partitions: [TopicPartition],
        _ errors: inout [TopicPartition: ErrorCode]
    ) -> ErrorCode {
        switch transaction(asked.transactionalID, asked.producerID, asked.producerEpoch) {
        case .failure(let error): return error
        case .success(let transaction):
            guard !transaction.record.state.isEnding else { return .concurrentTransactions }
            for partition in partitions where !transaction.record.partitions.contains(partition) {
                errors[partition] = target.version >= 5 ? .transactionAbortable : .invalidTransactionState
            }
            return .none
        }
    }

    func addOffsetsToTransaction(_ target: ReplyTarget, _ request: AddOffsetsToTransactionRequest) {
        var response = AddOffsetsToTransactionResponse()
        do throws(DiskError) {
            _ = try internalLog(TopicCatalog.offsetsTopic)
            let partition = TopicPartition(
                topic: TopicCatalog.offsetsTopic, index: offsetsPartition(of: GroupName(request.groupID)))
            response.error = enlist(
                target, request.transactionalID, request.producerID, request.producerEpoch, [partition], .keepsEpoch)
        } catch {
            response.error = .coordinatorNotAvailable
        }
        whenDurable { [unowned self] in reply(target, response) }
    }
}

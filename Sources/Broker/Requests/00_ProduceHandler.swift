// Produce (key 0), versions 3-13. Each partition's field must hold exactly one sound batch; it is appended
// verbatim with its base offset set in place. acks=1 and acks=-1 mean the same, an answer after the sync; acks=0
// gets no answer, and a closed connection when something failed. Versions 0-2 carry older formats and are refused
// with UNSUPPORTED_FOR_MESSAGE_FORMAT. A transactional batch must belong to a partition of the producer's open
// transaction, so that a late batch cannot begin a transaction nobody ends; from version 12 on it adds it.

import KafkaWire

extension BrokerCore {
    func produce(_ target: ReplyTarget, _ buffer: inout [UInt8], _ body: Range<Int>) throws(WireError) {
        let request = try ProduceRequest.read(buffer, range: body, version: target.version)
        var response = ProduceResponse()
        var hasFailed = false
        let refusal = refusal(target, request, buffer)
        for topic in request.topics {
            var answered = ProduceResponse.Topic()
            answered.name = topic.name
            answered.id = topic.id
            let known = topic.id == .none ? catalog.topics[topic.name] : catalog.topic(topic.id)
            for partition in topic.partitions {
                var result = ProduceResponse.Topic.Partition()
                result.index = partition.index
                if let refusal {
                    result.error = refusal
                } else if known?.isInternal == true, target.clientID != Self.adminClientID {
                    // Groups and transactions are the broker's to write.
                    result.error = .invalidTopic
                } else if let log = known?.partition(partition.index) {
                    if let range = partition.records.range {
                        produce(target, request, range, log, &buffer, &result)
                    } else {
                        result.error = .invalidRecord
                    }
                } else {
                    result.error = known == nil && topic.id != .none ? .unknownTopicID : .unknownTopicOrPartition
                }
                if result.error != .none { hasFailed = true }
                answered.partitions.append(result)
            }
            response.topics.append(answered)
        }
        guard request.acks != 0 else { return hasFailed ? close(target) : skip(target) }
        whenDurable { [unowned self] in reply(target, response) }
    }

    /// The one client id that may write to internal topics, as with Kafka.
    private static let adminClientID = "__admin_client"

    /// What makes the whole request impossible.
    private func refusal(_ target: ReplyTarget, _ request: ProduceRequest, _ buffer: [UInt8]) -> ErrorCode? {
        guard (-1...1).contains(request.acks) else { return .invalidRequiredAcks }
        guard target.version >= 3 else { return .unsupportedForMessageFormat }
        guard request.transactionalID == nil else { return nil }
        let isTransactional = request.topics.contains { topic in
            topic.partitions.contains { partition in
                guard let start = partition.records.range?.lowerBound else { return false }
                return RecordBatchHeader(buffer.span, at: start)?.isTransactional ?? false
            }
        }
        return isTransactional ? .transactionalIDAuthorizationFailed : nil
    }

    private func produce(
        _ target: ReplyTarget, _ request: ProduceRequest, _ range: Range<Int>, _ log: PartitionLog,
        _ buffer: inout [UInt8], _ result: inout ProduceResponse.Topic.Partition
    ) {
        log.traffic.produceRequests += 1
        let validation = RecordValidation(settings: log.settings, version: target.version, now: now)
        do throws(BatchRefusal) {
            let header = try validation.check(&buffer, range)
            if header.isTransactional { try admit(target, request.transactionalID ?? "", header, log) }
            let appended = try append(target, header, range, log, &buffer)
            if !appended.isDuplicate {
                touch(log)
                log.traffic.recordsIn += Int(header.recordCount)
                log.traffic.bytesIn += range.count
            }
            result.baseOffset = appended.baseOffset
            result.logAppendTimeMilliseconds = log.settings.usesLogAppendTime ? appended.timestamp : -1
            result.logStartOffset = log.startOffset
        } catch {
            log.traffic.failedProduceRequests += 1
            result.error = error.code
            result.errorMessage = error.message
            result.recordErrors = error.records.map { index, message in
                var record = ProduceResponse.Topic.Partition.RecordError()
                record.batchIndex = index
                record.message = message
                return record
            }
            let isContent = error.code == .invalidRecord || error.code == .invalidTimestamp
            if isContent { result.logStartOffset = log.startOffset }
        }
    }

    private func append(
        _ target: ReplyTarget, _ header: RecordBatchHeader, _ range: Range<Int>, _ log: PartitionLog,
        _ buffer: inout [UInt8]
    ) throws(BatchRefusal) -> AppendResult {
        do throws(AppendError) {
            return try log.append(
                &buffer, range: range, header: header, outcome: nil, now: now,
                beginsAtZero: header.isTransactional && target.version >= 12)
        } catch {
            guard case .refused(let code) = error else { throw BatchRefusal(.unknownServerError) }
            if log.hasLostSync { stop(log.failure ?? "") }
            let isDisk = code == .storageError
            throw BatchRefusal(code, isDisk ? log.failure ?? "the disk refuses writes" : nil)
        }
    }

    private func admit(
        _ target: ReplyTarget, _ id: String, _ header: RecordBatchHeader, _ log: PartitionLog
    ) throws(BatchRefusal) {
        let partition = TopicPartition(topic: log.topic, index: log.index)
        let error = admit(
            id, header.producerID, header.producerEpoch, partition, addsFrom: 12, abortableFrom: 11, target)
        switch error {
        case .none: return
        case .coordinatorNotAvailable, .concurrentTransactions:
            if error == .concurrentTransactions, target.version >= 12 { throw BatchRefusal(error) }
            // What old clients know to be worth another try.
            throw BatchRefusal(.notEnoughReplicas, "the transaction's state cannot be told or changed now")
        case .invalidTransactionState: throw BatchRefusal(error, "the partition was not added to the transaction")
        default: throw BatchRefusal(error)
        }
    }
}

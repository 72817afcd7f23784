// Produce (key 0), versions 3-9. Each partition's field must hold exactly one batch of format 2 with a
// right checksum; it is appended verbatim with its base offset set in place. acks=1 and acks=-1 mean the
// same, an answer after the sync; acks=0 gets no answer. Versions 0-2 carry older formats and are refused
// with UNSUPPORTED_FOR_MESSAGE_FORMAT. A transactional batch must belong to a partition that was added to
// the producer's open transaction, so that a late batch cannot begin a transaction nobody ends.

import KafkaWire

extension BrokerCore {
    func produce(_ target: ReplyTarget, _ buffer: inout [UInt8], _ body: Range<Int>) throws(WireError) {
        let request = try ProduceRequest.read(buffer, range: body, version: target.version)
        var response = ProduceResponse()
        let hasLegalAcks = (-1...1).contains(request.acks)
        for topic in request.topics {
            var answered = ProduceResponse.Topic()
            answered.name = topic.name
            let known = catalog.topics[topic.name]
            for partition in topic.partitions {
                var result = ProduceResponse.Topic.Partition()
                result.index = partition.index
                if !hasLegalAcks {
                    result.error = .invalidRequiredAcks
                } else if target.version < 3 {
                    result.error = .unsupportedForMessageFormat
                } else if known?.isInternal == true {
                    // Groups and transactions are the broker's to write.
                    result.error = .invalidTopic
                } else if let log = known?.partition(partition.index), let range = partition.records.range {
                    produce(request, range, log, &buffer, &result)
                } else {
                    result.error =
                        known == nil || partition.records.range != nil ? .unknownTopicOrPartition : .invalidRecord
                }
                answered.partitions.append(result)
            }
            response.topics.append(answered)
        }
        guard request.acks != 0 else { return skip(target) }
        whenDurable { [unowned self] in reply(target, response) }
    }

    private func produce(
        _ request: ProduceRequest, _ range: Range<Int>, _ log: PartitionLog, _ buffer: inout [UInt8],
        _ result: inout ProduceResponse.Topic.Partition
    ) {
        do throws(AppendError) {
            let header = try check(buffer, range, log)
            if header.isTransactional {
                let isAdded = transactions.holds(
                    request.transactionalID, header.producerID, header.producerEpoch, log.topic, log.index)
                guard isAdded else { throw .refused(staleEpoch(header, log) ?? .invalidTransactionState) }
            }
            let appended = try log.append(&buffer, range: range, header: header, outcome: nil, now: now)
            if !appended.isDuplicate { touch(log) }
            result.baseOffset = appended.baseOffset
            result.logAppendTimeMilliseconds = log.settings.usesLogAppendTime ? appended.timestamp : -1
            result.logStartOffset = log.startOffset
        } catch {
            guard case .refused(let code) = error else { return }
            result.error = code
            if log.hasLostSync { stop(log.failure ?? "") }
            if code == .storageError { result.errorMessage = log.failure ?? "the disk refuses writes" }
        }
    }

    /// A fenced producer is told so rather than that its transaction is over.
    private func staleEpoch(_ header: RecordBatchHeader, _ log: PartitionLog) -> ErrorCode? {
        if case .refuse(.invalidProducerEpoch) = log.producers.verdict(header) { return .invalidProducerEpoch }
        return transactions.isFenced(header.producerID, header.producerEpoch) ? .invalidProducerEpoch : nil
    }

    /// Everything about a batch that can be judged without its records.
    private func check(_ buffer: [UInt8], _ range: Range<Int>, _ log: PartitionLog) throws(AppendError)
        -> RecordBatchHeader
    {
        guard range.count >= RecordBatchHeader.size, let header = RecordBatchHeader(buffer.span, at: range.lowerBound)
        else {
            throw .refused(.corruptMessage)
        }
        guard header.magic == 2 else { throw .refused(.unsupportedForMessageFormat) }
        guard header.batchLength >= Int32(RecordBatchHeader.size - RecordBatchHeader.lengthOverhead),
            header.sizeBytes <= range.count
        else { throw .refused(.corruptMessage) }
        guard header.sizeBytes == range.count else { throw .refused(.invalidRecord) }
        guard range.count <= log.settings.messageBytesMax else { throw .refused(.messageTooLarge) }
        guard header.codec <= 4 else { throw .refused(.unsupportedCompressionType) }
        guard header.recordCount > 0, header.lastOffsetDelta == header.recordCount - 1, !header.isControl else {
            throw .refused(.invalidRecord)
        }
        guard header.computedChecksum(buffer.span, at: range.lowerBound) == header.checksum else {
            throw .refused(.corruptMessage)
        }
        if log.settings.isCompacted, !header.isCompressed { try requireKeys(buffer, range, header) }
        return header
    }

    /// A compacted topic keeps the last record of each key, so every record needs one.
    private func requireKeys(_ buffer: [UInt8], _ range: Range<Int>, _ header: RecordBatchHeader) throws(AppendError) {
        do throws(WireError) {
            var records = try RecordIterator(buffer.span, header: header, at: range.lowerBound)
            while let record = try records.next() {
                guard record.key != nil else { throw .unexpectedNull }
            }
        } catch {
            throw .refused(.invalidRecord)
        }
    }
}

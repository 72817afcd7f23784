// Fetch (key 1), versions 4-13. Whole batches are read from the segment file straight into the response.
// A fetch with too few bytes to give waits for records or its time. Sessions (KIP-227) are not kept: every
// fetch is a full one, session 0, and a request within a session is told that it is gone.
// read_committed ends at the last stable offset and lists the aborted transactions in between.

import Bytes
import KafkaWire

/// A fetch that waits for records.
struct WaitingFetch {
    var target: ReplyTarget
    var request: FetchRequest
}

extension BrokerCore {
    func fetch(_ target: ReplyTarget, _ request: FetchRequest) {
        if request.sessionID != 0 {
            var response = FetchResponse()
            response.error = ErrorCode(rawValue: 70)
            return reply(target, response)
        }
        let isRefused = request.topics.contains { !mayRead($0.id == .none ? $0.name : self.topic($0)?.name ?? "", target) }
        guard request.maxWaitMilliseconds > 0, !isRefused, !isAnswerable(request) else {
            return answer(target, request)
        }
        let id = nextFetchID
        nextFetchID += 1
        waitingFetches[id] = WaitingFetch(target: target, request: request)
        for topic in request.topics {
            guard let known = self.topic(topic) else { continue }
            for partition in topic.partitions { known.partition(partition.index)?.waitingFetches.append(id) }
        }
        deadlines.add(.fetch(id), at: now + Int64(min(request.maxWaitMilliseconds, 600_000)))
    }

    private func topic(_ asked: FetchRequest.Topic) -> Topic? {
        asked.id == .none ? catalog.topics[asked.name] : catalog.topic(asked.id)
    }

    // MARK: Waiting

    /// Notes the fetches that wait at `log`; they are looked at when the turn ends.
    func wakeFetches(_ log: PartitionLog) {
        guard !log.waitingFetches.isEmpty else { return }
        fetchesToCheck.formUnion(log.waitingFetches)
    }

    func checkFetches() {
        guard !fetchesToCheck.isEmpty else { return }
        let ids = fetchesToCheck
        fetchesToCheck = []
        for id in ids.sorted() {
            if let waiting = waitingFetches[id], isAnswerable(waiting.request) { answerFetch(id) }
        }
    }

    func answerFetch(_ id: UInt64) {
        guard let waiting = waitingFetches[id] else { return }
        forgetFetch(id)
        answer(waiting.target, waiting.request)
    }

    private func forgetFetch(_ id: UInt64) {
        guard let waiting = waitingFetches.removeValue(forKey: id) else { return }
        for topic in waiting.request.topics {
            guard let known = self.topic(topic) else { continue }
            for partition in topic.partitions {
                known.partition(partition.index)?.waitingFetches.removeAll { $0 == id }
            }
        }
    }

    /// The peer is gone: what it waits for is dropped.
    public func connectionClosed(_ connection: Int) {
        for (id, waiting) in waitingFetches where waiting.target.connection == connection { forgetFetch(id) }
    }

    /// Whether there are enough bytes, or an error to report at once.
    private func isAnswerable(_ request: FetchRequest) -> Bool {
        var bytes = 0
        for topic in request.topics {
            guard let known = self.topic(topic) else { return true }
            for partition in topic.partitions {
                guard let log = known.partition(partition.index), error(log, partition) == .none,
                    let limit = try? log.readLimit(isCommittedOnly: request.isolationLevel == 1),
                    let available = try? log.bytesAvailable(from: partition.fetchOffset, to: limit)
                else { return true }
                bytes += min(available, max(0, Int(partition.maxBytes)))
                if available > 0, bytes >= Int(request.minBytes) { return true }
            }
        }
        return bytes >= Int(request.minBytes)
    }

    private func error(_ log: PartitionLog, _ asked: FetchRequest.Topic.Partition) -> ErrorCode {
        if log.failure != nil { return .storageError }
        if asked.currentLeaderEpoch > 0 { return .unknownLeaderEpoch }
        let isInside = asked.fetchOffset >= log.startOffset && asked.fetchOffset <= log.endOffset
        return isInside ? .none : .offsetOutOfRange
    }

    // MARK: Answering

    private func answer(_ target: ReplyTarget, _ request: FetchRequest) {
        var bytesLeft = min(max(0, Int(request.maxBytes)), settings.limits.fetchBytesMax)
        var hasRecords = false
        var coder = ResponseHeader.begin(target.key, version: target.version, correlationID: target.correlationID)
        coder.put(Int32(0))
        if target.version >= 7 {
            coder.put(ErrorCode.none.rawValue)
            coder.put(Int32(0))
        }
        coder.putArrayCount(request.topics.count)
        do throws(WireError) {
            for topic in request.topics {
                var name = topic.name
                var id = topic.id
                if target.version <= 12 { try coder.string(&name) } else { try coder.uuid(&id) }
                var known = self.topic(topic)
                var absent: ErrorCode = .unknownTopicOrPartition
                if known == nil, topic.id != .none { absent = .unknownTopicID }
                if !mayRead(known?.name ?? topic.name, target), known != nil || topic.id == .none {
                    known = nil
                    absent = .topicAuthorizationFailed
                }
                coder.putArrayCount(topic.partitions.count)
                for partition in topic.partitions {
                    try answer(
                        partition, known?.partition(partition.index), isCommittedOnly: request.isolationLevel == 1,
                        absent: absent, &bytesLeft, &hasRecords, &coder)
                }
                try coder.tags()
            }
            try coder.tags()
        } catch {
            return skip(target)
        }
        send(target, ResponseHeader.finish(coder))
    }

    private func answer(
        _ asked: FetchRequest.Topic.Partition, _ log: PartitionLog?, isCommittedOnly: Bool, absent: ErrorCode,
        _ bytesLeft: inout Int, _ hasRecords: inout Bool, _ coder: inout FieldCoder
    ) throws(WireError) {
        let start = coder.buffer.count
        var code = log.map { error($0, asked) } ?? absent
        if let log, code == .none {
            do throws(DiskError) {
                let limit = try log.readLimit(isCommittedOnly: isCommittedOnly)
                try putHead(asked, log, code, isCommittedOnly: isCommittedOnly, limit: limit, &coder)
                let bytesMax = min(bytesLeft, max(0, Int(asked.maxBytes)))
                let read = try putRecords(asked.fetchOffset, log, limit, bytesMax, isFirstWhole: !hasRecords, &coder)
                bytesLeft = max(0, bytesLeft - read)
                if read > 0 { hasRecords = true }
                return try tags(&coder)
            } catch {
                coder.buffer.removeLast(coder.buffer.count - start)
                code = .storageError
            }
        }
        coder.put(asked.index)
        coder.put(code.rawValue)
        coder.put(code == .offsetOutOfRange ? log?.highWatermark.offset ?? -1 : Int64(-1))
        coder.put(Int64(-1))
        if coder.version >= 5 { coder.put(code == .offsetOutOfRange ? log?.startOffset ?? -1 : Int64(-1)) }
        coder.putArrayCount(0)
        if coder.version >= 11 { coder.put(Int32(-1)) }
        coder.putRecordsLength(0)
        try coder.tags()
    }

    private func tags(_ coder: inout FieldCoder) throws(DiskError) {
        do throws(WireError) { try coder.tags() } catch { throw DiskError(operation: "encode", path: "", code: 74) }
    }

    private func putHead(
        _ asked: FetchRequest.Topic.Partition, _ log: PartitionLog, _ code: ErrorCode, isCommittedOnly: Bool,
        limit: LogPosition, _ coder: inout FieldCoder
    ) throws(DiskError) {
        coder.put(asked.index)
        coder.put(code.rawValue)
        coder.put(log.highWatermark.offset)
        coder.put(log.lastStableOffset)
        if coder.version >= 5 { coder.put(log.startOffset) }
        let range = asked.fetchOffset..<max(asked.fetchOffset, limit.offset)
        let aborted = isCommittedOnly ? log.producers.abortedTransactions(in: range) : []
        coder.putArrayCount(aborted.count)
        for transaction in aborted {
            coder.put(transaction.producerID)
            coder.put(transaction.firstOffset)
            try tags(&coder)
        }
        if coder.version >= 11 { coder.put(Int32(-1)) }
    }

    /// The records field: its length is known only after reading, so its place is kept and filled in.
    private func putRecords(
        _ offset: Int64, _ log: PartitionLog, _ limit: LogPosition, _ bytesMax: Int, isFirstWhole: Bool,
        _ coder: inout FieldCoder
    ) throws(DiskError) -> Int {
        let place = coder.buffer.count
        let predicted = min(bytesMax, try log.bytesAvailable(from: offset, to: limit))
        let width = coder.isFlexible ? Varint.size(UInt64(predicted + 1)) : 4
        coder.buffer.append(contentsOf: repeatElement(0, count: width))
        let start = coder.buffer.count
        _ = try log.read(from: offset, to: limit, bytesMax: bytesMax, isFirstWhole: isFirstWhole, into: &coder.buffer)
        let count = coder.buffer.count - start
        guard coder.isFlexible else {
            coder.buffer.setBigEndian(Int32(truncatingIfNeeded: count), at: place)
            return count
        }
        var length: [UInt8] = []
        Varint.append(UInt64(count + 1), to: &length)
        coder.buffer.replaceSubrange(place..<start, with: length)
        return count
    }
}

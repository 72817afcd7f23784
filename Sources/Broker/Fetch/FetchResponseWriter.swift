// Writes a fetch response piece by piece. The bytes of batches are read from the file straight to their place in
// the response, for which the whole of it is reserved beforehand: nothing is copied within the process.

import Bytes
import KafkaWire

/// A fetch response in the making.
struct FetchResponseWriter {
    private let version: Int16
    private let isCommittedOnly: Bool
    private var coder: FieldCoder
    private var bytesLeft: Int
    private var hasRecords = false

    /// What was written of one partition.
    struct Written {
        var hasRecords = false
        var highWatermark: Int64 = -1
        var startOffset: Int64 = -1
    }

    init(_ fetch: PendingFetch, bytesLeft: Int, expecting states: [FetchState]) {
        version = fetch.target.version
        isCommittedOnly = fetch.isCommittedOnly
        self.bytesLeft = bytesLeft
        var records = 0
        for state in states {
            records += min(state.slice?.count ?? 0, max(0, Int(state.partition.asked.maxBytes)))
        }
        coder = ResponseHeader.begin(
            fetch.target.key, version: version, correlationID: fetch.target.correlationID,
            reserving: min(records, bytesLeft) + states.count * 128 + 64)
    }

    mutating func begin(sessionID: Int32, topics: [Range<Int>]) throws(WireError) {
        coder.put(Int32(0))
        if version >= 7 {
            coder.put(ErrorCode.none.rawValue)
            coder.put(sessionID)
        }
        coder.putArrayCount(topics.count)
    }

    mutating func beginTopic(_ place: FetchPlace, count: Int) throws(WireError) {
        var name = place.name
        var id = place.id
        if version <= 12 { try coder.string(&name) } else { try coder.uuid(&id) }
        coder.putArrayCount(count)
    }

    mutating func endTopic() throws(WireError) { try coder.tags() }

    consuming func finish() throws(WireError) -> [UInt8] {
        try coder.tags()
        return ResponseHeader.finish(coder)
    }

    // MARK: Partitions

    mutating func write(_ state: FetchState) throws(WireError) -> Written {
        var code = state.error
        if let log = state.log, code == .none {
            let start = coder.buffer.count
            do throws(DiskError) {
                let bytesMax = min(bytesLeft, max(0, Int(state.partition.asked.maxBytes)))
                head(state, log, bytesMax: bytesMax)
                let count = try records(state, log, bytesMax: bytesMax)
                bytesLeft = max(0, bytesLeft - count)
                if count > 0 { hasRecords = true }
                log.traffic.fetchRequests += 1
                log.traffic.bytesOut += count
                var divergence = state.divergence
                try coder.tag(0, &divergence, else: DiskError(operation: "encode", path: "", code: 74))
                return Written(
                    hasRecords: count > 0, highWatermark: log.highWatermark.offset, startOffset: log.startOffset)
            } catch {
                coder.buffer.removeLast(coder.buffer.count - start)
                code = .storageError
            }
        }
        if let log = state.log {
            log.traffic.fetchRequests += 1
            log.traffic.failedFetchRequests += 1
        }
        coder.put(state.partition.asked.index)
        coder.put(code.rawValue)
        coder.put(Int64(-1))
        coder.put(Int64(-1))
        if version >= 5 { coder.put(Int64(-1)) }
        coder.putArrayCount(-1)
        if version >= 11 { coder.put(Int32(-1)) }
        coder.putRecordsLength(0)
        try coder.tags()
        return Written()
    }

    private mutating func head(_ state: FetchState, _ log: PartitionLog, bytesMax: Int) {
        coder.put(state.partition.asked.index)
        coder.put(ErrorCode.none.rawValue)
        coder.put(log.highWatermark.offset)
        coder.put(log.lastStableOffset)
        if version >= 5 { coder.put(log.startOffset) }
        if isCommittedOnly {
            let aborted = abortedTransactions(state, log, bytesMax: bytesMax)
            coder.putArrayCount(aborted.count)
            for transaction in aborted {
                coder.put(transaction.producerID)
                coder.put(transaction.firstOffset)
                if coder.isFlexible { coder.putTags([]) }
            }
        } else {
            coder.putArrayCount(-1)
        }
        if version >= 11 { coder.put(Int32(-1)) }
    }

    /// The aborted transactions with records among those that are about to be read.
    private func abortedTransactions(
        _ state: FetchState, _ log: PartitionLog, bytesMax: Int
    ) -> [AbortedTransaction] {
        guard let slice = state.slice else { return [] }
        let from = state.partition.asked.fetchOffset
        // A first batch may be larger than `bytesMax`; the index tells offsets only every few kilobytes.
        let count = min(slice.count, bytesMax + log.settings.messageBytesMax)
        return log.producers.abortedTransactions(in: from..<max(from, log.offsetBound(slice, count: count)))
    }

    /// The records field: its length is known only after reading, so its place is kept and filled in.
    private mutating func records(
        _ state: FetchState, _ log: PartitionLog, bytesMax: Int
    ) throws(DiskError) -> Int {
        guard let slice = state.slice, bytesMax > 0 || !hasRecords else {
            coder.putRecordsLength(0)
            return 0
        }
        let place = coder.buffer.count
        let predicted = min(bytesMax, slice.count)
        let width = coder.isFlexible ? Varint.size(UInt64(predicted + 1)) : 4
        coder.buffer.append(contentsOf: repeatElement(0, count: width))
        let start = coder.buffer.count
        try log.read(
            slice, from: state.partition.asked.fetchOffset, bytesMax: bytesMax, isFirstWhole: !hasRecords,
            into: &coder.buffer)
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

extension FieldCoder {
    fileprivate mutating func tag<T: WireFields>(
        _ number: UInt64, _ value: inout T?, else failure: DiskError
    ) throws(DiskError) {
        do throws(WireError) { try tag(number, &value) } catch { throw failure }
    }
}

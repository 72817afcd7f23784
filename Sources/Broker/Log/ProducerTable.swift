// What one partition remembers of its idempotent and transactional producers: epoch, the last five
// batches (so that a repeated batch is acknowledged, not appended twice), the open transaction's first
// offset, and the aborted transactions that a read_committed consumer must skip. Decides, does no I/O.

import Bytes
import KafkaWire

/// A batch that a producer appended, kept to recognise its repetition.
struct AppendedBatch: Equatable, Sendable {
    var firstSequence: Int32
    var lastSequence: Int32
    var baseOffset: Int64
    var lastOffset: Int64
    var timestamp: Int64
}

/// One producer as a partition knows it.
struct ProducerEntry: Equatable, Sendable {
    static let batchesKept = 5
    var epoch: Int16
    var batches: [AppendedBatch] = []
    var transactionFirstOffset: Int64?
    var lastTimestamp: Int64
    /// Of the coordinator that wrote the last marker; -1 before the first.
    var coordinatorEpoch: Int32 = -1
}

/// A transaction that ended in an abort; `lastOffset` is that of its marker.
struct AbortedTransaction: Equatable, Sendable {
    var producerID: Int64
    var firstOffset: Int64
    var lastOffset: Int64
}

/// The producers of one partition.
struct ProducerTable: Equatable, Sendable {
    enum Verdict: Equatable {
        case append
        case duplicate(baseOffset: Int64, timestamp: Int64)
        case refuse(ErrorCode)
    }

    private(set) var entries: [Int64: ProducerEntry] = [:]
    private(set) var aborted: [AbortedTransaction] = []
    /// The smallest first offset of an open transaction.
    private(set) var firstOpenOffset: Int64?

    var isEmpty: Bool { entries.isEmpty && aborted.isEmpty }

    /// Whether a batch from a client may be appended. Batches without a sequence (offsets committed in a
    /// transaction) are judged by their epoch alone. A producer not known here may begin with any sequence, its
    /// records may have been deleted; not so one that raises its epoch with each transaction (`beginsAtZero`).
    func verdict(_ batch: RecordBatchHeader, beginsAtZero: Bool = false) -> Verdict {
        guard batch.producerID >= 0 else { return .append }
        guard batch.producerEpoch >= 0 else { return .refuse(.invalidProducerEpoch) }
        guard let entry = entries[batch.producerID] else {
            return beginsAtZero && batch.baseSequence > 0 ? .refuse(.outOfOrderSequenceNumber) : .append
        }
        if batch.baseSequence >= 0 {
            let repeated = entry.batches.first {
                $0.firstSequence == batch.baseSequence && $0.lastSequence == batch.lastSequence
            }
            if let repeated, batch.producerEpoch == entry.epoch {
                return .duplicate(baseOffset: repeated.baseOffset, timestamp: repeated.timestamp)
            }
        }
        guard batch.producerEpoch >= entry.epoch else { return .refuse(.invalidProducerEpoch) }
        if batch.baseSequence >= 0 {
            var expected: Int32 = 0
            if batch.producerEpoch == entry.epoch, let last = entry.batches.last {
                expected = ProducerSequence.advance(last.lastSequence, by: 1)
            }
            guard batch.baseSequence == expected else { return .refuse(.outOfOrderSequenceNumber) }
        }
        let leavesTransaction = entry.transactionFirstOffset != nil && !batch.isTransactional
        return leavesTransaction ? .refuse(.invalidTransactionState) : .append
    }

    /// What a marker from another coordinator is answered; nil stands for a repeated marker, which is not written.
    func markerVerdict(
        _ producerID: Int64, epoch: Int16, coordinatorEpoch: Int32, raisesEpoch: Bool
    ) -> ErrorCode? {
        guard let entry = entries[producerID] else { return ErrorCode.none }
        if raisesEpoch, epoch == entry.epoch, entry.transactionFirstOffset == nil { return nil }
        // The last epoch can be raised no further: its marker carries it again.
        let isLate = raisesEpoch && epoch < Int16.max ? epoch <= entry.epoch : epoch < entry.epoch
        if isLate { return .invalidProducerEpoch }
        return coordinatorEpoch < entry.coordinatorEpoch ? .transactionCoordinatorFenced : ErrorCode.none
    }

    /// Notes which coordinator wrote the producer's last marker.
    mutating func note(coordinatorEpoch: Int32, of producerID: Int64) {
        entries[producerID]?.coordinatorEpoch = coordinatorEpoch
    }

    /// Takes in a batch that is in the log; `outcome` is that of a marker.
    mutating func apply(_ batch: RecordBatchHeader, outcome: TransactionOutcome?) {
        guard batch.producerID >= 0 else { return }
        var entry =
            entries[batch.producerID]
            ?? ProducerEntry(epoch: batch.producerEpoch, lastTimestamp: batch.maxTimestamp)
        if batch.producerEpoch > entry.epoch {
            entry.epoch = batch.producerEpoch
            entry.batches = []
        }
        entry.lastTimestamp = max(entry.lastTimestamp, batch.maxTimestamp)
        if batch.isControl {
            entry.coordinatorEpoch = max(entry.coordinatorEpoch, 0)
            if let first = entry.transactionFirstOffset, let outcome {
                if outcome == .abort {
                    aborted.append(
                        AbortedTransaction(
                            producerID: batch.producerID, firstOffset: first, lastOffset: batch.lastOffset))
                }
                entry.transactionFirstOffset = nil
            }
        } else {
            if batch.baseSequence >= 0 {
                entry.batches.append(
                    AppendedBatch(
                        firstSequence: batch.baseSequence, lastSequence: batch.lastSequence,
                        baseOffset: batch.baseOffset, lastOffset: batch.lastOffset, timestamp: batch.maxTimestamp))
                if entry.batches.count > ProducerEntry.batchesKept { entry.batches.removeFirst() }
            }
            if batch.isTransactional, entry.transactionFirstOffset == nil {
                entry.transactionFirstOffset = batch.baseOffset
                firstOpenOffset = min(firstOpenOffset ?? .max, batch.baseOffset)
            }
        }
        entries[batch.producerID] = entry
        if batch.isControl { refreshFirstOpenOffset() }
    }

    private mutating func refreshFirstOpenOffset() {
        firstOpenOffset = entries.values.lazy.compactMap(\.transactionFirstOffset).min()
    }

    /// The aborted transactions with data in `offsets`.
    func abortedTransactions(in offsets: Range<Int64>) -> [AbortedTransaction] {
        // Sorted by marker: nothing before the first marker at or after the range's start matters.
        var low = 0
        var high = aborted.count
        while low < high {
            let middle = (low + high) / 2
            if aborted[middle].lastOffset < offsets.lowerBound { low = middle + 1 } else { high = middle }
        }
        return aborted[low...].filter { $0.firstOffset < offsets.upperBound }
    }

    /// Forgets producers silent since `deadline` without an open transaction, and aborted transactions
    /// that lie before the log's start.
    mutating func expire(before deadline: Int64, logStart: Int64) {
        entries = entries.filter { $0.value.transactionFirstOffset != nil || $0.value.lastTimestamp >= deadline }
        aborted.removeAll { $0.lastOffset < logStart }
    }
}

extension ProducerTable {
    /// Forgets aborted transactions whose markers, at these offsets, are no longer in the log.
    mutating func forgetAborted(markers: Set<Int64>) { aborted.removeAll { markers.contains($0.lastOffset) } }

    /// The table as part of a checkpoint.
    func encode(to writer: inout ByteWriter) {
        writer.int32(Int32(truncatingIfNeeded: entries.count))
        for (id, entry) in entries.sorted(by: { $0.key < $1.key }) {
            writer.int64(id)
            writer.int16(entry.epoch)
            writer.int64(entry.transactionFirstOffset ?? -1)
            writer.int64(entry.lastTimestamp)
            writer.int32(entry.coordinatorEpoch)
            writer.int8(Int8(entry.batches.count))
            for batch in entry.batches {
                writer.int32(batch.firstSequence)
                writer.int32(batch.lastSequence)
                writer.int64(batch.baseOffset)
                writer.int64(batch.lastOffset)
                writer.int64(batch.timestamp)
            }
        }
        writer.int32(Int32(truncatingIfNeeded: aborted.count))
        for transaction in aborted {
            writer.int64(transaction.producerID)
            writer.int64(transaction.firstOffset)
            writer.int64(transaction.lastOffset)
        }
    }

    init(_ reader: inout ByteReader) throws(ByteError) {
        for _ in 0..<max(0, try reader.int32()) {
            let id = try reader.int64()
            var entry = ProducerEntry(epoch: try reader.int16(), lastTimestamp: 0)
            let first = try reader.int64()
            entry.transactionFirstOffset = first < 0 ? nil : first
            entry.lastTimestamp = try reader.int64()
            entry.coordinatorEpoch = try reader.int32()
            for _ in 0..<max(0, try reader.int8()) {
                entry.batches.append(
                    AppendedBatch(
                        firstSequence: try reader.int32(), lastSequence: try reader.int32(),
                        baseOffset: try reader.int64(), lastOffset: try reader.int64(), timestamp: try reader.int64()))
            }
            entries[id] = entry
        }
        for _ in 0..<max(0, try reader.int32()) {
            aborted.append(
                AbortedTransaction(
                    producerID: try reader.int64(), firstOffset: try reader.int64(), lastOffset: try reader.int64()))
        }
        refreshFirstOpenOffset()
    }
}

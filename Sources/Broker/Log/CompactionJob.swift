// The work of one compaction pass, done beside the event loop: it reads closed segments, which nobody changes,
// and writes what stays of each to a file beside it. The loop then replaces the segments that got smaller.
//
// What stays: of each key the last record; a tombstone, and the marker of a transaction without records left,
// until delete.retention.ms after the first pass that met it (that time is kept in the batch as Kafka does:
// attribute bit 6, base timestamp); each producer's last batch, if need be without records, so that its
// sequence survives; compressed batches, which are not looked into, and tombstones behind them, because they
// may hold an older value of the key. Records of aborted transactions go. Offsets never change.

import Bytes
import KafkaWire
import Synchronization

/// What a pass is given.
struct CompactionPlan {
    var directory: String
    /// Closed segments, all from the log's first on.
    var segments: [(baseOffset: Int64, sizeBytes: Int)]
    /// One past the last offset of the last of them.
    var end: Int64
    /// Below this offset earlier passes have left one record of each key.
    var dirtyFrom: Int64
    var now: Int64
    var deleteRetentionMilliseconds: Int64
    var producers: ProducerTable
    /// The most keys held in memory; the pass ends where they are reached.
    var keysMax = 500_000
}

/// What became of one segment.
struct CompactedSegment {
    var baseOffset: Int64
    var sizeBytesBefore: Int
    var replacement: LogSegment
}

/// One pass.
/// Safe because the event loop only creates it and, after `sync` has returned, reads its results; meanwhile it
/// uses the disk, whose calls on different files do not meet, and values of its own.
final class CompactionJob: SyncTarget, @unchecked Sendable {
    /// 128 bits of a keyed hash: two keys that meet would cost a record.
    struct KeyHash: Hashable {
        var first: Int
        var second: Int
    }

    let plan: CompactionPlan
    private let disk: any Disk
    private let cancelled = Atomic<Bool>(false)
    var latest: [KeyHash: Int64] = [:]
    /// The first batch whose keys are unknown.
    var firstOpaqueOffset = Int64.max
    private var aborted: [Int64: [AbortedTransaction]] = [:]
    var lastBatches: Set<Int64> = []
    /// Producers of whose current transaction records have been met.
    var withRecords: Set<Int64> = []

    private(set) var results: [CompactedSegment] = []
    /// Up to where the log is now clean.
    private(set) var cleanedUpTo: Int64
    /// Offsets of the markers that were dropped.
    var droppedMarkers: Set<Int64> = []

    init(_ plan: CompactionPlan, disk: any Disk) {
        self.plan = plan
        self.disk = disk
        cleanedUpTo = plan.end
        for transaction in plan.producers.aborted { aborted[transaction.producerID, default: []].append(transaction) }
        for entry in plan.producers.entries.values {
            if let last = entry.batches.last { lastBatches.insert(last.baseOffset) }
        }
    }

    /// Makes the pass end early; what it has written is dropped.
    func cancel() { cancelled.store(true, ordering: .relaxed) }

    func sync() throws(DiskError) {
        do throws(DiskError) {
            try findLatest()
            for segment in plan.segments where segment.baseOffset < cleanedUpTo { try rewrite(segment) }
        } catch {
            discard()
            throw error
        }
    }

    /// Removes what the pass has written.
    func discard() {
        for segment in plan.segments { try? disk.remove(path(segment.baseOffset) + ".cleaned") }
        results = []
    }

    private func path(_ baseOffset: Int64) -> String { plan.directory + "/" + LogSegment.name(baseOffset) + ".log" }

    func isAborted(_ header: RecordBatchHeader) -> Bool {
        guard header.isTransactional, let known = aborted[header.producerID] else { return false }
        return known.contains { $0.firstOffset <= header.baseOffset && header.lastOffset <= $0.lastOffset }
    }

    func hash(_ key: Span<UInt8>) -> KeyHash {
        var first = Hasher()
        var second = Hasher()
        second.combine(true)
        unsafe key.withUnsafeBytes {
            unsafe first.combine(bytes: $0)
            unsafe second.combine(bytes: $0)
        }
        return KeyHash(first: first.finalize(), second: second.finalize())
    }

    private func forEachBatch(
        _ segment: (baseOffset: Int64, sizeBytes: Int),
        _ body: (RecordBatchHeader, BatchScanner) throws(DiskError) -> Bool
    ) throws(DiskError) {
        let file = try disk.open(path(segment.baseOffset), creating: false)
        var scanner = BatchScanner(file, from: 0, end: segment.sizeBytes)
        while true {
            switch try scanner.next() {
            case .batch(let header, _):
                if cancelled.load(ordering: .relaxed) {
                    throw DiskError(operation: "compact", path: plan.directory, code: 125)
                }
                guard try body(header, scanner) else { return }
            case .invalid(let position, let reason):
                throw DiskError(
                    operation: "compact (\(reason), byte \(position))", path: path(segment.baseOffset), code: 74)
            case .end: return
            }
        }
    }

    // MARK: First reading

    /// The last offset of each key, as far as memory allows.
    private func findLatest() throws(DiskError) {
        for segment in plan.segments {
            // Clean segments are only asked for compressed batches.
            try forEachBatch(segment) { (header, scanner) throws(DiskError) in
                if header.isCompressed, !header.isControl, !isAborted(header) {
                    firstOpaqueOffset = min(firstOpaqueOffset, header.baseOffset)
                }
                guard header.lastOffset >= plan.dirtyFrom, !header.isControl, !header.isCompressed, !isAborted(header)
                else { return true }
                guard latest.count < plan.keysMax else {
                    cleanedUpTo = min(cleanedUpTo, header.baseOffset)
                    return false
                }
                let bytes = scanner.chunk.span
                guard var records = try? RecordIterator(bytes, header: header, at: scanner.start) else { return true }
                while let record = (try? records.next()) ?? nil {
                    guard let key = record.key else { continue }
                    latest[hash(bytes.extracting(key))] = header.baseOffset + Int64(record.offsetDelta)
                }
                return true
            }
            if cleanedUpTo < plan.end { return }
        }
    }

    // MARK: Second reading

    private func rewrite(_ segment: (baseOffset: Int64, sizeBytes: Int)) throws(DiskError) {
        let replacement = LogSegment(
            disk: disk, directory: plan.directory, baseOffset: segment.baseOffset, nextOffset: segment.baseOffset,
            sizeBytes: 0, isNew: true)
        let file = try disk.open(path(segment.baseOffset) + ".cleaned", creating: true)
        try file.truncate(to: 0)
        var buffer: [UInt8] = []
        var written = 0
        var isChanged = false
        try forEachBatch(segment) { (header, scanner) throws(DiskError) in
            let start = buffer.count
            let original = scanner.chunk.span.extracting(scanner.start..<(scanner.start + header.sizeBytes))
            switch header.lastOffset < cleanedUpTo ? judge(header, original) : .keep {
            case .keep: original.append(to: &buffer)
            case .drop:
                isChanged = true
                return true
            case .replace(let batch):
                isChanged = true
                buffer += batch
            }
            guard let kept = RecordBatchHeader(buffer.span, at: start) else { return true }
            replacement.add(kept)
            if buffer.count >= BatchScanner.chunkBytes {
                try file.write(buffer.span, at: written)
                written += buffer.count
                buffer.removeAll(keepingCapacity: true)
            }
            return true
        }
        guard isChanged else { return try disk.remove(path(segment.baseOffset) + ".cleaned") }
        try file.write(buffer.span, at: written)
        try file.sync()
        results.append(
            CompactedSegment(
                baseOffset: segment.baseOffset, sizeBytesBefore: segment.sizeBytes, replacement: replacement))
    }
}

extension Span where Element == UInt8 {
    fileprivate func append(to buffer: inout [UInt8]) {
        unsafe withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
    }
}

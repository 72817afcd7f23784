// Walks the batches of one segment file from a position on, checking each header and checksum: for
// recovery, rebuilding indexes, compaction, checks and dumps.

import KafkaWire

/// Reads a segment's batches one after another through a chunk of memory.
struct BatchScanner {
    enum Step {
        /// A sound batch at `position`; its bytes are in `chunk` from `start` on.
        case batch(RecordBatchHeader, position: Int)
        /// Bytes that are not a sound batch.
        case invalid(position: Int, reason: String)
        case end
    }

    static let chunkBytes = 1 << 20
    let file: any DiskFile
    let end: Int
    private(set) var position: Int
    private(set) var chunk: [UInt8] = []
    private var chunkPosition = 0
    /// Where the batch returned last begins in `chunk`.
    private(set) var start = 0

    init(_ file: any DiskFile, from position: Int, end: Int) {
        self.file = file
        self.position = position
        self.end = end
    }

    mutating func next() throws(DiskError) -> Step {
        guard position < end else { return .end }
        guard try load(RecordBatchHeader.size), let header = RecordBatchHeader(chunk.span, at: start) else {
            return .invalid(position: position, reason: "incomplete batch header")
        }
        guard header.isPlausible else { return .invalid(position: position, reason: "not a batch header") }
        guard header.sizeBytes <= end - position, try load(header.sizeBytes) else {
            return .invalid(position: position, reason: "batch runs past the end of the file")
        }
        guard header.computedChecksum(chunk.span, at: start) == header.checksum else {
            return .invalid(position: position, reason: "checksum of the batch at offset \(header.baseOffset) is wrong")
        }
        let found = position
        position += header.sizeBytes
        return .batch(header, position: found)
    }

    /// The outcome that the control batch returned last records.
    func outcome(_ header: RecordBatchHeader) -> TransactionOutcome? {
        TransactionOutcome(chunk.span, header: header, at: start)
    }

    /// Makes `count` bytes from `position` on available at `start`.
    private mutating func load(_ count: Int) throws(DiskError) -> Bool {
        guard count <= end - position else { return false }
        if position >= chunkPosition, position + count <= chunkPosition + chunk.count {
            start = position - chunkPosition
            return true
        }
        chunk.removeAll(keepingCapacity: true)
        chunkPosition = position
        start = 0
        try file.read(into: &chunk, at: position, count: min(end - position, max(count, Self.chunkBytes)))
        return chunk.count >= count
    }

    /// Whether a sound batch begins anywhere after the invalid bytes at `position`: what tells a damaged
    /// middle from a torn tail.
    static func findsBatch(in file: any DiskFile, after position: Int, end: Int, from offset: Int64) throws(DiskError)
        -> Bool
    {
        var candidate = position + 1
        var window: [UInt8] = []
        var windowStart = candidate
        while candidate + RecordBatchHeader.size <= end {
            if candidate + RecordBatchHeader.size > windowStart + window.count {
                window.removeAll(keepingCapacity: true)
                windowStart = candidate
                try file.read(into: &window, at: candidate, count: min(chunkBytes, end - candidate))
                if window.count < RecordBatchHeader.size { return false }
            }
            if let header = RecordBatchHeader(window.span, at: candidate - windowStart), header.isPlausible,
                header.baseOffset >= offset, header.sizeBytes <= end - candidate
            {
                var scanner = BatchScanner(file, from: candidate, end: end)
                if case .batch = try scanner.next() { return true }
            }
            candidate += 1
        }
        return false
    }
}

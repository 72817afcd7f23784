// One segment of a partition's log: a file of batches, verbatim, named for its first offset, and a
// sparse index in memory. A closed segment's index is kept in a file beside it, so that a start need not
// read the segment; the file is advice only and rebuilt by scanning when it is missing or wrong.
//
// Index file, version 1, big-endian: "LGIX", version i16, segment bytes i64, next offset i64,
// max timestamp i64, entry count i32, entries (offset i64, position i64, max timestamp before i64),
// CRC-32C of all of that.

import Bytes
import KafkaWire

/// An entry of the sparse index: the batch at `position` begins with `offset`.
struct IndexEntry: Equatable {
    var offset: Int64
    var position: Int
    /// The largest timestamp in the segment before this position.
    var timestampBefore: Int64
}

/// One segment file with its index.
final class LogSegment {
    static let indexIntervalBytes = 4096
    /// Beyond, every other entry goes and the interval doubles: 192 KiB of memory for a segment of any size.
    static let indexEntriesMax = 8192
    private static let indexMagic: UInt32 = 0x4c47_4958

    let baseOffset: Int64
    let directory: String
    private let disk: any Disk
    var sizeBytes: Int
    /// One past the last offset.
    var nextOffset: Int64
    var maxTimestamp: Int64 = -1
    var entries: [IndexEntry] = []
    /// Batches below this position come from before the start and are checked when they are read.
    var uncheckedBelow = 0
    private var indexIsLoaded: Bool
    private var interval = LogSegment.indexIntervalBytes
    private var bytesSinceEntry = LogSegment.indexIntervalBytes
    private var openFile: (any DiskFile)?
    /// Where readers stopped last and so will go on.
    private var recentReads: [(offset: Int64, position: Int)] = []
    private var knownFirstTimestamp: Int64?

    init(disk: any Disk, directory: String, baseOffset: Int64, nextOffset: Int64, sizeBytes: Int, isNew: Bool) {
        self.disk = disk
        self.directory = directory
        self.baseOffset = baseOffset
        self.nextOffset = nextOffset
        self.sizeBytes = sizeBytes
        indexIsLoaded = isNew
    }

    var path: String { directory + "/" + Self.name(baseOffset) + ".log" }
    var indexPath: String { directory + "/" + Self.name(baseOffset) + ".index" }

    static func name(_ offset: Int64) -> String {
        let digits = String(offset)
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits
    }

    func file() throws(DiskError) -> any DiskFile {
        if let openFile { return openFile }
        let file = try disk.open(path, creating: true)
        openFile = file
        return file
    }

    func close() { openFile = nil }

    /// Takes in a batch that lies at the end.
    func add(_ header: RecordBatchHeader) {
        if bytesSinceEntry >= interval {
            if entries.count >= Self.indexEntriesMax { thinOut() }
            entries.append(IndexEntry(offset: header.baseOffset, position: sizeBytes, timestampBefore: maxTimestamp))
            bytesSinceEntry = 0
        }
        bytesSinceEntry += header.sizeBytes
        sizeBytes += header.sizeBytes
        nextOffset = header.lastOffset + 1
        maxTimestamp = max(maxTimestamp, header.maxTimestamp)
    }

    private func thinOut() {
        entries = stride(from: 0, to: entries.count, by: 2).map { entries[$0] }
        interval *= 2
    }

    /// Takes the index from a checkpoint of the active segment.
    func restore(_ checkpoint: LogCheckpoint) {
        entries = checkpoint.entries
        maxTimestamp = checkpoint.maxTimestamp
        sizeBytes = checkpoint.position
        nextOffset = checkpoint.nextOffset
        while interval < sizeBytes / Self.indexEntriesMax { interval *= 2 }
        indexIsLoaded = true
    }

    /// Starts over with an empty index, before a scan from the first byte.
    func reset() {
        entries = []
        sizeBytes = 0
        nextOffset = baseOffset
        maxTimestamp = -1
        interval = Self.indexIntervalBytes
        bytesSinceEntry = interval
        recentReads = []
        indexIsLoaded = true
    }

    /// The largest timestamp of the first batch, -1 if it has none.
    func firstTimestamp() throws(DiskError) -> Int64 {
        if let knownFirstTimestamp { return knownFirstTimestamp }
        let first = try walk(from: 0) { _ in true }?.header.maxTimestamp ?? -1
        knownFirstTimestamp = first
        return first
    }

    /// Notes where a reader stopped.
    func remember(_ offset: Int64, at position: Int) {
        if recentReads.count >= 8 { recentReads.removeFirst() }
        recentReads.append((offset, position))
    }

    // MARK: Index file

    func loadIndex() throws(DiskError) {
        guard !indexIsLoaded else { return }
        if let bytes = try disk.readAll(indexPath), decodeIndex(bytes) {
            indexIsLoaded = true
            return
        }
        let expectedSize = sizeBytes
        let expectedNext = nextOffset
        defer {
            sizeBytes = expectedSize
            nextOffset = expectedNext
        }
        reset()
        indexIsLoaded = false
        var scanner = BatchScanner(try file(), from: 0, end: expectedSize)
        scan: while true {
            switch try scanner.next() {
            case .batch(let header, _): add(header)
            case .invalid(let position, let reason):
                throw DiskError(operation: "index (\(reason), byte \(position))", path: path, code: 74)
            case .end: break scan
            }
        }
        indexIsLoaded = true
        sizeBytes = expectedSize
        nextOffset = expectedNext
        try? saveIndex()
    }

    func saveIndex() throws(DiskError) {
        var writer = ByteWriter(reserving: 40 + entries.count * 24)
        writer.integer(Self.indexMagic)
        writer.int16(1)
        writer.int64(Int64(sizeBytes))
        writer.int64(nextOffset)
        writer.int64(maxTimestamp)
        writer.encode(entries)
        writer.integer(CRC32C.checksum(writer.bytes))
        try disk.replace(indexPath, in: directory, with: writer.bytes, durably: false)
    }

    private func decodeIndex(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 4,
            CRC32C.checksum(bytes.span.extracting(..<(bytes.count - 4))) == bytes.bigEndian(at: bytes.count - 4)
        else { return false }
        var reader = ByteReader(bytes.span)
        guard let magic = try? reader.integer(UInt32.self), magic == Self.indexMagic,
            let version = try? reader.int16(), version == 1,
            let size = try? reader.int64(), size == Int64(sizeBytes),
            let next = try? reader.int64(), next == nextOffset,
            let timestamp = try? reader.int64(), let decoded = try? reader.indexEntries()
        else { return false }
        entries = decoded
        maxTimestamp = timestamp
        return true
    }

    // MARK: Looking up

    /// The position of the batch that holds `offset`, or of the first batch after it; the segment's size
    /// when there is none.
    func position(of offset: Int64) throws(DiskError) -> Int {
        if offset >= nextOffset { return sizeBytes }
        if let recent = recentReads.last(where: { $0.offset == offset }) { return recent.position }
        try loadIndex()
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].offset <= offset { low = middle + 1 } else { high = middle }
        }
        let start = low == 0 ? 0 : entries[low - 1].position
        return try walk(from: start) { $0.lastOffset >= offset }?.position ?? sizeBytes
    }

    /// The first batch with a timestamp of at least `timestamp`.
    func firstBatch(atOrAfter timestamp: Int64) throws(DiskError) -> (header: RecordBatchHeader, position: Int)? {
        try loadIndex()
        guard maxTimestamp >= timestamp else { return nil }
        let start = entries.last { $0.timestampBefore < timestamp }?.position ?? 0
        return try walk(from: start) { $0.maxTimestamp >= timestamp }
    }

    /// Goes from batch header to batch header until one fits.
    private func walk(
        from start: Int, until fits: (RecordBatchHeader) -> Bool
    ) throws(DiskError) -> (header: RecordBatchHeader, position: Int)? {
        let file = try file()
        var position = start
        var window: [UInt8] = []
        var windowStart = start
        while position < sizeBytes {
            if position + RecordBatchHeader.size > windowStart + window.count {
                window.removeAll(keepingCapacity: true)
                windowStart = position
                try file.read(into: &window, at: position, count: min(Self.indexIntervalBytes, sizeBytes - position))
            }
            guard let header = RecordBatchHeader(window.span, at: position - windowStart), header.isPlausible else {
                throw DiskError(operation: "read a batch header in", path: path, code: 74)
            }
            if fits(header) { return (header, position) }
            position += header.sizeBytes
        }
        return nil
    }
}

extension ByteWriter {
    mutating func encode(_ entries: [IndexEntry]) {
        int32(Int32(truncatingIfNeeded: entries.count))
        for entry in entries {
            int64(entry.offset)
            int64(Int64(entry.position))
            int64(entry.timestampBefore)
        }
    }
}

extension ByteReader {
    mutating func indexEntries() throws(ByteError) -> [IndexEntry] {
        let count = Int(try int32())
        guard count >= 0, count <= remaining / 24 else { throw .lengthOutOfRange }
        var entries: [IndexEntry] = []
        entries.reserveCapacity(count)
        for _ in 0..<count {
            let offset = try int64()
            guard let position = Int(exactly: try int64()), position >= 0 else { throw .lengthOutOfRange }
            entries.append(IndexEntry(offset: offset, position: position, timestampBefore: try int64()))
        }
        return entries
    }
}

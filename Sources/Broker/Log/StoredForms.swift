// Every decoder of bytes that the broker finds on its disk, by name, so that all can be tried with hostile bytes:
// by the fuzz targets and by tests. Checksums are made right first, or nothing behind them would be reached.

import Bytes
import KafkaWire

/// What the broker stores.
public enum StoredForm: Int, CaseIterable, Sendable {
    case checkpoint, watermark, catalog, groupKey, groupValue, offsetValue, transactionKey, transactionValue, batch

    /// Decodes `bytes` as this form, encodes what was read and decodes it again; false when it was refused.
    /// Stops the program when the second reading differs: a state would then change by being stored.
    @discardableResult
    public func decode(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .checkpoint:
            guard let first = LogCheckpoint(Self.sealed(bytes)) else { return false }
            precondition(LogCheckpoint(first.encode()) == first, "a checkpoint changes by being stored")
        case .watermark:
            var file = Self.sealed(Array(bytes.prefix(LogWatermark.sizeBytes)))
            file += [UInt8](repeating: 0, count: max(0, 2 * LogWatermark.slotBytes - file.count))
            guard case .found(let first) = LogWatermark.read(file) else { return false }
            precondition(LogWatermark(first.encode(), at: 0) == first, "a watermark changes by being stored")
        case .catalog: return Self.decodeCatalog(Self.sealed(bytes))
        case .groupKey:
            guard let first = GroupRecordKey(bytes) else { return false }
            precondition(GroupRecordKey(first.encode()) == first, "a group key changes by being stored")
        case .groupValue: return GroupMachine(bytes, now: 0) != nil
        case .offsetValue: return CommittedOffset(bytes) != nil
        case .transactionKey: return TransactionRecord.decodeKey(bytes) != nil
        case .transactionValue:
            guard let first = TransactionRecord(bytes) else { return false }
            precondition(TransactionRecord(first.encode()) == first, "a transaction changes by being stored")
        case .batch: return Self.decodeBatch(bytes)
        }
        return true
    }

    /// The bytes with the right checksum at their end.
    private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 4 else { return bytes }
        var sealed = bytes
        sealed.setBigEndian(CRC32C.checksum(bytes.span.extracting(..<(bytes.count - 4))), at: bytes.count - 4)
        return sealed
    }

    private static func decodeCatalog(_ bytes: [UInt8]) -> Bool {
        let disk = OneFileDisk(path: "/data/catalog", bytes: bytes)
        return (try? TopicCatalog(settings: BrokerSettings(dataDirectory: "/data"), disk: disk, now: 0)) != nil
    }

    /// Looks into a batch as recovery, compaction and lookups do.
    private static func decodeBatch(_ bytes: [UInt8]) -> Bool {
        guard let header = RecordBatchHeader(bytes.span), header.isPlausible, header.sizeBytes <= bytes.count else {
            return false
        }
        var producers = ProducerTable()
        _ = producers.verdict(header)
        producers.apply(header, outcome: TransactionOutcome(bytes.span, header: header, at: 0))
        let plan = CompactionPlan(
            directory: "/", segments: [], end: header.lastOffset, dirtyFrom: 0, now: 1, deleteRetentionMilliseconds: 1,
            producers: producers)
        let job = CompactionJob(plan, disk: OneFileDisk(path: "", bytes: []))
        let batch = bytes.span.extracting(0..<header.sizeBytes)
        if case .replace(let rebuilt) = job.judge(header, batch) {
            precondition(RecordBatchHeader(rebuilt.span)?.isPlausible == true, "compaction leaves an unsound batch")
        }
        guard var records = try? RecordIterator(bytes.span, header: header, at: 0) else { return false }
        while let record = (try? records.next()) ?? nil { precondition(record.range.upperBound <= bytes.count) }
        return true
    }
}

/// A disk with one file that can be read, and no room for anything.
final class OneFileDisk: Disk {
    let session: UInt64 = 0
    private let path: String
    private let bytes: [UInt8]

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    func open(_ path: String, creating: Bool) throws(DiskError) -> any DiskFile {
        guard path == self.path else { throw DiskError(operation: "open", path: path, code: creating ? 28 : 2) }
        return OneFile(bytes)
    }

    func directory(_ path: String) throws(DiskError) -> any SyncTarget { OneFile([]) }
    func list(_ path: String) throws(DiskError) -> [String] { [] }
    func createDirectory(_ path: String) throws(DiskError) {}
    func rename(_ path: String, to other: String) throws(DiskError) {}
    func remove(_ path: String) throws(DiskError) {}
}

/// Its content.
final class OneFile: DiskFile {
    private let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    var sizeBytes: Int { bytes.count }
    func write(_ bytes: Span<UInt8>, at offset: Int) throws(DiskError) {
        throw DiskError(operation: "write", path: "", code: 28)
    }
    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(DiskError) {
        let start = min(max(0, offset), bytes.count)
        buffer += bytes[start..<min(bytes.count, start + max(0, count))]
    }
    func truncate(to sizeBytes: Int) throws(DiskError) {}
    func sync() throws(DiskError) {}
}

// Looking at a data directory without a broker: its integrity, and its records one by one. Nothing is
// changed. A broker may be running; what it appends meanwhile can show as a torn tail.

import Bytes
import KafkaWire

/// Offline checks and dumps of a broker's data directory.
public enum BrokerLog {
    /// Something found by `check`.
    public struct Finding: Sendable, Equatable {
        public var topic: String
        public var partition: Int32
        /// Damage needs a decision; the rest (a torn tail) the next start repairs by itself.
        public var isDamage: Bool
        public var detail: String
    }

    /// How the transaction ended that a record belongs to.
    public enum TransactionFate: String, Sendable {
        case none, committed, aborted, open
    }

    /// One record, or one batch whose records are compressed and not looked into.
    public struct DumpedRecord: Sendable {
        public var topic: String
        public var partition: Int32
        public var offset: Int64
        public var timestamp: Int64
        public var key: [UInt8]?
        public var value: [UInt8]?
        public var producerID: Int64
        public var producerEpoch: Int16
        /// -1 when the producer is not idempotent.
        public var sequence: Int32
        public var isTransactional: Bool
        public var isControl: Bool
        /// A compressed batch: `value` holds its compressed records, `lastOffset` its last offset.
        public var isCompressed: Bool
        public var lastOffset: Int64
        public var transaction: TransactionFate
    }

    /// Reads every byte of every segment; throws `DiskError` when the directory cannot be read.
    public static func check(_ directory: String) throws -> [Finding] {
        try check(directory, disk: FileDisk())
    }

    static func check(_ directory: String, disk: any Disk) throws(DiskError) -> [Finding] {
        var findings: [Finding] = []
        for place in try partitions(directory, disk) {
            var found: [(isDamage: Bool, detail: String)] = []
            try check(place.path, disk, &found)
            findings += found.map {
                Finding(topic: place.topic, partition: place.partition, isDamage: $0.isDamage, detail: $0.detail)
            }
        }
        return findings
    }

    private static func check(
        _ path: String, _ disk: any Disk, _ found: inout [(isDamage: Bool, detail: String)]
    ) throws(DiskError) {
        let reading = LogWatermark.read(try disk.readAll(path + "/watermark"))
        if reading == .damaged { found.append((true, "the watermark is damaged")) }
        var watermark: LogPosition?
        if case .found(let newest) = reading { watermark = newest.synced }
        let bases = try segmentBases(path, disk)
        var nextOffset = bases.first ?? 0
        for (number, base) in bases.enumerated() {
            let name = path + "/" + LogSegment.name(base) + ".log"
            let file = try disk.open(name, creating: false)
            let size = try file.sizeBytes
            var scanner = BatchScanner(file, from: 0, end: size)
            scan: while true {
                switch try scanner.next() {
                case .batch(let header, let position):
                    if header.baseOffset < nextOffset {
                        found.append((true, "offset \(header.baseOffset) at byte \(position) of \(name) steps back"))
                    }
                    nextOffset = header.lastOffset + 1
                case .invalid(let position, let reason):
                    let isSynced = watermark.map {
                        base < $0.segmentBase || base == $0.segmentBase && position < $0.position
                    }
                    let isTail = number == bases.count - 1 && isSynced != true
                    let isTorn =
                        isTail
                        ? !(try BatchScanner.findsBatch(in: file, after: position, end: size, from: nextOffset)) : false
                    let kind = isTorn ? "torn tail" : "damage"
                    found.append(
                        (!isTorn, "\(kind): \(reason), byte \(position) of \(name), from offset \(nextOffset)"))
                    break scan
                case .end: break scan
                }
            }
        }
        if found.isEmpty, let watermark, watermark.offset > nextOffset {
            found.append((true, "the log ends at offset \(nextOffset), but was synced up to \(watermark.offset)"))
        }
    }

    /// Calls `body` with every record of a topic, partition by partition, in the order of offsets.
    public static func dump(_ directory: String, topic: String, _ body: (DumpedRecord) throws -> Void) throws {
        let disk = FileDisk()
        for place in try partitions(directory, disk) where place.topic == topic {
            var markers: [Int64: [(offset: Int64, outcome: TransactionOutcome)]] = [:]
            try forEachBatch(place.path, disk) { header, scanner in
                if header.isControl, let outcome = scanner.outcome(header) {
                    markers[header.producerID, default: []].append((header.baseOffset, outcome))
                }
            }
            try forEachBatch(place.path, disk) { header, scanner in
                var fate = TransactionFate.none
                if header.isTransactional {
                    let marker = markers[header.producerID]?.first { $0.offset >= header.baseOffset }
                    fate = marker.map { $0.outcome == .commit ? .committed : .aborted } ?? .open
                }
                try dump(header, scanner, place.topic, place.partition, fate, body)
            }
        }
    }

    private static func dump(
        _ header: RecordBatchHeader, _ scanner: BatchScanner, _ topic: String, _ partition: Int32,
        _ fate: TransactionFate, _ body: (DumpedRecord) throws -> Void
    ) throws {
        var dumped = DumpedRecord(
            topic: topic, partition: partition, offset: header.baseOffset, timestamp: header.baseTimestamp,
            producerID: header.producerID, producerEpoch: header.producerEpoch, sequence: header.baseSequence,
            isTransactional: header.isTransactional, isControl: header.isControl, isCompressed: header.isCompressed,
            lastOffset: header.lastOffset, transaction: fate)
        let bytes = scanner.chunk.span
        if header.isCompressed {
            dumped.value = bytes.array((scanner.start + RecordBatchHeader.size)..<(scanner.start + header.sizeBytes))
            return try body(dumped)
        }
        var records = try RecordIterator(bytes, header: header, at: scanner.start)
        while let record = try records.next() {
            dumped.offset = header.baseOffset + Int64(record.offsetDelta)
            dumped.lastOffset = dumped.offset
            dumped.timestamp =
                header.usesLogAppendTime ? header.maxTimestamp : header.baseTimestamp &+ record.timestampDelta
            dumped.key = record.key.map { bytes.array($0) }
            dumped.value = record.value.map { bytes.array($0) }
            dumped.sequence = ProducerSequence.advance(header.baseSequence, by: record.offsetDelta)
            try body(dumped)
        }
    }

    private static func forEachBatch(
        _ path: String, _ disk: any Disk, _ body: (RecordBatchHeader, BatchScanner) throws -> Void
    ) throws {
        for base in try segmentBases(path, disk) {
            let file = try disk.open(path + "/" + LogSegment.name(base) + ".log", creating: false)
            var scanner = BatchScanner(file, from: 0, end: try file.sizeBytes)
            while case .batch(let header, _) = try scanner.next() { try body(header, scanner) }
        }
    }

    private static func partitions(
        _ directory: String, _ disk: any Disk
    ) throws(DiskError) -> [(topic: String, partition: Int32, path: String)] {
        var places: [(topic: String, partition: Int32, path: String)] = []
        for name in try disk.list(directory) {
            guard let dash = name.lastIndex(of: "-"), let index = Int32(name[name.index(after: dash)...]) else {
                continue
            }
            let path = directory + "/" + name
            guard let names = try? disk.list(path), names.contains(where: { $0.hasSuffix(".log") }) else { continue }
            places.append((String(name[..<dash]), index, path))
        }
        return places.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
    }

    private static func segmentBases(_ path: String, _ disk: any Disk) throws(DiskError) -> [Int64] {
        var bases: [Int64] = []
        for name in try disk.list(path) where name.hasSuffix(".log") {
            if let base = Int64(name.dropLast(4)) { bases.append(base) }
        }
        return bases.sorted()
    }
}

// The file `checkpoint` beside a partition's segments keeps the start short: state at a synced position of the
// log, from which recovery goes on. One that does not verify counts as missing; then everything is read.
//
// Version 2, big-endian: "LGCP", version i16, segment base i64, position i64, next offset i64, log start i64,
// max timestamp i64, index entries, count i32 and base offsets i64 of all segments, producer table, CRC-32C.
// Written at a roll, every 16 MiB and at a stop. A segment that is listed, not below the log's start and not
// there has been lost.

import Bytes

/// State from which recovery goes on.
struct LogCheckpoint: Equatable {
    static let magic: UInt32 = 0x4c47_4350

    var segmentBase: Int64
    var position: Int
    var nextOffset: Int64
    var logStart: Int64
    var maxTimestamp: Int64
    var entries: [IndexEntry]
    var segmentBases: [Int64]
    var producers: ProducerTable

    var end: LogPosition { LogPosition(segmentBase: segmentBase, position: position, offset: nextOffset) }

    func encode() -> [UInt8] {
        var writer = ByteWriter()
        writer.integer(Self.magic)
        writer.int16(2)
        writer.int64(segmentBase)
        writer.int64(Int64(position))
        writer.int64(nextOffset)
        writer.int64(logStart)
        writer.int64(maxTimestamp)
        writer.encode(entries)
        writer.int32(Int32(truncatingIfNeeded: segmentBases.count))
        for base in segmentBases { writer.int64(base) }
        producers.encode(to: &writer)
        writer.integer(CRC32C.checksum(writer.bytes))
        return writer.bytes
    }

    init(
        segmentBase: Int64, position: Int, nextOffset: Int64, logStart: Int64, maxTimestamp: Int64,
        entries: [IndexEntry], segmentBases: [Int64], producers: ProducerTable
    ) {
        self.segmentBase = segmentBase
        self.position = position
        self.nextOffset = nextOffset
        self.logStart = logStart
        self.maxTimestamp = maxTimestamp
        self.entries = entries
        self.segmentBases = segmentBases
        self.producers = producers
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count > 4,
            CRC32C.checksum(bytes.span.extracting(..<(bytes.count - 4))) == bytes.bigEndian(at: bytes.count - 4)
        else { return nil }
        var reader = ByteReader(bytes.span)
        do throws(ByteError) {
            guard try reader.integer(UInt32.self) == Self.magic, try reader.int16() == 2 else { return nil }
            segmentBase = try reader.int64()
            guard let position = Int(exactly: try reader.int64()), position >= 0 else { return nil }
            self.position = position
            nextOffset = try reader.int64()
            logStart = try reader.int64()
            maxTimestamp = try reader.int64()
            entries = try reader.indexEntries()
            segmentBases = try reader.segmentBases()
            producers = try ProducerTable(&reader)
        } catch {
            return nil
        }
    }
}

extension ByteReader {
    fileprivate mutating func segmentBases() throws(ByteError) -> [Int64] {
        let count = Int(try int32())
        guard count >= 0, count <= remaining / 8 else { throw .lengthOutOfRange }
        var bases: [Int64] = []
        bases.reserveCapacity(count)
        for _ in 0..<count { bases.append(try int64()) }
        return bases
    }
}

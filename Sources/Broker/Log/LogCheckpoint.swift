// Two small files beside a partition's segments that keep the start short and tell a torn tail from
// damage. Both are big-endian and end in a CRC-32C; one that does not verify counts as missing.
//
// `checkpoint`, version 2: state at a position of the active segment, from which recovery goes on:
//   "LGCP", version i16, segment base i64, position i64, next offset i64, log start i64,
//   max timestamp i64, index entries, producer table. Written at a roll, every 16 MiB and at a stop.
// `watermark`: up to where the log is synced: segment base i64, position i64, next offset i64.
//   Overwritten in place after each sync.

import Bytes

/// State from which recovery goes on.
struct LogCheckpoint: Equatable {
    static let magic: UInt32 = 0x4c47_4350
    /// Appended bytes after which a new checkpoint is written.
    static let intervalBytes = 16 << 20

    var segmentBase: Int64
    var position: Int
    var nextOffset: Int64
    var logStart: Int64
    var maxTimestamp: Int64
    var entries: [IndexEntry]
    var producers: ProducerTable

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
        producers.encode(to: &writer)
        writer.integer(CRC32C.checksum(writer.bytes))
        return writer.bytes
    }

    init(
        segmentBase: Int64, position: Int, nextOffset: Int64, logStart: Int64, maxTimestamp: Int64,
        entries: [IndexEntry], producers: ProducerTable
    ) {
        self.segmentBase = segmentBase
        self.position = position
        self.nextOffset = nextOffset
        self.logStart = logStart
        self.maxTimestamp = maxTimestamp
        self.entries = entries
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
            producers = try ProducerTable(&reader)
        } catch {
            return nil
        }
    }
}

/// A place in a log, by offset and by segment and position.
struct LogPosition: Equatable, Sendable {
    var segmentBase: Int64
    var position: Int
    var offset: Int64

    func encode() -> [UInt8] {
        var writer = ByteWriter(reserving: 28)
        writer.int64(segmentBase)
        writer.int64(Int64(position))
        writer.int64(offset)
        writer.integer(CRC32C.checksum(writer.bytes))
        return writer.bytes
    }

    init(segmentBase: Int64, position: Int, offset: Int64) {
        self.segmentBase = segmentBase
        self.position = position
        self.offset = offset
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 28, CRC32C.checksum(bytes.span.extracting(..<24)) == bytes.bigEndian(at: 24),
            let position = Int(exactly: bytes.bigEndian(at: 8, as: Int64.self)), position >= 0
        else { return nil }
        self.init(segmentBase: bytes.bigEndian(at: 0), position: position, offset: bytes.bigEndian(at: 16))
    }
}

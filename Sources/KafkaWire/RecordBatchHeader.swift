// The 61-byte header of a record batch, format 2 (KIP-98):
//
//   0 base offset i64     17 CRC-32C u32           35 max timestamp i64      57 record count i32
//   8 length after 12 i32 21 attributes i16        43 producer id i64        61 records
//  12 leader epoch i32    23 last offset delta i32 51 producer epoch i16
//  16 magic i8 (2)        27 base timestamp i64    53 base sequence i32
//
// The checksum covers everything from the attributes on, so a broker sets base offset and leader epoch
// without computing it again. Attributes: bits 0-2 codec, 3 timestamp type, 4 transactional, 5 control.

import Bytes

/// The header of one record batch.
public struct RecordBatchHeader: Sendable, Equatable {
    public static let size = 61
    /// The bytes before the part that the batch length counts.
    public static let lengthOverhead = 12
    public static let checksummedFrom = 21
    public static let baseOffsetAt = 0
    public static let leaderEpochAt = 12
    public static let checksumAt = 17
    public static let maxTimestampAt = 35

    public var baseOffset: Int64
    public var batchLength: Int32
    public var leaderEpoch: Int32
    public var magic: Int8
    public var checksum: UInt32
    public var attributes: Int16
    public var lastOffsetDelta: Int32
    public var baseTimestamp: Int64
    public var maxTimestamp: Int64
    public var producerID: Int64
    public var producerEpoch: Int16
    public var baseSequence: Int32
    public var recordCount: Int32

    /// Reads the header at `offset`; nil when fewer than 61 bytes are left.
    public init?(_ bytes: Span<UInt8>, at offset: Int = 0) {
        guard offset >= 0, bytes.count - offset >= Self.size else { return nil }
        baseOffset = bytes.bigEndian(at: offset)
        batchLength = bytes.bigEndian(at: offset + 8)
        leaderEpoch = bytes.bigEndian(at: offset + 12)
        magic = bytes.bigEndian(at: offset + 16)
        checksum = bytes.bigEndian(at: offset + 17)
        attributes = bytes.bigEndian(at: offset + 21)
        lastOffsetDelta = bytes.bigEndian(at: offset + 23)
        baseTimestamp = bytes.bigEndian(at: offset + 27)
        maxTimestamp = bytes.bigEndian(at: offset + 35)
        producerID = bytes.bigEndian(at: offset + 43)
        producerEpoch = bytes.bigEndian(at: offset + 51)
        baseSequence = bytes.bigEndian(at: offset + 53)
        recordCount = bytes.bigEndian(at: offset + 57)
    }

    /// Bytes of the whole batch, header included.
    public var sizeBytes: Int { Int(batchLength) + Self.lengthOverhead }
    public var codec: Int { Int(attributes & 7) }
    public var isCompressed: Bool { codec != 0 }
    public var usesLogAppendTime: Bool { attributes & 8 != 0 }
    public var isTransactional: Bool { attributes & 16 != 0 }
    public var isControl: Bool { attributes & 32 != 0 }
    public var lastOffset: Int64 { baseOffset &+ Int64(lastOffsetDelta) }
    /// The last sequence number; sequences go on at 0 after `Int32.max`.
    public var lastSequence: Int32 { ProducerSequence.advance(baseSequence, by: lastOffsetDelta) }

    /// Whether the fields can belong to a batch: what recovery and reading rely on before the checksum.
    public var isPlausible: Bool {
        magic == 2 && batchLength >= Int32(Self.size - Self.lengthOverhead) && lastOffsetDelta >= 0
            && recordCount >= 0 && baseOffset >= 0 && baseOffset <= Int64.max - Int64(Int32.max)
    }

    /// The checksum that the batch at `offset` should carry; the caller has checked that it is there whole.
    public func computedChecksum(_ bytes: Span<UInt8>, at offset: Int) -> UInt32 {
        CRC32C.checksum(bytes.extracting((offset + Self.checksummedFrom)..<(offset + sizeBytes)))
    }
}

/// Arithmetic of producer sequence numbers, which wrap from `Int32.max` to 0.
public enum ProducerSequence {
    public static func advance(_ sequence: Int32, by count: Int32) -> Int32 {
        guard sequence >= 0, count >= 0 else { return sequence }
        let sum = Int64(sequence) + Int64(count)
        return Int32(sum > Int64(Int32.max) ? sum - Int64(Int32.max) - 1 : sum)
    }
}

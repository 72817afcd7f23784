// Base-128 integers, low group first, and the zigzag mapping that keeps small negative numbers short:
// the encoding of Kafka's records and compact fields (and of Protocol Buffers).

/// Zigzag mapping between signed and unsigned integers.
public enum Zigzag {
    @inlinable
    public static func encode(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: (value << 1) ^ (value >> 63))
    }

    @inlinable
    public static func decode(_ value: UInt64) -> Int64 {
        Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}

/// Base-128 integers.
public enum Varint {
    /// The number of bytes that `value` takes, 1 to 10.
    @inlinable
    public static func size(_ value: UInt64) -> Int {
        max(1, (64 - value.leadingZeroBitCount + 6) / 7)
    }

    @inlinable
    public static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// The integer at `position`, which moves past it. Refuses more than `bytesMax` groups and bits
    /// beyond the 64th.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, at position: inout Int, end: Int, bytesMax: Int = 10
    ) throws(ByteError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for _ in 0..<bytesMax {
            guard position < end, position < bytes.count else { throw .truncated }
            let byte = bytes[position]
            position += 1
            if shift == 63, byte > 1 { throw .varintOverlong }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw .varintOverlong
    }
}

// The writing counterpart of ByteReader: appends integers and byte strings to one growing array that
// the caller takes out at the end, or reuses with `removeAll`.

/// Appends integers in network order, variable-length integers and bytes to an array.
public struct ByteWriter: Sendable {
    public var bytes: [UInt8]

    public init(reserving capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    public var count: Int { bytes.count }

    public mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) { bytes.appendBigEndian(value) }
    public mutating func uint8(_ value: UInt8) { bytes.append(value) }
    public mutating func int8(_ value: Int8) { bytes.append(UInt8(bitPattern: value)) }
    public mutating func int16(_ value: Int16) { bytes.appendBigEndian(value) }
    public mutating func int32(_ value: Int32) { bytes.appendBigEndian(value) }
    public mutating func int64(_ value: Int64) { bytes.appendBigEndian(value) }
    public mutating func varint(_ value: UInt64) { Varint.append(value, to: &bytes) }
    public mutating func zigzag(_ value: Int64) { Varint.append(Zigzag.encode(value), to: &bytes) }
    public mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }
    public mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    public mutating func append(_ more: Span<UInt8>) {
        unsafe more.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Overwrites an integer written earlier, such as a length that is known only at the end.
    public mutating func patch<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
        bytes.setBigEndian(value, at: offset)
    }

    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}

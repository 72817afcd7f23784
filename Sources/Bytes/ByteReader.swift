// A cursor over bytes from outside. Every read checks the bytes that are left first and throws instead
// of trapping; lengths are compared with the bytes left before anything is allocated.

/// Reads integers, lengths and slices from a span, front to back.
public struct ByteReader: ~Escapable {
    public let bytes: Span<UInt8>
    /// The offset of the next byte to be read.
    public private(set) var position: Int

    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>) {
        self.bytes = bytes
        position = 0
    }

    public var remaining: Int { bytes.count - position }
    public var isAtEnd: Bool { position == bytes.count }

    /// The big-endian integer that comes next.
    public mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self) throws(ByteError) -> T
    {
        guard remaining >= MemoryLayout<T>.size else { throw .truncated }
        let value = bytes.bigEndian(at: position, as: T.self)
        position += MemoryLayout<T>.size
        return value
    }

    public mutating func uint8() throws(ByteError) -> UInt8 { try integer(UInt8.self) }
    public mutating func int8() throws(ByteError) -> Int8 { try integer(Int8.self) }
    public mutating func int16() throws(ByteError) -> Int16 { try integer(Int16.self) }
    public mutating func int32() throws(ByteError) -> Int32 { try integer(Int32.self) }
    public mutating func int64() throws(ByteError) -> Int64 { try integer(Int64.self) }

    /// A base-128 integer of at most 10 bytes.
    public mutating func varint() throws(ByteError) -> UInt64 {
        try Varint.read(bytes, at: &position, end: bytes.count)
    }

    /// A zigzag base-128 integer.
    public mutating func zigzag() throws(ByteError) -> Int64 {
        Zigzag.decode(try varint())
    }

    /// Moves past `count` bytes and returns where they lie.
    public mutating func skip(_ count: Int) throws(ByteError) -> Range<Int> {
        guard count >= 0, count <= remaining else { throw .lengthOutOfRange }
        let start = position
        position += count
        return start..<position
    }

    /// The next `count` bytes as a new array.
    public mutating func array(_ count: Int) throws(ByteError) -> [UInt8] {
        let range = try skip(count)
        return bytes.array(range)
    }

    /// The next `count` bytes as text.
    public mutating func string(_ count: Int) throws(ByteError) -> String {
        let range = try skip(count)
        return try bytes.string(range)
    }
}

extension Span where Element == UInt8 {
    /// A copy of the bytes in `range`.
    public func array(_ range: Range<Int>) -> [UInt8] {
        let part = extracting(range)
        return unsafe part.withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }

    /// The bytes in `range` as text; refuses what is not UTF-8 instead of repairing it, because repair
    /// would let two different names meet in one.
    public func string(_ range: Range<Int>) throws(ByteError) -> String {
        let part = extracting(range)
        do {
            return String(copying: try UTF8Span(validating: part))
        } catch {
            throw .notUTF8
        }
    }
}

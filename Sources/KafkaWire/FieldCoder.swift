// The primitive encodings of Kafka's protocol, both ways. A message lists its fields once, in a
// `fields` function; run over a reading coder that function decodes, over a writing one it encodes, so
// the two directions cannot drift apart. From a message's first flexible version on, strings, bytes and
// arrays are "compact" (unsigned varint of length + 1, 0 = null) and structures end in tagged fields.

import Bytes

/// A structure whose wire form is the sequence of its fields.
public protocol WireFields: Sendable {
    init()
    mutating func fields(_ coder: inout FieldCoder) throws(WireError)
}

/// A whole request or response body.
public protocol WireMessage: WireFields {
    static var apiKey: APIKey { get }
}

/// Reads or writes the fields of one message.
public struct FieldCoder: Sendable {
    /// The bytes being read, or those written so far.
    public var buffer: [UInt8]
    public private(set) var position: Int
    public let end: Int
    public let isWriting: Bool
    public let version: Int16
    public let isFlexible: Bool
    private var elementsLeft = WireLimits.arrayElementsMax

    /// A coder that decodes `range` of `buffer`.
    public init(reading buffer: [UInt8], range: Range<Int>, version: Int16, isFlexible: Bool) {
        self.buffer = buffer
        position = range.lowerBound
        end = min(range.upperBound, buffer.count)
        isWriting = false
        self.version = version
        self.isFlexible = isFlexible
    }

    /// A coder that appends to `buffer`.
    public init(appendingTo buffer: [UInt8] = [], version: Int16, isFlexible: Bool) {
        self.buffer = buffer
        position = 0
        end = 0
        isWriting = true
        self.version = version
        self.isFlexible = isFlexible
    }

    public var bytesLeft: Int { end - position }

    // MARK: Integers

    public mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ value: inout T) throws(WireError) {
        if isWriting {
            buffer.appendBigEndian(value)
        } else {
            guard bytesLeft >= MemoryLayout<T>.size else { throw .truncated }
            value = buffer.bigEndian(at: position)
            position += MemoryLayout<T>.size
        }
    }

    /// An integer that exists only in some versions.
    public mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
        _ value: inout T, in versions: ClosedRange<Int16>
    ) throws(WireError) {
        if versions.contains(version) { try integer(&value) }
    }

    /// An integer that exists from a version on.
    public mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
        _ value: inout T, from first: Int16
    ) throws(WireError) {
        if version >= first { try integer(&value) }
    }

    public mutating func boolean(_ value: inout Bool) throws(WireError) {
        var byte: UInt8 = value ? 1 : 0
        try integer(&byte)
        value = byte != 0
    }

    public mutating func uuid(_ value: inout TopicID) throws(WireError) {
        try integer(&value.high)
        try integer(&value.low)
    }

    /// Writes an integer that is not kept in a message.
    public mutating func put<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        buffer.appendBigEndian(value)
    }

    mutating func unsignedVarint(_ value: inout UInt64) throws(WireError) {
        if isWriting {
            Varint.append(value, to: &buffer)
        } else {
            do throws(ByteError) {
                var next = position
                value = try Varint.read(buffer.span, at: &next, end: end, bytesMax: 5)
                position = next
            } catch {
                throw WireError(error)
            }
        }
    }

    // MARK: Lengths

    /// Reads a length, or writes one; nil stands for null. `wide` marks four-byte lengths of old versions.
    private mutating func length(_ count: Int?, wide: Bool) throws(WireError) -> Int? {
        if isFlexible {
            var value = UInt64(count.map { $0 + 1 } ?? 0)
            try unsignedVarint(&value)
            if isWriting || value == 0 { return isWriting ? count : nil }
            guard value - 1 <= UInt64(bytesLeft) else { throw .lengthOutOfRange }
            return Int(value - 1)
        }
        var value = Int32(truncatingIfNeeded: count ?? -1)
        if wide {
            try integer(&value)
        } else {
            var short = Int16(truncatingIfNeeded: value)
            try integer(&short)
            value = Int32(short)
        }
        if isWriting { return count }
        if value == -1 { return nil }
        guard value >= 0, Int(value) <= bytesLeft else { throw .lengthOutOfRange }
        return Int(value)
    }

    // MARK: Strings and bytes

    public mutating func nullableString(_ value: inout String?) throws(WireError) {
        if isWriting {
            // A non-flexible length has 15 bits; what we write is bounded far below (names, messages).
            let utf8 = value.map { Array($0.utf8.prefix(Int(Int16.max))) }
            _ = try length(utf8?.count, wide: false)
            if let utf8 { buffer.append(contentsOf: utf8) }
            return
        }
        guard let count = try length(nil, wide: false) else {
            value = nil
            return
        }
        do throws(ByteError) {
            value = try buffer.span.string(position..<(position + count))
        } catch {
            throw WireError(error)
        }
        position += count
    }

    public mutating func string(_ value: inout String) throws(WireError) {
        var nullable: String? = value
        try nullableString(&nullable)
        guard let nullable else { throw .unexpectedNull }
        value = nullable
    }

    public mutating func bytes(_ value: inout [UInt8]) throws(WireError) {
        if isWriting {
            _ = try length(value.count, wide: true)
            buffer.append(contentsOf: value)
            return
        }
        guard let count = try length(nil, wide: true) else { throw .unexpectedNull }
        value = buffer.span.array(position..<(position + count))
        position += count
    }

    /// Record batches: kept as the place where they lie when reading, so that no byte is copied.
    public mutating func records(_ value: inout RecordsField) throws(WireError) {
        if isWriting {
            let absent = value.range == nil && value.bytes.isEmpty && value.isNull
            _ = try length(absent ? nil : value.bytes.count, wide: true)
            buffer.append(contentsOf: value.bytes)
            return
        }
        guard let count = try length(nil, wide: true) else {
            value = RecordsField(isNull: true)
            return
        }
        value = RecordsField(range: position..<(position + count))
        position += count
    }

    /// Writes the length of a records field whose `count` bytes the caller appends next.
    public mutating func putRecordsLength(_ count: Int) {
        if isFlexible {
            Varint.append(UInt64(count + 1), to: &buffer)
        } else {
            buffer.appendBigEndian(Int32(truncatingIfNeeded: count))
        }
    }

    // MARK: Arrays

    /// Writes the count of an array whose elements the caller writes next.
    public mutating func putArrayCount(_ count: Int) {
        putRecordsLength(count)
    }

    private mutating func arrayCount(_ count: Int?) throws(WireError) -> Int? {
        let result = try length(count, wide: true)
        if !isWriting, let result {
            guard result <= elementsLeft else { throw .tooManyElements }
            elementsLeft -= result
        }
        return result
    }

    public mutating func nullableArray<T: WireFields>(_ items: inout [T]?) throws(WireError) {
        if isWriting {
            _ = try arrayCount(items?.count)
            for var item in items ?? [] { try item.fields(&self) }
            return
        }
        guard let count = try arrayCount(nil) else {
            items = nil
            return
        }
        var decoded: [T] = []
        for _ in 0..<count {
            var item = T()
            try item.fields(&self)
            decoded.append(item)
        }
        items = decoded
    }

    public mutating func array<T: WireFields>(_ items: inout [T]) throws(WireError) {
        var nullable: [T]? = items
        try nullableArray(&nullable)
        guard let nullable else { throw .unexpectedNull }
        items = nullable
    }

    public mutating func nullableStrings(_ items: inout [String]?) throws(WireError) {
        if isWriting {
            _ = try arrayCount(items?.count)
            for var item in items ?? [] { try string(&item) }
            return
        }
        guard let count = try arrayCount(nil) else {
            items = nil
            return
        }
        var decoded: [String] = []
        for _ in 0..<count {
            var item = ""
            try string(&item)
            decoded.append(item)
        }
        items = decoded
    }

    public mutating func strings(_ items: inout [String]) throws(WireError) {
        var nullable: [String]? = items
        try nullableStrings(&nullable)
        guard let nullable else { throw .unexpectedNull }
        items = nullable
    }

    public mutating func integers<T: FixedWidthInteger & BitwiseCopyable & Sendable>(_ items: inout [T])
        throws(WireError)
    {
        if isWriting {
            _ = try arrayCount(items.count)
            for item in items { buffer.appendBigEndian(item) }
            return
        }
        guard let count = try arrayCount(nil) else { throw .unexpectedNull }
        guard count * MemoryLayout<T>.size <= bytesLeft else { throw .lengthOutOfRange }
        items = []
        for _ in 0..<count {
            var item: T = 0
            try integer(&item)
            items.append(item)
        }
    }

    // MARK: Tagged fields

    /// The tagged fields that end every flexible structure: none are written, all are skipped.
    public mutating func tags() throws(WireError) {
        guard isFlexible else { return }
        if isWriting { putTags([]) } else { _ = try takeTags() }
    }

    /// The tagged fields at a structure's end, of which one is known: it is written unless nil, and read if it is there.
    public mutating func tag<T: WireFields>(_ number: UInt64, _ value: inout T?) throws(WireError) {
        guard isFlexible else { return }
        if isWriting {
            guard var present = value else { return putTags([]) }
            var inner = FieldCoder(version: version, isFlexible: true)
            try present.fields(&inner)
            return putTags([(number, inner.buffer)])
        }
        for (tag, range) in try takeTags() where tag == number {
            var inner = FieldCoder(reading: buffer, range: range, version: version, isFlexible: true)
            var read = T()
            try read.fields(&inner)
            value = read
        }
    }

    /// Writes tagged fields, in ascending order of their numbers.
    public mutating func putTags(_ fields: [(tag: UInt64, content: [UInt8])]) {
        Varint.append(UInt64(fields.count), to: &buffer)
        for field in fields {
            Varint.append(field.tag, to: &buffer)
            Varint.append(UInt64(field.content.count), to: &buffer)
            buffer.append(contentsOf: field.content)
        }
    }

    /// Reads over the tagged fields and tells where each lies.
    public mutating func takeTags() throws(WireError) -> [(tag: UInt64, content: Range<Int>)] {
        var found: [(tag: UInt64, content: Range<Int>)] = []
        var count: UInt64 = 0
        try unsignedVarint(&count)
        guard count <= UInt64(WireLimits.taggedFieldsMax) else { throw .tooManyElements }
        for _ in 0..<count {
            var tag: UInt64 = 0
            var size: UInt64 = 0
            try unsignedVarint(&tag)
            try unsignedVarint(&size)
            guard size <= UInt64(bytesLeft) else { throw .lengthOutOfRange }
            found.append((tag, position..<(position + Int(size))))
            position += Int(size)
        }
        return found
    }

    /// Refuses bytes after the last field.
    public func finishReading() throws(WireError) {
        guard position == end else { throw .trailingBytes }
    }
}

/// Record batches inside a message: a place in the frame when decoded, bytes when encoded.
public struct RecordsField: Sendable {
    public var range: Range<Int>?
    public var bytes: [UInt8]
    public var isNull: Bool

    public init(range: Range<Int>? = nil, bytes: [UInt8] = [], isNull: Bool = false) {
        self.range = range
        self.bytes = bytes
        self.isNull = isNull
    }
}

/// A topic's 128-bit identity, which outlives no deletion; zero means none.
public struct TopicID: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64
    public static let none = TopicID(high: 0, low: 0)

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

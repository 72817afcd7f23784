// Field kinds that few messages have: floating point, integer arrays and structures that may be null. The
// common ones are in FieldCoder.swift.

extension FieldCoder {
    /// An IEEE 754 number of eight bytes.
    public mutating func double(_ value: inout Double) throws(WireError) {
        var bits = value.bitPattern
        try integer(&bits)
        value = Double(bitPattern: bits)
    }

    /// Integers, or null.
    public mutating func nullableIntegers<T: FixedWidthInteger & BitwiseCopyable & Sendable>(
        _ items: inout [T]?
    ) throws(WireError) {
        var elements = items.map { $0.map(PlainInteger.init(value:)) }
        try nullableArray(&elements)
        items = elements.map { $0.map(\.value) }
    }

    /// A structure preceded by a byte that tells whether there is one.
    public mutating func nullableStructure<T: WireFields>(_ value: inout T?) throws(WireError) {
        var mark: Int8 = value == nil ? -1 : 1
        try integer(&mark)
        guard mark >= 0 else {
            value = nil
            return
        }
        var present = value ?? T()
        try present.fields(&self)
        value = present
    }
}

/// An array element that is nothing but an integer, without tagged fields.
private struct PlainInteger<T: FixedWidthInteger & BitwiseCopyable & Sendable>: WireFields {
    var value: T = 0

    init() {}
    init(value: T) { self.value = value }

    mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&value)
    }
}

// Scalars of a view as Swift values, made only when asked for. A number stays lexical: `rawRange` gives its
// digits, and only those who want an integer or a double convert it.

extension JSONView {
    /// A string's text; nil for other kinds.
    public func string(_ node: JSONNode) -> String? {
        guard kind(node) == .string else { return nil }
        var text: [UInt8] = []
        appendDecoded(entry(node), to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether the value is a string of exactly these bytes.
    public func isString(_ node: JSONNode, _ text: StaticString) -> Bool {
        let entry = entry(node)
        guard entry.kindTag == TapeEntry.stringTag else { return false }
        return text.withUTF8Buffer { buffer in
            unsafe matches(entry, Span(_unsafeElements: buffer))
        }
    }

    /// Whether the value is a string of exactly these bytes.
    public func isString(_ node: JSONNode, _ text: [UInt8]) -> Bool {
        let entry = entry(node)
        return entry.kindTag == TapeEntry.stringTag && matches(entry, text.span)
    }

    /// Whether a string is written with escapes, so that its `textRange` is not its text.
    public func hasEscapes(_ node: JSONNode) -> Bool {
        let entry = entry(node)
        return entry.kindTag == TapeEntry.stringTag && entry.isFlagged
    }

    /// A string's bytes in the source without the quotes; nil for other kinds.
    public func textRange(_ node: JSONNode) -> Range<Int>? {
        let entry = entry(node)
        return entry.kindTag == TapeEntry.stringTag ? entry.range : nil
    }

    /// Appends a string's decoded UTF-8; false, and nothing, for other kinds.
    @discardableResult
    public func appendString(_ node: JSONNode, to text: inout [UInt8]) -> Bool {
        let entry = entry(node)
        guard entry.kindTag == TapeEntry.stringTag else { return false }
        appendDecoded(entry, to: &text)
        return true
    }

    public func bool(_ node: JSONNode) -> Bool? {
        let entry = entry(node)
        return entry.kindTag == TapeEntry.boolTag ? entry.isFlagged : nil
    }

    public func isNull(_ node: JSONNode) -> Bool { entry(node).kindTag == TapeEntry.nullTag }

    /// A number written as an integer that fits; nil for `1.0`, `1e3`, other kinds and what overflows.
    public func int64(_ node: JSONNode) -> Int64? {
        let entry = entry(node)
        guard entry.kindTag == TapeEntry.numberTag, !entry.isFlagged else { return nil }
        return integer(entry)
    }

    /// The nearest double; nil for other kinds and what is out of a double's range.
    public func double(_ node: JSONNode) -> Double? {
        let entry = entry(node)
        guard entry.kindTag == TapeEntry.numberTag else { return nil }
        if let small = int64(node), small.magnitude < 1 << 53 { return Double(small) }
        var text: [UInt8] = []
        appendDecoded(TapeEntry(start: Int(entry.start), end: Int(entry.start) + Int(entry.count), tag: 0), to: &text)
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// What stands before the dot of a number that is not negative and has no exponent: the number is at least that,
    /// and less than one more. Nil for others.
    @inline(__always)
    func wholePart(_ entry: TapeEntry) -> Int64? {
        var place = Int(entry.start)
        let end = place &+ Int(entry.count)
        var value: Int64 = 0
        while place < end, bytes[place] != 0x2E {
            let digit = bytes[place] &- 0x30
            if digit > 9 || value > 1 << 56 { return nil }
            value = value &* 10 &+ Int64(digit)
            place &+= 1
        }
        if place == end { return nil }
        while place < end {
            if bytes[place] | 0x20 == 0x65 { return nil }
            place &+= 1
        }
        return value
    }

    /// The digits of an entry known to be a number without fraction and exponent.
    @inline(__always)
    func integer(_ entry: TapeEntry) -> Int64? {
        var place = Int(entry.start)
        let end = place &+ Int(entry.count)
        let isNegative = bytes[place] == 0x2D
        if isNegative { place &+= 1 }
        if end &- place > 19 { return nil }
        var value: UInt64 = 0
        // 19 digits are under 2^64, so only the last step back to Int64 can overflow.
        while place < end {
            value = value &* 10 &+ UInt64(bytes[place] &- 0x30)
            place &+= 1
        }
        if isNegative {
            return value <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- value) : nil
        }
        return value < 1 << 63 ? Int64(truncatingIfNeeded: value) : nil
    }
}

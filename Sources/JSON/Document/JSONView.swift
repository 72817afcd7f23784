// Reading a parsed document where it lies: bytes and tape side by side, nothing copied, nothing owned.

/// A document and its tape, for as long as both live. Make one per record: it is four words.
///
/// Pass only nodes of the same tape, and the very bytes that were parsed.
public struct JSONView: ~Escapable {
    public let bytes: Span<UInt8>
    let entries: Span<TapeEntry>

    /// `tape` must have parsed `bytes`; if its last parse failed there are no nodes, and `root` reads as null.
    @_lifetime(copy bytes, borrow tape)
    public init(bytes: Span<UInt8>, tape: borrowing JSONTape) {
        self.bytes = bytes
        self.entries = tape.entries.span.extracting(first: tape.count)
    }

    /// The document's outermost value.
    public var root: JSONNode { JSONNode(index: 0) }

    @inline(__always)
    func entry(_ node: JSONNode) -> TapeEntry {
        let index = Int(node.index)
        guard index >= 0, index < entries.count else { return TapeEntry(start: 0, end: 0, tag: TapeEntry.nullTag) }
        return entries[index]
    }

    /// The entry at a place that the tape itself led to.
    ///
    /// Safe because the parser wrote every `next` and the entries up to it, and a walk begins at a checked node.
    @inline(__always)
    func entryOnTape(_ place: Int) -> TapeEntry { unsafe entries[unchecked: place] }

    public func kind(_ node: JSONNode) -> JSONKind {
        JSONKind(rawValue: UInt8(truncatingIfNeeded: entry(node).kindTag)) ?? .null
    }

    /// Elements of an array or members of an object; 0 for anything else.
    public func count(_ node: JSONNode) -> Int {
        let entry = entry(node)
        return entry.kindTag == TapeEntry.arrayTag || entry.kindTag == TapeEntry.objectTag ? Int(entry.detail) : 0
    }

    /// The value's bytes as they stand in the source, quotes included.
    public func rawRange(_ node: JSONNode) -> Range<Int> {
        let entry = entry(node)
        if entry.kindTag == TapeEntry.stringTag { return entry.range.lowerBound - 1..<entry.range.upperBound + 1 }
        return entry.range
    }

    // MARK: Walking

    /// The first element, or the first member's value.
    public func firstChild(_ node: JSONNode) -> JSONNode? {
        let entry = entry(node)
        if entry.detail == 0 { return nil }
        switch entry.kindTag {
        case TapeEntry.arrayTag: return JSONNode(index: node.index + 1)
        case TapeEntry.objectTag: return JSONNode(index: node.index + 2)
        default: return nil
        }
    }

    /// The element or member's value after `node`, which must be a child of `parent`.
    public func next(_ node: JSONNode, in parent: JSONNode) -> JSONNode? {
        let container = entry(parent)
        let following = entry(node).next
        if following <= Int(node.index) || following >= container.next { return nil }
        return JSONNode(container.kindTag == TapeEntry.objectTag ? following + 1 : following)
    }

    /// The element at a position, from 0; nil where there is none.
    public func element(_ node: JSONNode, at position: Int) -> JSONNode? {
        guard kind(node) == .array, position >= 0, position < count(node) else { return nil }
        var place = Int(node.index) + 1
        for _ in 0..<position { place = entries[place].next }
        return JSONNode(place)
    }

    /// The key of a member's value: its bytes in the source without the quotes.
    public func keyRange(_ value: JSONNode) -> Range<Int> { entry(JSONNode(index: value.index - 1)).range }

    public func keyHasEscapes(_ value: JSONNode) -> Bool { entry(JSONNode(index: value.index - 1)).isFlagged }

    /// The key of a member's value, decoded.
    public func key(_ value: JSONNode) -> String {
        var text: [UInt8] = []
        appendKey(value, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the decoded UTF-8 of a member's key.
    public func appendKey(_ value: JSONNode, to text: inout [UInt8]) {
        appendDecoded(entry(JSONNode(index: value.index - 1)), to: &text)
    }

    // MARK: Members by name

    /// The member's value; names are compared as UTF-8 bytes, so canonical equivalents differ.
    public func member(_ node: JSONNode, _ name: StaticString) -> JSONNode? {
        name.withUTF8Buffer { buffer in
            unsafe member(node, Span(_unsafeElements: buffer))
        }
    }

    public func member(_ node: JSONNode, _ name: [UInt8]) -> JSONNode? { member(node, name.span) }

    public func member(_ node: JSONNode, _ name: Span<UInt8>) -> JSONNode? {
        let object = entry(node)
        guard object.kindTag == TapeEntry.objectTag else { return nil }
        let end = object.next
        var key = Int(node.index) + 1
        while key < end {
            if matches(entries[key], name) { return JSONNode(key + 1) }
            key = entries[key + 1].next
        }
        return nil
    }

    /// Whether a string or key holds exactly these decoded bytes.
    @inline(__always)
    func matches(_ entry: TapeEntry, _ text: Span<UInt8>) -> Bool {
        if entry.isFlagged { return matchesDecoded(entry, text) }
        guard Int(entry.count) == text.count else { return false }
        let start = Int(entry.start)
        for place in text.indices where bytes[start + place] != text[place] { return false }
        return true
    }

    private func matchesDecoded(_ entry: TapeEntry, _ text: Span<UInt8>) -> Bool {
        var decoded: [UInt8] = []
        appendDecoded(entry, to: &decoded)
        guard decoded.count == text.count else { return false }
        for place in text.indices where decoded[place] != text[place] { return false }
        return true
    }

    func appendDecoded(_ entry: TapeEntry, to text: inout [UInt8]) {
        let raw = bytes.extracting(entry.range)
        if entry.isFlagged {
            StringEscapes.append(raw, to: &text)
        } else {
            text.reserveCapacity(text.count + raw.count)
            for place in raw.indices { text.append(raw[place]) }
        }
    }
}

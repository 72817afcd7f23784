// One record of an agency as a flat tree, whatever format it came in: what the mapping language reads.
// A record owns its texts in one arena and is meant to be reused: nothing is allocated per field.

public import Records

/// A node of a source record: a column, an element, an attribute, a member or an array element.
public struct SourceNode: Sendable {
    /// The column title, the element's local name, `@name` of an attribute, the member's name; empty for array
    /// elements.
    public var name: ArenaSlice
    /// The node's text; absent where it has none (an element with children only, JSON null).
    public var value: ArenaSlice
    /// Index of the first child, -1 where there is none.
    public var firstChild: Int32
    /// Index of the next sibling, -1 for the last.
    public var nextSibling: Int32
    /// The column number from 1 (csv, tsv, fixed) or the byte place in the raw record; for what an embedded
    /// document holds, the place of the base64 text.
    public var place: Int32

    public init(name: ArenaSlice, value: ArenaSlice = .absent, place: Int32) {
        self.name = name
        self.value = value
        self.firstChild = -1
        self.nextSibling = -1
        self.place = place
    }
}

/// One source record as a flat tree; all texts are UTF-8 in NFC in one arena. Node 0 is the root.
///
/// csv, tsv, fixed: the root's children are the columns. xml: the root is the record element, then the
/// elements of `context` follow as its last children; an embedded document stands in the place of the element
/// that carried it and is named by its kind (`XML1`), its own root's children being its children. json: the
/// root is the record value.
public struct SourceRecord: Sendable {
    public var text: [UInt8] = []
    public var nodes: ContiguousArray<SourceNode> = []

    public init() {}

    /// Forgets the record and keeps the memory.
    public mutating func removeAll() {
        text.removeAll(keepingCapacity: true)
        nodes.removeAll(keepingCapacity: true)
    }

    /// The first child of a node with exactly that name, by bytes.
    public func child(of parent: Int32, named name: [UInt8]) -> Int32? {
        var index = nodes[Int(parent)].firstChild
        while index >= 0 {
            if equals(nodes[Int(index)].name, name) { return index }
            index = nodes[Int(index)].nextSibling
        }
        return nil
    }

    /// The next sibling of a node that has the same name, by bytes: repeated elements.
    public func next(after node: Int32, named name: [UInt8]) -> Int32? {
        var index = nodes[Int(node)].nextSibling
        while index >= 0 {
            if equals(nodes[Int(index)].name, name) { return index }
            index = nodes[Int(index)].nextSibling
        }
        return nil
    }

    /// Whether a slice of the arena holds exactly those bytes.
    public func equals(_ slice: ArenaSlice, _ bytes: [UInt8]) -> Bool {
        guard Int(slice.count) == bytes.count else { return false }
        var place = Int(slice.start)
        for byte in bytes {
            if text[place] != byte { return false }
            place += 1
        }
        return true
    }

    /// A slice as text, for messages and tests.
    public func string(_ slice: ArenaSlice) -> String { String(decoding: text[slice.range], as: UTF8.self) }
}

extension SourceRecord {
    /// Adds a node behind `last`, the last child of `parent` so far; -1 where there is none.
    mutating func append(_ node: SourceNode, under parent: Int32, after last: inout Int32) {
        let index = Int32(nodes.count)
        nodes.append(node)
        if last >= 0 {
            nodes[Int(last)].nextSibling = index
        } else if parent >= 0 {
            nodes[Int(parent)].firstChild = index
        }
        last = index
    }

    /// What was appended to the arena since `mark`.
    func slice(from mark: Int) -> ArenaSlice { ArenaSlice(start: Int32(mark), count: Int32(text.count - mark)) }
}

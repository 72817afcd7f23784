// The tape's layout: one 16-byte entry a value, in document order; within an object each value's entry is
// preceded by its key's. `{"a":[1,2],"b":"x"}` becomes
//
//     index  0       1    2      3  4  5    6
//     entry  object  key  array  1  2  key  string
//     next   7       2    5      4  5  6    7
//
// `next` is the index after the value and everything in it, so a reader skips a subtree in one step.

/// One place on the tape.
public struct TapeEntry: Sendable {
    /// The value's first byte in the source; for strings and keys the one after the quote.
    var start: Int32
    /// The value's length in bytes; for strings and keys without the quotes.
    var count: Int32
    /// Containers: elements or members. Keys: the hash of the decoded key. Otherwise 0.
    var detail: UInt32
    /// Bits 0-2 kind, bit 3 `flag`, bits 5-31 `next`.
    var tag: UInt32

    @inline(__always) init(start: Int, end: Int, detail: UInt32 = 0, tag: UInt32) {
        self.start = Int32(truncatingIfNeeded: start)
        self.count = Int32(truncatingIfNeeded: end &- start)
        self.detail = detail
        self.tag = tag
    }

    static let nullTag: UInt32 = 0
    static let boolTag: UInt32 = 1
    static let numberTag: UInt32 = 2
    static let stringTag: UInt32 = 3
    static let arrayTag: UInt32 = 4
    static let objectTag: UInt32 = 5
    static let keyTag: UInt32 = 6
    /// Strings and keys: has escapes. Numbers: has a fraction or an exponent. Bool: true.
    static let flag: UInt32 = 8

    @inline(__always) var kindTag: UInt32 { tag & 7 }
    @inline(__always) var isFlagged: Bool { tag & TapeEntry.flag != 0 }
    @inline(__always) var next: Int { Int(tag >> 5) }
    @inline(__always) var range: Range<Int> { Int(start)..<Int(start) &+ Int(count) }
}

/// The six kinds of JSON value.
public enum JSONKind: UInt8, Sendable, CaseIterable {
    case null, bool, number, string, array, object
}

/// A value's place on the tape it was found on; meaningless on another.
public struct JSONNode: Hashable, Sendable {
    public var index: Int32
    @inline(__always) public init(index: Int32) { self.index = index }
    @inline(__always) init(_ index: Int) { self.index = Int32(truncatingIfNeeded: index) }
}

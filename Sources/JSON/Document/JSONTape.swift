// The reusable tape: owns the memory that parsing fills, so that records parsed one after the other
// allocate nothing.

/// The values of one document as integers that point into its bytes.
///
/// `parse` refuses whatever RFC 8259 does not allow, duplicate keys (compared as decoded bytes), invalid
/// UTF-8, lone surrogates, a byte order mark, and what is over the limits.
public struct JSONTape: Sendable {
    public let limits: JSONLimits
    var entries: ContiguousArray<TapeEntry> = []
    var frames: ContiguousArray<TapeFrame>
    private var keys = KeyMemory()
    /// Entries in use; 0 before the first parse and after a failed one.
    public private(set) var count = 0

    public init(limits: JSONLimits = JSONLimits()) {
        self.limits = limits
        frames = ContiguousArray(repeating: TapeFrame(), count: limits.depthMax + 1)
    }

    /// Replaces the tape's contents with the values of `bytes`.
    public mutating func parse(_ bytes: Span<UInt8>) throws(JSONError) {
        count = 0
        if bytes.count > limits.sizeBytesMax { throw JSONError(.tooLarge, at: limits.sizeBytesMax) }
        if bytes.isEmpty { throw JSONError(.empty, at: 0) }
        try reserve(for: bytes)
        keys.prepare(forBytes: bytes.count)
        count = try TapeParser.parse(bytes, entries: &entries, frames: &frames, keys: &keys, limits: limits)
    }

    public mutating func parse(_ bytes: [UInt8]) throws(JSONError) {
        try parse(bytes.span)
    }

    /// Room for every entry the document can need, so that the parser never checks: short documents by
    /// their length (a value takes two bytes), long ones by counting what can precede a value or key.
    private mutating func reserve(for bytes: Span<UInt8>) throws(JSONError) {
        var need = bytes.count / 2 + limits.depthMax + 4
        if bytes.count > 1 << 16 {
            need = 4
            for place in bytes.indices {
                switch bytes[place] {
                case 0x2C, 0x3A, 0x5B, 0x7B: need += 1
                default: break
                }
            }
        }
        if need <= entries.count { return }
        let blank = TapeEntry(start: 0, end: 0, tag: 0)
        entries.append(contentsOf: repeatElement(blank, count: need - entries.count))
    }
}

/// An array or object that is still open.
struct TapeFrame: Sendable {
    var index: Int32 = 0
    var count: Int32 = 0
    var isObject = false
    /// Has a key without a number: then keys are compared with each other.
    var hasUnknown = false
    /// Which known keys the object has had, by their numbers.
    var seenLow: UInt64 = 0
    var seenHigh: UInt64 = 0
}

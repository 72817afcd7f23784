// What a JSON document may cost. RFC 8259 §9 leaves size, depth and number range to the implementation:
// these are ours, and every one of them is checked before memory is spent.

/// Limits of one parse.
public struct JSONLimits: Sendable, Equatable {
    /// Arrays and objects within each other; a document of 129 brackets is refused.
    public var depthMax: Int
    /// The document's length in bytes. At most 128 MiB: the tape counts entries in 27 bits.
    public var sizeBytesMax: Int
    /// Characters of one number, so that exact arithmetic on it stays cheap.
    public var numberBytesMax: Int
    /// RFC 8259 §4 only advises against duplicate keys; we refuse them: which value counts must not depend on
    /// the reader. Off only for a check of plain RFC 8259.
    public var refusesDuplicateKeys: Bool

    public init(
        depthMax: Int = 128, sizeBytesMax: Int = 64 << 20, numberBytesMax: Int = 1_000,
        refusesDuplicateKeys: Bool = true
    ) {
        self.refusesDuplicateKeys = refusesDuplicateKeys
        self.depthMax = min(max(depthMax, 1), 1_024)
        self.sizeBytesMax = min(max(sizeBytesMax, 0), 128 << 20)
        self.numberBytesMax = min(max(numberBytesMax, 1), 100_000)
    }
}

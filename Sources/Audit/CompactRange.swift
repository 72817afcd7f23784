// The growing edge of a tree: the roots of its full subtrees, largest first. It takes leaves for ever in
// at most 64 digests, so the writer of the audit topic keeps only this between two heads.

public import Crypto

/// An append-only RFC 6962 tree of which only the right edge is kept.
public struct CompactRange: Sendable, Equatable {
    /// The number of leaves appended.
    public private(set) var size: UInt64 = 0
    /// The roots of the full subtrees, one for each set bit of `size`, largest first.
    public private(set) var peaks: [Digest] = []

    public init() {}

    /// Takes up a kept range; nil where the peaks cannot be those of a tree of that size.
    public init?(size: UInt64, peaks: [Digest]) {
        guard peaks.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// Appends an entry's leaf hash.
    public mutating func append(leaf: Digest) {
        var merged = leaf
        var bits = size
        // Each trailing one of the size is a full subtree as large as what has just been completed.
        while bits & 1 == 1, let left = peaks.popLast() {
            merged = MerkleHash.node(left, merged)
            bits >>= 1
        }
        peaks.append(merged)
        size += 1
    }

    /// Appends an entry.
    public mutating func append(entry: Span<UInt8>) { append(leaf: MerkleHash.leaf(entry)) }

    /// Appends an entry.
    public mutating func append(entry: [UInt8]) { append(entry: entry.span) }

    /// The tree's root (RFC 6962 §2.1).
    public var root: Digest {
        guard var result = peaks.last else { return MerkleHash.ofNothing }
        for peak in peaks.dropLast().reversed() { result = MerkleHash.node(peak, result) }
        return result
    }
}

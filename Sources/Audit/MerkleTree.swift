// A whole tree in memory, to prove entries and growth from. Every full subtree's root is kept by level, so a
// proof costs one look-up a level; 64 bytes a leaf in all.

public import Crypto

/// An RFC 6962 tree with all full subtrees' roots.
public struct MerkleTree: Sendable {
    /// `levels[n][i]` is the root of the full subtree over leaves i·2ⁿ ..< (i+1)·2ⁿ.
    private var levels: [ContiguousArray<Digest>] = [[]]

    public init() {}

    /// The number of leaves.
    public var size: Int { levels[0].count }

    /// Appends an entry's leaf hash.
    public mutating func append(leaf: Digest) {
        levels[0].append(leaf)
        var level = 0
        while levels[level].count % 2 == 0 {
            let children = levels[level]
            let parent = MerkleHash.node(children[children.count - 2], children[children.count - 1])
            level += 1
            if level == levels.count { levels.append([]) }
            levels[level].append(parent)
        }
    }

    /// Appends an entry.
    public mutating func append(entry: Span<UInt8>) { append(leaf: MerkleHash.leaf(entry)) }

    /// Appends an entry.
    public mutating func append(entry: [UInt8]) { append(entry: entry.span) }

    /// A leaf's hash; nil past the end.
    public func leaf(at index: Int) -> Digest? {
        index >= 0 && index < size ? levels[0][index] : nil
    }

    /// The root over the first `size` leaves; nil where the tree has fewer.
    public func root(size: Int? = nil) -> Digest? {
        let size = size ?? self.size
        guard size >= 0, size <= self.size else { return nil }
        return size == 0 ? MerkleHash.ofNothing : subtreeRoot(0, size)
    }

    /// The hashes that lead from a leaf to the root over the first `size` leaves (RFC 6962 §2.1.1); nil where
    /// there is no such leaf or size.
    public func inclusionProof(index: Int, size: Int) -> [Digest]? {
        guard index >= 0, index < size, size <= self.size else { return nil }
        var proof: [Digest] = []
        var low = 0
        var high = size
        // From the root down; the siblings are met in the reverse of the proof's order.
        while high - low > 1 {
            let middle = low + MerkleTree.split(high - low)
            if index < middle {
                proof.append(subtreeRoot(middle, high))
                high = middle
            } else {
                proof.append(subtreeRoot(low, middle))
                low = middle
            }
        }
        return proof.reversed()
    }

    /// The hashes that show that the first `old` leaves are a prefix of the first `new` (RFC 6962 §2.1.2); nil
    /// where the sizes are not 0 < old ≤ new ≤ size.
    public func consistencyProof(old: Int, new: Int) -> [Digest]? {
        guard old > 0, old <= new, new <= size else { return nil }
        var proof: [Digest] = []
        var low = 0
        var high = new
        var isWholeOldTree = true
        while old < high {
            let middle = low + MerkleTree.split(high - low)
            if old <= middle {
                proof.append(subtreeRoot(middle, high))
                high = middle
            } else {
                proof.append(subtreeRoot(low, middle))
                low = middle
                isWholeOldTree = false
            }
        }
        // The old root itself is known to the verifier and left out.
        if !isWholeOldTree { proof.append(subtreeRoot(low, high)) }
        return proof.reversed()
    }

    /// The largest power of two below a count of at least 2.
    private static func split(_ count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    /// The root over leaves `low ..< high`, where `low` is a multiple of the next power of two of the count.
    private func subtreeRoot(_ low: Int, _ high: Int) -> Digest {
        let count = high - low
        if count.nonzeroBitCount == 1 {
            let level = count.trailingZeroBitCount
            return levels[level][low >> level]
        }
        let middle = low + MerkleTree.split(count)
        return MerkleHash.node(subtreeRoot(low, middle), subtreeRoot(middle, high))
    }
}

// Verification of inclusion and consistency (RFC 9162 §2.1.3.2 and §2.1.4.2, the same trees as RFC 6962).
// The verifier trusts nothing in a proof: sizes, indexes and lengths are numbers somebody sent.

public import Crypto

/// Checks of proofs against roots.
public enum MerkleProof {
    /// Whether a leaf is the one at `index` of the tree with that size and root.
    public static func verifyInclusion(
        leaf: Digest, index: UInt64, size: UInt64, proof: [Digest], root: Digest
    ) -> Bool {
        guard index < size else { return false }
        var node = index
        var last = size - 1
        var hash = leaf
        for sibling in proof {
            if last == 0 { return false }
            if node & 1 == 1 || node == last {
                hash = MerkleHash.node(sibling, hash)
                // On the right edge: the levels without a sibling are skipped.
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = MerkleHash.node(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// Whether the tree of `oldSize` leaves and `oldRoot` is a prefix of the one of `newSize` and `newRoot`.
    /// An old size of 0 is refused: an empty tree proves nothing about what follows.
    public static func verifyConsistency(
        oldSize: UInt64, newSize: UInt64, oldRoot: Digest, newRoot: Digest, proof: [Digest]
    ) -> Bool {
        guard oldSize > 0, oldSize <= newSize else { return false }
        if oldSize == newSize { return proof.isEmpty && oldRoot == newRoot }
        var path = proof[...]
        var oldHash: Digest
        // Where the old tree is one full subtree, its root is the proof's first step and is not repeated.
        if oldSize.nonzeroBitCount == 1 {
            oldHash = oldRoot
        } else {
            guard let first = path.popFirst() else { return false }
            oldHash = first
        }
        var newHash = oldHash
        var node = oldSize - 1
        var last = newSize - 1
        while node & 1 == 1 {
            node >>= 1
            last >>= 1
        }
        for step in path {
            if last == 0 { return false }
            if node & 1 == 1 || node == last {
                oldHash = MerkleHash.node(step, oldHash)
                newHash = MerkleHash.node(step, newHash)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                newHash = MerkleHash.node(newHash, step)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && oldHash == oldRoot && newHash == newRoot
    }
}

// The hashes of an RFC 6962 tree. Leaves and nodes carry different prefixes, so that no node can be passed
// off as a leaf.

public import Crypto

/// Hashes of RFC 6962 §2.1 with SHA-256.
public enum MerkleHash {
    /// The root of a tree without leaves: the hash of nothing.
    public static let ofNothing = SHA256.hash([])

    /// A leaf's hash: SHA-256(0x00 ‖ entry).
    public static func leaf(_ entry: Span<UInt8>) -> Digest {
        var hasher = SHA256()
        hasher.update(byte: 0)
        hasher.update(entry)
        return hasher.finish()
    }

    /// A leaf's hash: SHA-256(0x00 ‖ entry).
    public static func leaf(_ entry: [UInt8]) -> Digest { leaf(entry.span) }

    /// A node's hash: SHA-256(0x01 ‖ left ‖ right).
    public static func node(_ left: Digest, _ right: Digest) -> Digest {
        var hasher = SHA256()
        hasher.update(byte: 1)
        hasher.update(left)
        hasher.update(right)
        return hasher.finish()
    }
}

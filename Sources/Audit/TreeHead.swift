// The signed tree head: what the hub publishes about its log and an outsider keeps. The signed text is laid
// out line by line so that it can be checked with nothing but a shell and OpenSSL.

public import Crypto

/// How far the log had grown and what its root then was.
public struct TreeHead: Sendable, Equatable {
    /// The log's name, such as `vn.binhdinh.lgsp/audit`.
    public var log: String
    /// The number of entries under the root.
    public var size: UInt64
    public var root: Digest
    /// Milliseconds since 1970 UTC.
    public var timestampMilliseconds: Int64

    public init(log: String, size: UInt64, root: Digest, timestampMilliseconds: Int64) {
        self.log = log
        self.size = size
        self.root = root
        self.timestampMilliseconds = timestampMilliseconds
    }

    /// The bytes that are signed: a title, the log, the size, the root in hex and the time, each ended by a
    /// line feed.
    public var signedBytes: [UInt8] {
        Array("lgsp-tree-head-v1\n\(log)\n\(size)\n\(root.hex)\n\(timestampMilliseconds)\n".utf8)
    }
}

/// A tree head with the hub's Ed25519 signature over `signedBytes`.
public struct SignedTreeHead: Sendable, Equatable {
    public var head: TreeHead
    /// The signing key's identifier.
    public var key: String
    /// 64 bytes of Ed25519.
    public var signature: [UInt8]

    public init(head: TreeHead, key: String, signature: [UInt8]) {
        self.head = head
        self.key = key
        self.signature = signature
    }

    /// Signs a head; the signer is the key holder's and may fail.
    public static func sign<Failure: Error>(
        _ head: TreeHead, key: String, with signer: ([UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> SignedTreeHead {
        SignedTreeHead(head: head, key: key, signature: try signer(head.signedBytes))
    }
}

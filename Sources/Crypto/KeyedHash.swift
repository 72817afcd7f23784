// HMAC-SHA256 (RFC 2104) with the key worked in once: the two padded-key states are kept and copied for
// each message, which saves two of four compressions and every allocation. And what it is for here:
// subject references.

/// HMAC-SHA256 under one key.
public struct HMACSHA256: Sendable {
    private let inner: SHA256
    private let outer: SHA256

    /// Any key length; keys over 64 bytes are hashed first, as RFC 2104 says.
    public init(key: [UInt8]) {
        var block = key.count > 64 ? SHA256.hash(key).bytes : key
        block.append(contentsOf: repeatElement(0, count: 64 - block.count))
        for place in block.indices { block[place] ^= 0x36 }
        var inner = SHA256()
        inner.update(block)
        for place in block.indices { block[place] ^= 0x36 ^ 0x5c }
        var outer = SHA256()
        outer.update(block)
        for place in block.indices { block[place] = 0 }
        self.inner = inner
        self.outer = outer
    }

    /// A hasher that already holds the key: add the message's parts, then hand it to `finish`.
    public func begin() -> SHA256 { inner }

    /// The code of what was added to a hasher from `begin`.
    public func finish(_ message: consuming SHA256) -> Digest {
        let digest = message.finish()
        var result = outer
        result.update(digest)
        return result.finish()
    }

    /// The code of one message.
    public func code(of message: Span<UInt8>) -> Digest {
        var hasher = inner
        hasher.update(message)
        return finish(hasher)
    }

    /// The code of one message.
    public func code(of message: [UInt8]) -> Digest { code(of: message.span) }
}

/// The key that turns a citizen number into a subject reference.
///
/// Reference = first 16 bytes of HMAC-SHA256(key, scope ‖ 0x00 ‖ number), written as 32 hex digits. The scope
/// is empty inside the hub; a recipient that must not join its data with another's has its own.
public struct SubjectReferenceKey: Sendable {
    /// The characters of a reference.
    public static let characterCount = 32
    private let mac: HMACSHA256

    /// The secret should be 32 random bytes (`RandomBytes.make`); any length works.
    public init(secret: [UInt8]) { mac = HMACSHA256(key: secret) }

    /// The whole keyed digest of a number within a scope; a reference is its first 16 bytes.
    public func digest(of citizenNumber: Span<UInt8>, scope: [UInt8] = []) -> Digest {
        var hasher = mac.begin()
        hasher.update(scope)
        hasher.update(byte: 0)
        hasher.update(citizenNumber)
        return mac.finish(hasher)
    }

    /// Appends the reference's 32 hex digits.
    public func appendReference(of citizenNumber: Span<UInt8>, scope: [UInt8] = [], to output: inout [UInt8]) {
        digest(of: citizenNumber, scope: scope).appendHex(to: &output, count: 16)
    }

    /// Appends the reference's 32 hex digits.
    public func appendReference(of citizenNumber: [UInt8], scope: [UInt8] = [], to output: inout [UInt8]) {
        appendReference(of: citizenNumber.span, scope: scope, to: &output)
    }

    /// The reference as text, for cold paths.
    public func reference(of citizenNumber: String, scope: String = "") -> String {
        var text: [UInt8] = []
        appendReference(of: Array(citizenNumber.utf8), scope: Array(scope.utf8), to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}

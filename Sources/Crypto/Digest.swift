// SHA-256: the digest value, the incremental hasher and its one-shot form.
// The hasher's state is a plain value: copying it forks the hash, and no call allocates.

import Bytes
import COpenSSL

/// A SHA-256 digest: 32 bytes as a plain, hashable value.
public struct Digest: Sendable, Hashable, Comparable {
    /// The size of a digest in bytes.
    public static let count = 32

    /// The digest's bytes as four big-endian words, so that equality and order are those of the bytes.
    public let word0: UInt64
    public let word1: UInt64
    public let word2: UInt64
    public let word3: UInt64

    init(word0: UInt64, word1: UInt64, word2: UInt64, word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    /// The digest with exactly these 32 bytes; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Digest.count else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for (place, byte) in bytes.enumerated() {
            switch place >> 3 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
        }
        self.init(word0: words.0, word1: words.1, word2: words.2, word3: words.3)
    }

    /// The digest written as 64 hex digits of either case; nil for anything else.
    public init?(hex: some Collection<UInt8>) {
        guard hex.count == 2 * Digest.count, let bytes = try? Hex.decode(String(decoding: hex, as: UTF8.self)) else {
            return nil
        }
        self.init(bytes: bytes)
    }

    /// The byte at a place from 0 to 31.
    @inline(__always)
    public subscript(place: Int) -> UInt8 {
        precondition(place >= 0 && place < Digest.count, "a digest has 32 bytes")
        let word =
            switch place >> 3 {
            case 0: word0
            case 1: word1
            case 2: word2
            default: word3
            }
        return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (place & 7)))
    }

    /// The digest as a new array of 32 bytes.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Digest.count)
        append(to: &result)
        return result
    }

    /// Appends the first `count` bytes (all 32 unless told).
    public func append(to output: inout [UInt8], count: Int = Digest.count) {
        for place in 0..<min(count, Digest.count) { output.append(self[place]) }
    }

    /// Appends the first `count` bytes (all 32 unless told) as lower-case hex, two characters a byte.
    public func appendHex(to output: inout [UInt8], count: Int = Digest.count) {
        for place in 0..<min(count, Digest.count) {
            let byte = self[place]
            output.append(Digest.hexDigit(byte >> 4))
            output.append(Digest.hexDigit(byte & 15))
        }
    }

    @inline(__always)
    private static func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble }

    /// The digest as 64 lower-case hex digits.
    public var hex: String {
        var text: [UInt8] = []
        appendHex(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    public static func < (left: Digest, right: Digest) -> Bool {
        if left.word0 != right.word0 { return left.word0 < right.word0 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        if left.word2 != right.word2 { return left.word2 < right.word2 }
        return left.word3 < right.word3
    }
}

/// An incremental SHA-256 (FIPS 180-4). A value: keep one and call `finish` again and again.
@safe
public struct SHA256: Sendable {
    private var state: SHA256_CTX

    public init() {
        state = SHA256_CTX()
        unsafe lgsp_sha256_init(&state)
    }

    /// Adds bytes to the hash.
    public mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe lgsp_sha256_update(&state, buffer.baseAddress, buffer.count)
        }
    }

    /// Adds bytes to the hash.
    public mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

    /// Adds bytes to the hash.
    public mutating func update(_ bytes: ArraySlice<UInt8>) { update(bytes.span) }

    /// Adds a string's UTF-8 to the hash.
    public mutating func update(_ text: String) {
        var copy = text
        copy.withUTF8 { buffer in
            unsafe lgsp_sha256_update(&state, buffer.baseAddress, buffer.count)
        }
    }

    /// Adds a literal's UTF-8 to the hash.
    public mutating func update(_ text: StaticString) {
        text.withUTF8Buffer { buffer in
            unsafe lgsp_sha256_update(&state, buffer.baseAddress, buffer.count)
        }
    }

    /// Adds one byte to the hash: a separator between fields.
    public mutating func update(byte: UInt8) {
        var single = byte
        unsafe lgsp_sha256_update(&state, &single, 1)
    }

    /// Adds the digest's 32 bytes to the hash.
    public mutating func update(_ digest: Digest) {
        var words = (
            digest.word0.bigEndian, digest.word1.bigEndian, digest.word2.bigEndian, digest.word3.bigEndian
        )
        unsafe withUnsafeBytes(of: &words) { buffer in
            unsafe lgsp_sha256_update(&state, buffer.baseAddress, buffer.count)
        }
    }

    /// The digest of what was added; the hasher is then as new.
    public mutating func finish() -> Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        unsafe withUnsafeMutableBytes(of: &words) { buffer in
            unsafe lgsp_sha256_final(&state, buffer.bindMemory(to: UInt8.self).baseAddress)
        }
        unsafe lgsp_sha256_init(&state)
        return Digest(
            word0: UInt64(bigEndian: words.0), word1: UInt64(bigEndian: words.1), word2: UInt64(bigEndian: words.2),
            word3: UInt64(bigEndian: words.3))
    }

    /// The digest of these bytes.
    public static func hash(_ bytes: Span<UInt8>) -> Digest {
        var hasher = SHA256()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The digest of these bytes.
    public static func hash(_ bytes: [UInt8]) -> Digest { hash(bytes.span) }

    /// The digest of a string's UTF-8.
    public static func hash(_ text: String) -> Digest {
        var hasher = SHA256()
        hasher.update(text)
        return hasher.finish()
    }
}

// AES-256-GCM (NIST SP 800-38D): bytes that must be kept but not read, such as a subject's data under a key that
// withdrawal destroys. A sealed text is nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes).

import COpenSSL

/// A key that seals and opens.
public struct SealingKey: Sendable {
    public static let count = 32
    static let nonceCount = 12
    static let tagCount = 16
    private let secret: [UInt8]

    /// The secret must be 32 bytes.
    public init(secret: [UInt8]) throws(CryptoError) {
        guard secret.count == SealingKey.count else { throw CryptoError(.sealing, "a sealing key has 32 bytes") }
        self.secret = secret
    }

    /// A new random key.
    public static func generate() throws(CryptoError) -> SealingKey {
        try SealingKey(secret: try RandomBytes.make(count: count))
    }

    /// Seals bytes under a fresh random nonce; the context is authenticated and not stored. At most 2^32 seals a
    /// key (random nonces), so give each subject its own.
    public func seal(_ plain: [UInt8], context: [UInt8] = []) throws(CryptoError) -> [UInt8] {
        let nonce = try RandomBytes.make(count: SealingKey.nonceCount)
        let cipher = try SealingCipher(secret, nonce: nonce, seals: true)
        try cipher.authenticate(context)
        var sealed = nonce
        try cipher.update(plain, into: &sealed)
        try cipher.finish()
        sealed.append(contentsOf: try cipher.tag())
        return sealed
    }

    /// The sealed bytes; throws where a bit of them, the context or the key is another.
    public func open(_ sealed: [UInt8], context: [UInt8] = []) throws(CryptoError) -> [UInt8] {
        guard sealed.count >= SealingKey.nonceCount + SealingKey.tagCount else {
            throw CryptoError(.sealing, "the sealed text is too short")
        }
        let cipher = try SealingCipher(secret, nonce: Array(sealed.prefix(SealingKey.nonceCount)), seals: false)
        try cipher.authenticate(context)
        var plain: [UInt8] = []
        try cipher.update(Array(sealed.dropFirst(SealingKey.nonceCount).dropLast(SealingKey.tagCount)), into: &plain)
        try cipher.expect(tag: Array(sealed.suffix(SealingKey.tagCount)))
        // Not a byte is handed out before the tag is found right.
        try cipher.finish()
        return plain
    }
}

/// One run of the cipher.
@safe
private final class SealingCipher {
    private let handle: OpaquePointer
    private let seals: Int32

    init(_ secret: [UInt8], nonce: [UInt8], seals: Bool) throws(CryptoError) {
        ERR_clear_error()
        guard let handle = unsafe EVP_CIPHER_CTX_new() else { throw CryptoError.fromLibrary(.sealing) }
        unsafe self.handle = unsafe handle
        self.seals = seals ? 1 : 0
        guard unsafe EVP_CipherInit_ex2(handle, EVP_aes_256_gcm(), secret, nonce, self.seals, nil) == 1 else {
            throw CryptoError.fromLibrary(.sealing)
        }
    }

    deinit { unsafe EVP_CIPHER_CTX_free(handle) }

    func authenticate(_ context: [UInt8]) throws(CryptoError) {
        var written: Int32 = 0
        guard let count = Int32(exactly: context.count),
            unsafe EVP_CipherUpdate(handle, nil, &written, context, count) == 1
        else { throw CryptoError.fromLibrary(.sealing) }
    }

    func update(_ input: [UInt8], into output: inout [UInt8]) throws(CryptoError) {
        guard let count = Int32(exactly: input.count) else { throw CryptoError(.sealing, "over 2 GiB") }
        var result = [UInt8](repeating: 0, count: input.count)
        var written: Int32 = 0
        guard unsafe EVP_CipherUpdate(handle, &result, &written, input, count) == 1, written == count else {
            throw CryptoError.fromLibrary(.sealing)
        }
        output.append(contentsOf: result)
    }

    func finish() throws(CryptoError) {
        var rest = [UInt8](repeating: 0, count: 16)
        var written: Int32 = 0
        guard unsafe EVP_CipherFinal_ex(handle, &rest, &written) == 1 else {
            ERR_clear_error()
            throw CryptoError(.sealing, "the sealed text, its context or the key is not the right one")
        }
    }

    func tag() throws(CryptoError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: SealingKey.tagCount)
        guard unsafe EVP_CIPHER_CTX_ctrl(handle, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1 else {
            throw CryptoError.fromLibrary(.sealing)
        }
        return tag
    }

    func expect(tag: [UInt8]) throws(CryptoError) {
        var tag = tag
        guard unsafe EVP_CIPHER_CTX_ctrl(handle, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1 else {
            throw CryptoError.fromLibrary(.sealing)
        }
    }
}

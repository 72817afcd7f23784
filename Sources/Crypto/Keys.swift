// Private and public keys: ECDSA over P-256 (certificates, TLS) and Ed25519 (signed tree heads, licences).
// Signing is one call over the whole message; P-256 signs its SHA-256.

import COpenSSL

/// The kinds of key that this program makes.
public enum KeyAlgorithm: String, Sendable {
    case p256 = "p-256"
    case ed25519
}

/// A private key held in memory.
///
/// Safe because: the EVP_PKEY is written only before `init` returns; OpenSSL's reads of a finished key
/// (signing, serialising, reference counting) are thread-safe.
@safe
public final class PrivateKey: @unchecked Sendable {
    let handle: OpaquePointer

    init(owning handle: OpaquePointer) { unsafe self.handle = unsafe handle }

    deinit { unsafe EVP_PKEY_free(handle) }

    /// A new random key.
    public static func generate(_ algorithm: KeyAlgorithm) throws(CryptoError) -> PrivateKey {
        ERR_clear_error()
        let made =
            switch algorithm {
            case .p256: unsafe lgsp_generate_p256()
            case .ed25519: unsafe lgsp_generate_ed25519()
            }
        guard let handle = unsafe made else { throw CryptoError.fromLibrary(.key) }
        return unsafe PrivateKey(owning: handle)
    }

    /// The key in an unencrypted PEM text (PKCS#8 or SEC 1).
    public convenience init(pem: [UInt8]) throws(CryptoError) {
        let handle = try unsafe withReader(pem, .key) { bio throws(CryptoError) in
            // No pass phrase callback: an encrypted key is refused instead of asked for on the terminal.
            guard let handle = unsafe PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil) else {
                throw CryptoError.fromLibrary(.key)
            }
            return unsafe handle
        }
        unsafe self.init(owning: handle)
    }

    /// The key as unencrypted PKCS#8 PEM; keep it in a file of mode 0600 (`PrivateFile.write`).
    public func pem() throws(CryptoError) -> [UInt8] {
        try unsafe bytesWritten(.key) { bio in unsafe PEM_write_bio_PKCS8PrivateKey(bio, handle, nil, nil, 0, nil, nil)
        }
    }

    /// The public half.
    public func publicKey() throws(CryptoError) -> PublicKey {
        let pem = try unsafe bytesWritten(.key) { bio in unsafe PEM_write_bio_PUBKEY(bio, handle) }
        return try PublicKey(pem: pem)
    }

    /// The signature over a message: 64 bytes for Ed25519, DER for P-256 (over SHA-256).
    public func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        ERR_clear_error()
        guard let context = unsafe EVP_MD_CTX_new() else { throw CryptoError.fromLibrary(.signature) }
        defer { unsafe EVP_MD_CTX_free(context) }
        var size = 0
        guard unsafe EVP_DigestSignInit(context, nil, digestForSigning(handle), nil, handle) == 1,
            unsafe EVP_DigestSign(context, nil, &size, message, message.count) == 1
        else { throw CryptoError.fromLibrary(.signature) }
        var signature = [UInt8](repeating: 0, count: size)
        guard unsafe EVP_DigestSign(context, &signature, &size, message, message.count) == 1 else {
            throw CryptoError.fromLibrary(.signature)
        }
        signature.removeLast(signature.count - size)
        return signature
    }
}

/// A public key.
///
/// Safe because: as for `PrivateKey`.
@safe
public final class PublicKey: @unchecked Sendable {
    let handle: OpaquePointer

    init(owning handle: OpaquePointer) { unsafe self.handle = unsafe handle }

    deinit { unsafe EVP_PKEY_free(handle) }

    /// The key in a PEM text (`BEGIN PUBLIC KEY`).
    public convenience init(pem: [UInt8]) throws(CryptoError) {
        let handle = try unsafe withReader(pem, .key) { bio throws(CryptoError) in
            guard let handle = unsafe PEM_read_bio_PUBKEY(bio, nil, { _, _, _, _ in -1 }, nil) else {
                throw CryptoError.fromLibrary(.key)
            }
            return unsafe handle
        }
        unsafe self.init(owning: handle)
    }

    /// The Ed25519 key with these 32 bytes.
    public convenience init(ed25519 bytes: [UInt8]) throws(CryptoError) {
        ERR_clear_error()
        guard let handle = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count) else {
            throw CryptoError.fromLibrary(.key)
        }
        unsafe self.init(owning: handle)
    }

    /// The 32 bytes of an Ed25519 key; nil for another kind.
    public var ed25519Bytes: [UInt8]? {
        var size = 32
        var bytes = [UInt8](repeating: 0, count: size)
        defer { ERR_clear_error() }
        guard unsafe EVP_PKEY_get_raw_public_key(handle, &bytes, &size) == 1, size == 32 else { return nil }
        return bytes
    }

    /// The key as PEM.
    public func pem() throws(CryptoError) -> [UInt8] {
        try unsafe bytesWritten(.key) { bio in unsafe PEM_write_bio_PUBKEY(bio, handle) }
    }

    /// Whether the signature over the message was made with this key's private half.
    public func isValid(signature: [UInt8], of message: [UInt8]) -> Bool {
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestVerifyInit(context, nil, digestForSigning(handle), nil, handle) == 1 else {
            return false
        }
        return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

/// Ed25519 hashes inside and takes no digest; every other key signs SHA-256.
func digestForSigning(_ key: OpaquePointer) -> OpaquePointer? {
    unsafe EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nil : EVP_sha256()
}

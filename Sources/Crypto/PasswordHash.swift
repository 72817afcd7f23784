// What SCRAM (RFC 5802, RFC 7677) computes with: hash, keyed hash and salted password over SHA-256 or SHA-512.
// One-shot calls for exchanges at human pace; hot paths use `SHA256` and `HMACSHA256`.

import COpenSSL

/// A hash that passwords are kept under.
public enum PasswordHash: Sendable, Hashable {
    case sha256, sha512

    /// The bytes of a digest.
    public var byteCount: Int { self == .sha256 ? 32 : 64 }

    private var method: OpaquePointer? { unsafe self == .sha256 ? EVP_sha256() : EVP_sha512() }

    /// The digest of bytes.
    public func digest(_ bytes: [UInt8]) throws(CryptoError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: byteCount)
        guard unsafe EVP_Digest(bytes, bytes.count, &result, nil, method, nil) == 1 else {
            throw CryptoError.fromLibrary(.encoding)
        }
        return result
    }

    /// The HMAC of bytes under a key.
    public func code(of bytes: [UInt8], key: [UInt8]) throws(CryptoError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: byteCount)
        guard let keyCount = Int32(exactly: key.count),
            unsafe lgsp_hmac(method, key, keyCount, bytes, bytes.count, &result) == 1
        else { throw CryptoError.fromLibrary(.encoding) }
        return result
    }

    /// PBKDF2 of a password, one digest long: RFC 5802's Hi.
    public func salted(_ password: [UInt8], salt: [UInt8], iterations: Int) throws(CryptoError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: byteCount)
        let text = password.map { CChar(bitPattern: $0) }
        guard let count = Int32(exactly: password.count), let saltCount = Int32(exactly: salt.count),
            let rounds = Int32(exactly: iterations), rounds > 0,
            unsafe PKCS5_PBKDF2_HMAC(
                text, count, salt, saltCount, rounds, method, Int32(byteCount), &result) == 1
        else { throw CryptoError.fromLibrary(.encoding) }
        return result
    }
}

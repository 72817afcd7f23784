// Random bytes from OpenSSL's generator and comparison in constant time: what keys, nonces and token
// checks need.

import COpenSSL

/// The cryptographic random generator.
public enum RandomBytes {
    /// New random bytes; `CryptoError` when the generator has no entropy.
    public static func make(count: Int) throws(CryptoError) -> [UInt8] {
        guard let length = Int32(exactly: count), length >= 0 else { throw CryptoError(.random, "byte count") }
        var bytes = [UInt8](repeating: 0, count: count)
        guard unsafe RAND_bytes(&bytes, length) == 1 else { throw CryptoError.fromLibrary(.random) }
        return bytes
    }
}

/// Comparison whose time depends on the lengths only.
public enum ConstantTime {
    /// Whether both hold the same bytes.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe CRYPTO_memcmp(left, right, left.count) == 0
    }
}

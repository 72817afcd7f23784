// Bytes in and out of OpenSSL's memory BIOs, with the BIO's life kept to one call.

import COpenSSL

/// Runs a writer against a new memory BIO and returns what it wrote.
func bytesWritten(
    _ kind: CryptoError.Kind, by write: (_ bio: OpaquePointer) -> Int32
) throws(CryptoError) -> [UInt8] {
    ERR_clear_error()
    guard let bio = unsafe BIO_new(BIO_s_mem()) else { throw CryptoError.fromLibrary(kind) }
    defer { unsafe BIO_free(bio) }
    guard unsafe write(bio) == 1 else { throw CryptoError.fromLibrary(kind) }
    return unsafe bytesHeld(by: bio)
}

/// What a memory BIO holds, copied; the BIO keeps it.
func bytesHeld(by bio: OpaquePointer) -> [UInt8] {
    var start: UnsafePointer<UInt8>?
    let count = unsafe lgsp_bio_bytes(bio, &start)
    guard let first = unsafe start, count > 0 else { return [] }
    return unsafe Array(UnsafeBufferPointer(start: first, count: count))
}

/// Runs a reader against a BIO that holds these bytes.
func withReader<Result>(
    _ bytes: [UInt8], _ kind: CryptoError.Kind, _ read: (_ bio: OpaquePointer) throws(CryptoError) -> Result
) throws(CryptoError) -> Result {
    ERR_clear_error()
    guard let count = Int32(exactly: bytes.count) else { throw CryptoError(kind, "over 2 GiB") }
    guard let bio = unsafe BIO_new(BIO_s_mem()) else { throw CryptoError.fromLibrary(kind) }
    defer { unsafe BIO_free(bio) }
    if count > 0 {
        guard unsafe BIO_write(bio, bytes, count) == count else { throw CryptoError.fromLibrary(kind) }
    }
    return try unsafe read(bio)
}

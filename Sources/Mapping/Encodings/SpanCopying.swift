// Copies spans into byte arrays in one stroke, and finds a byte as fast as the C library can.

#if canImport(Glibc)
    import Glibc
#endif

extension [UInt8] {
    /// Appends a span's bytes.
    mutating func append(_ bytes: Span<UInt8>) {
        // Safe because the buffer is only read inside the closure.
        unsafe bytes.withUnsafeBufferPointer { buffer in unsafe self.append(contentsOf: buffer) }
    }

    /// Appends a part of a span; the range must lie within it.
    mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        append(bytes.extracting(range))
    }
}

/// The place of the next byte of that value from `start` on; the count where there is none.
func indexOf(_ byte: UInt8, in bytes: borrowing [UInt8], from start: Int) -> Int {
    guard start < bytes.count else { return bytes.count }
    #if canImport(Glibc)
        let count = bytes.count
        // Safe because memchr reads only the `count - start` bytes behind the pointer, which lie in the buffer.
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let first = buffer.baseAddress,
                let found = unsafe memchr(first + start, Int32(byte), count - start)
            else { return count }
            return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(first)
        }
    #else
        var index = start
        while index < bytes.count, bytes[index] != byte { index += 1 }
        return index
    #endif
}

// Copies spans into byte arrays in one stroke.

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

// Integers in network order, read from and written to byte arrays and spans. Callers check the
// bounds; a violated bound is a bug and stops the program before any memory outside is touched.

extension Span where Element == UInt8 {
    /// The big-endian integer at `offset`; the caller has checked that it lies inside.
    @inlinable
    public func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: T.Type = T.self) -> T {
        precondition(offset >= 0 && offset <= count - MemoryLayout<T>.size, "read outside the span")
        return unsafe T(bigEndian: self.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self))
    }
}

extension Array where Element == UInt8 {
    /// The big-endian integer at `offset`; the caller has checked that it lies inside.
    @inlinable
    public func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: T.Type = T.self) -> T {
        self.span.bigEndian(at: offset, as: type)
    }

    /// Overwrites the bytes at `offset` with `value` in network order.
    @inlinable
    public mutating func setBigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
        precondition(offset >= 0 && offset <= count - MemoryLayout<T>.size, "write outside the array")
        unsafe self.withUnsafeMutableBytes { target in
            unsafe target.storeBytes(of: value.bigEndian, toByteOffset: offset, as: T.self)
        }
    }

    /// Appends `value` in network order.
    @inlinable
    public mutating func appendBigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        let start = count
        for _ in 0..<MemoryLayout<T>.size { append(0) }
        setBigEndian(value, at: start)
    }
}

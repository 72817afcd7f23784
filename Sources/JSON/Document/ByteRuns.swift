// How far a run of bytes of one kind goes, many bytes at a time and without a branch a byte: where a string ends is
// what a parser's time goes into, and what a processor cannot predict.

enum ByteRuns {
    /// Bit per byte of the 32 at `place` that ends a plain run of a string: quote, backslash, control character.
    @inline(__always)
    static func stringStops(_ place: UnsafeRawPointer) -> UInt32 {
        let one = unsafe stops(place.loadUnaligned(as: SIMD16<UInt8>.self))
        let two = unsafe stops(place.loadUnaligned(fromByteOffset: 16, as: SIMD16<UInt8>.self))
        return bits(one, two)
    }

    /// Only equalities: an unsigned comparison of byte vectors is compiled to a loop over their lanes.
    @inline(__always)
    private static func stops(_ bytes: SIMD16<UInt8>) -> SIMD2<UInt64> {
        let quote = bytes .== SIMD16<UInt8>(repeating: 0x22)
        let backslash = bytes .== SIMD16<UInt8>(repeating: 0x5C)
        let control = (bytes & SIMD16<UInt8>(repeating: 0xE0)) .== SIMD16<UInt8>(repeating: 0)
        let words = unsafe (
            unsafeBitCast(quote, to: SIMD2<UInt64>.self), unsafeBitCast(backslash, to: SIMD2<UInt64>.self),
            unsafeBitCast(control, to: SIMD2<UInt64>.self)
        )
        return words.0 | words.1 | words.2
    }

    /// Whether any of the first `count` of the 32 bytes at `place` is over 0x7F.
    @inline(__always)
    static func hasHigh(_ place: UnsafeRawPointer, count: Int) -> Bool {
        let (one, two) = unsafe (
            place.loadUnaligned(as: SIMD2<UInt64>.self), place.loadUnaligned(fromByteOffset: 16, as: SIMD2<UInt64>.self)
        )
        let any = one | two
        if (any[0] | any[1]) & 0x8080_8080_8080_8080 == 0 { return false }
        return count >= 32 || bits(one, two) & ((1 &<< UInt32(truncatingIfNeeded: count)) &- 1) != 0
    }

    /// The high bits of 32 bytes, the first byte's the lowest.
    @inline(__always)
    static func bits(_ first: SIMD2<UInt64>, _ second: SIMD2<UInt64>) -> UInt32 {
        bits(first[0]) | bits(first[1]) &<< 8 | bits(second[0]) &<< 16 | bits(second[1]) &<< 24
    }

    /// The high bits of eight bytes as the lowest eight bits, the first byte's the lowest.
    @inline(__always)
    private static func bits(_ word: UInt64) -> UInt32 {
        // Multiplying gathers the bits in the highest byte; no two of them meet.
        let ones = (word &>> 7) & 0x0101_0101_0101_0101
        return UInt32(truncatingIfNeeded: (ones &* 0x0102_0408_1020_4080) &>> 56)
    }

    /// How many of the 8 bytes at `place` are digits before the first that is none.
    @inline(__always)
    static func digits(_ place: UnsafeRawPointer) -> Int {
        let word = unsafe place.loadUnaligned(as: UInt64.self) ^ 0x3030_3030_3030_3030
        let others = ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080
        return others.trailingZeroBitCount &>> 3
    }
}

// How far a run of bytes of one kind goes, many bytes at a time and without a branch a byte: where a string ends is
// what a parser's time goes into, and what a processor cannot predict.

enum ByteRuns {
    /// Bit per byte of the 32 at `place` that ends a plain run of a string: quote, backslash, control character.
    /// Exact up to the first one: a borrow can only come out of a byte that stops.
    ///
    /// Whole-word arithmetic, because comparisons of byte vectors are compiled to a loop over their lanes.
    /// With it whether any of the 32 is over 0x7F.
    @inline(__always)
    static func stringStops(_ place: UnsafeRawPointer) -> (stops: UInt32, hasHigh: Bool) {
        let (one, two) = unsafe (
            place.loadUnaligned(as: SIMD2<UInt64>.self), place.loadUnaligned(fromByteOffset: 16, as: SIMD2<UInt64>.self)
        )
        let high = one | two
        return (bits(stops(one), stops(two)), (high[0] | high[1]) & 0x8080_8080_8080_8080 != 0)
    }

    /// The high bits of 32 bytes, the first byte's the lowest.
    @inline(__always)
    static func bits(_ first: SIMD2<UInt64>, _ second: SIMD2<UInt64>) -> UInt32 {
        bits(first[0]) | bits(first[1]) &<< 8 | bits(second[0]) &<< 16 | bits(second[1]) &<< 24
    }

    @inline(__always)
    private static func stops(_ words: SIMD2<UInt64>) -> SIMD2<UInt64> {
        let ones = SIMD2<UInt64>(repeating: 0x0101_0101_0101_0101)
        let quote = words ^ SIMD2(repeating: 0x2222_2222_2222_2222)
        let backslash = words ^ SIMD2(repeating: 0x5C5C_5C5C_5C5C_5C5C)
        return ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
            | ((words &- SIMD2(repeating: 0x2020_2020_2020_2020)) & ~words)
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

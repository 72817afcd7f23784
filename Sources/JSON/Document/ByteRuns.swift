// How far a run of bytes of one kind goes, many bytes at a time and without a branch a byte: where a string ends is
// what a parser's time goes into, and what a processor cannot predict.

enum ByteRuns {
    /// The first of the 32 bytes at `place` that ends a plain run of a string (quote, backslash, control character),
    /// or 32. The four words are chosen between without a branch.
    @inline(__always)
    static func firstStop(_ place: UnsafeRawPointer) -> Int {
        let one = unsafe stops(place.loadUnaligned(as: SIMD16<UInt8>.self))
        let two = unsafe stops(place.loadUnaligned(fromByteOffset: 16, as: SIMD16<UInt8>.self))
        let isFirst = one[0] | one[1] != 0
        let low = isFirst ? one[0] : two[0]
        let high = isFirst ? one[1] : two[1]
        let word = low != 0 ? low : high
        return (isFirst ? 0 : 16) &+ (low != 0 ? 0 : 8) &+ word.trailingZeroBitCount &>> 3
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

    /// Whether any of the first `count` of 32 bytes, 0 to 32, has its high bit set.
    @inline(__always)
    static func hasHigh(_ first: SIMD2<UInt64>, _ second: SIMD2<UInt64>, count: Int) -> Bool {
        let masks = unsafe UnsafeRawPointer(window.utf8Start) + (32 &- count)
        // Bit 6 of the window's bytes moved to bit 7, which is the one that counts.
        let any = unsafe first & (masks.loadUnaligned(as: SIMD2<UInt64>.self) &<< 1)
            | second & (masks.loadUnaligned(fromByteOffset: 16, as: SIMD2<UInt64>.self) &<< 1)
        return any[0] | any[1] != 0
    }

    @inline(__always)
    static func hasHigh(_ place: UnsafeRawPointer, count: Int) -> Bool {
        unsafe hasHigh(
            place.loadUnaligned(as: SIMD2<UInt64>.self), place.loadUnaligned(fromByteOffset: 16, as: SIMD2<UInt64>.self),
            count: count)
    }

    /// 32 bytes with bit 6 set, then 32 without: read from `32 - count` the first `count` bytes are marked.
    private static let window: StaticString =
        "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

    /// How many of the 8 bytes at `place` are digits before the first that is none.
    @inline(__always)
    static func digits(_ place: UnsafeRawPointer) -> Int {
        let word = unsafe place.loadUnaligned(as: UInt64.self) ^ 0x3030_3030_3030_3030
        let others = ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080
        return others.trailingZeroBitCount &>> 3
    }
}

// UTF-8 validity (Unicode 16, table 3-7) of a document's strings, sixteen bytes at a time.
// Vietnamese text is two- and three-byte characters between ASCII letters: the word test decides these
// without a branch per character, and hands what is rare (E0, ED, F0 and over, C0, C1) to the exact test.

enum TextCheck {
    /// The first byte of a string's inside, `start ..< end`, that is not UTF-8, or nil. The two bytes before it,
    /// where there are so many, and the one after it are ASCII, as around every string of a document.
    ///
    /// Safe because loads of a word reach from `place - 2` to `place + 31`, and the loop holds
    /// `2 <= place <= count - 32`.
    @inline(never)
    static func firstInvalid(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, count: Int) -> Int? {
        var place = start
        // Up to the closing quote: that is where a character that lacks bytes shows.
        while place <= end {
            guard place >= 2, place &+ 32 <= count else { return unsafe firstInvalidExactly(bytes, start, end) }
            let block = unsafe UnsafeRawPointer(bytes) + place
            if unsafe ByteRuns.hasHigh(suspicion(block), suspicion(block + 16), count: min(end &- place &+ 1, 32)) {
                return unsafe firstInvalidExactly(bytes, start, end)
            }
            place &+= 32
        }
        return nil
    }

    @inline(never)
    private static func firstInvalidExactly(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var place = start
        while place < end {
            let length = unsafe sequenceLength(bytes, place, end)
            if length == 0 { return place }
            place &+= length
        }
        return nil
    }

    /// Bytes set where a byte of sixteen breaks the rules or needs the exact test. Only equalities, for the reason
    /// given in ByteRuns.
    @inline(__always)
    private static func suspicion(_ at: UnsafeRawPointer) -> SIMD2<UInt64> {
        let bytes = unsafe at.loadUnaligned(as: SIMD16<UInt8>.self)
        let one = unsafe (at - 1).loadUnaligned(as: SIMD16<UInt8>.self)
        let two = unsafe (at - 2).loadUnaligned(as: SIMD16<UInt8>.self)
        // What follows a lead byte, or the lead of three, continues a character, and nothing else does.
        let continues = equal(bytes & SIMD16(repeating: 0xC0), 0x80)
        let expected = equal(one & SIMD16(repeating: 0xC0), 0xC0) | equal(two & SIMD16(repeating: 0xE0), 0xE0)
        let isLong = equal(bytes & SIMD16(repeating: 0xF0), 0xF0)
        let isOverlong = equal(bytes & SIMD16(repeating: 0xFE), 0xC0)
        return (continues ^ expected) | isLong | isOverlong | equal(bytes, 0xE0) | equal(bytes, 0xED)
    }

    /// All bits of the bytes that are `byte`.
    @inline(__always)
    private static func equal(_ bytes: SIMD16<UInt8>, _ byte: UInt8) -> SIMD2<UInt64> {
        unsafe unsafeBitCast(bytes .== SIMD16<UInt8>(repeating: byte), to: SIMD2<UInt64>.self)
    }

    /// The length of the well-formed character at `place`, or 0.
    @inline(__always)
    static func sequenceLength(_ bytes: UnsafePointer<UInt8>, _ place: Int, _ count: Int) -> Int {
        let lead = unsafe bytes[place]
        if lead < 0x80 { return 1 }
        if lead < 0xC2 || lead > 0xF4 || place &+ 1 >= count { return 0 }
        let second = unsafe bytes[place &+ 1]
        if lead < 0xE0 { return second & 0xC0 == 0x80 ? 2 : 0 }
        let lowest: UInt8 = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80
        let highest: UInt8 = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF
        if second < lowest || second > highest || place &+ 2 >= count { return 0 }
        if unsafe bytes[place &+ 2] & 0xC0 != 0x80 { return 0 }
        if lead < 0xF0 { return 3 }
        return unsafe place &+ 3 < count && bytes[place &+ 3] & 0xC0 == 0x80 ? 4 : 0
    }
}

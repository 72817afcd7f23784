// UTF-8 validity (Unicode 16, table 3-7) of a document's strings, sixteen bytes at a time.
// Vietnamese text is two- and three-byte characters between ASCII letters: the word test decides these
// without a branch per character, and hands what is rare (E0, ED, F0 and over, C0, C1) to the exact test.

enum TextCheck {
    /// The first byte of a string's inside, `start ..< end`, that is not UTF-8, or nil. The three bytes before it,
    /// where there are so many, and the one after it are ASCII, as around every string of a document.
    ///
    /// Safe because loads of a word reach from `place - 3` to `place + 31`, and the loop holds
    /// `3 <= place <= count - 32`.
    @inline(never)
    static func firstInvalid(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, count: Int) -> Int? {
        var place = start
        // Up to the closing quote: that is where a character that lacks bytes shows.
        while place <= end {
            guard place >= 3, place &+ 32 <= count else { return unsafe firstInvalidExactly(bytes, start, end) }
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

    @inline(__always)
    private static func words(_ at: UnsafeRawPointer) -> SIMD2<UInt64> {
        unsafe at.loadUnaligned(as: SIMD2<UInt64>.self)
    }

    /// High bits set where a byte of two words breaks the rules or needs the exact test.
    @inline(__always)
    private static func suspicion(_ at: UnsafeRawPointer) -> SIMD2<UInt64> {
        let word = unsafe words(at)
        let one = unsafe words(at - 1)
        let two = unsafe words(at - 2)
        let three = unsafe words(at - 3)
        // Shifting a word left moves a byte's lower bit under its highest; the mask drops what crossed over.
        let (word1, word2, word3, word4) = (word &<< 1, word &<< 2, word &<< 3, word &<< 4)
        let (word5, word6, word7) = (word &<< 5, word &<< 6, word &<< 7)
        let continuation = word & ~word1
        let lead = word & word1
        let twoLead = two & (two &<< 1)
        let threeLead = three & (three &<< 1) & (three &<< 2)
        let expected = (one & (one &<< 1)) | (twoLead & (two &<< 2)) | (threeLead & (three &<< 3))
        let threeByte = lead & word2
        let lowBits = word4 | word5 | word6 | word7
        // F0 and over; E0 (no low bit set); ED (1101); C0 and C1 (only the lowest bit may be set).
        let fourByte = threeByte & word3
        let plainE0 = threeByte & ~lowBits
        let surrogateED = threeByte & word4 & word5 & ~word6 & word7
        let overlong = lead & ~(word2 | word3 | word4 | word5 | word6)
        return (continuation ^ expected) | fourByte | plainE0 | surrogateED | overlong
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

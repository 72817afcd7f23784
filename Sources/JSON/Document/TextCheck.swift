// UTF-8 validity (Unicode 16, table 3-7) of a whole document before it is parsed, eight bytes at a time.
// Vietnamese text is two- and three-byte characters between ASCII letters: the word test decides these
// without a branch per character, and hands what is rare (E0, ED, F0 and over, C0, C1) to the exact test.

enum TextCheck {
    private static let high: UInt64 = 0x8080_8080_8080_8080

    /// The first byte that is not UTF-8, or nil.
    ///
    /// Safe because loads of a word reach from `place - 3` to `place + 7`, and the loop holds
    /// `3 <= place <= count - 32`.
    static func firstInvalid(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int? {
        let raw = unsafe UnsafeRawPointer(bytes)
        var place = 0
        // The exact test starts the document so that the word test can look three bytes back.
        while place < min(count, 3) {
            let length = unsafe sequenceLength(bytes, place, count)
            if length == 0 { return place }
            place &+= length
        }
        while place &+ 32 <= count {
            var any: UInt64 = 0
            var offset = 0
            while offset < 32 {
                any |= unsafe raw.loadUnaligned(fromByteOffset: place &+ offset, as: UInt64.self)
                offset &+= 8
            }
            // A character that began before this block can only matter if one of the last three bytes is high.
            let before = unsafe bytes[place &- 1] | bytes[place &- 2] | bytes[place &- 3]
            if any & high == 0 && before < 0x80 {
                place &+= 32
                continue
            }
            var suspicion: UInt64 = 0
            offset = 0
            while offset < 32 {
                suspicion |= unsafe suspicionOfWord(raw + (place &+ offset))
                offset &+= 8
            }
            if suspicion & high == 0 {
                place &+= 32
                continue
            }
            // Exactly, from the start of the character the block begins in, to past the block.
            var exact = unsafe characterStart(bytes, place)
            let end = place &+ 32
            while exact < end {
                let length = unsafe sequenceLength(bytes, exact, count)
                if length == 0 { return exact }
                exact &+= length
            }
            place = exact
        }
        // The last block may have ended within a character.
        place = unsafe characterStart(bytes, place)
        while place < count {
            let length = unsafe sequenceLength(bytes, place, count)
            if length == 0 { return place }
            place &+= length
        }
        return nil
    }

    /// Where the character that may reach over `place` begins: the last lead byte of the three before it.
    @inline(__always)
    private static func characterStart(_ bytes: UnsafePointer<UInt8>, _ place: Int) -> Int {
        var back = 1
        while back <= 3, back <= place {
            let byte = unsafe bytes[place &- back]
            if byte >= 0xC0 { return place &- back }
            if byte < 0x80 { return place }
            back &+= 1
        }
        return place
    }

    /// High bits set where a byte of the word breaks the rules or needs the exact test.
    @inline(__always)
    private static func suspicionOfWord(_ at: UnsafeRawPointer) -> UInt64 {
        let word = unsafe at.loadUnaligned(as: UInt64.self)
        let one = unsafe (at - 1).loadUnaligned(as: UInt64.self)
        let two = unsafe (at - 2).loadUnaligned(as: UInt64.self)
        let three = unsafe (at - 3).loadUnaligned(as: UInt64.self)
        // Shifting a word left moves a byte's lower bit under its highest; the mask drops what crossed over.
        let continuation = word & ~(word << 1)
        let lead = word & (word << 1)
        let expected =
            (one & (one << 1)) | (two & (two << 1) & (two << 2)) | (three & (three << 1) & (three << 2) & (three << 3))
        let threeByte = lead & (word << 2)
        let lowBits = (word << 4) | (word << 5) | (word << 6) | (word << 7)
        // F0 and over; E0 (no low bit set); ED (1101); C0 and C1 (only the lowest bit may be set).
        let fourByte = threeByte & (word << 3)
        let plainE0 = threeByte & ~lowBits
        let surrogateED = threeByte & (word << 4) & (word << 5) & ~(word << 6) & (word << 7)
        let overlong = lead & ~((word << 2) | (word << 3) | (word << 4) | (word << 5) | (word << 6))
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

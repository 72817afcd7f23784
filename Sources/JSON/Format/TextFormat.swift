// UUIDs (RFC 4122) and the two kinds of JSON Pointer (RFC 6901 and its relative extension).

enum TextFormat {
    static func copy(_ text: Span<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for place in text.indices { bytes.append(text[place]) }
        return bytes
    }

    static func isUUID(_ text: Span<UInt8>) -> Bool {
        guard text.count == 36, text[8] == 0x2D, text[13] == 0x2D, text[18] == 0x2D, text[23] == 0x2D else {
            return false
        }
        return areHexadecimal(text, 0, 8) && areHexadecimal(text, 9, 13) && areHexadecimal(text, 14, 18)
            && areHexadecimal(text, 19, 23) && areHexadecimal(text, 24, 36)
    }

    @inline(__always)
    private static func areHexadecimal(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        var others: UInt8 = 0
        for place in start..<end {
            let byte = text[place]
            // One of the two differences is in its range, or a bit of `others` is set.
            let isDigit: UInt8 = byte &- 0x30 < 10 ? 1 : 0
            let isLetter: UInt8 = (byte | 0x20) &- 0x61 < 6 ? 1 : 0
            others |= 1 ^ (isDigit | isLetter)
        }
        return others == 0
    }

    static func isPointer(_ text: Span<UInt8>, _ start: Int) -> Bool {
        if start == text.count { return true }
        guard text[start] == 0x2F else { return false }
        for place in start..<text.count where text[place] == 0x7E {
            guard place + 1 < text.count, text[place + 1] == 0x30 || text[place + 1] == 0x31 else { return false }
        }
        return true
    }

    /// A number without leading zeros, then `#` or a pointer.
    static func isRelativePointer(_ text: Span<UInt8>) -> Bool {
        var place = 0
        while place < text.count, ASCII.isDigit(text[place]) { place += 1 }
        guard place > 0, place == 1 || text[0] != 0x30 else { return false }
        if place + 1 == text.count, text[place] == 0x23 { return true }
        return isPointer(text, place)
    }
}

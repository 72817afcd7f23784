// UUIDs (RFC 4122) and the two kinds of JSON Pointer (RFC 6901 and its relative extension).

enum TextFormat {
    static func copy(_ text: Span<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for place in text.indices { bytes.append(text[place]) }
        return bytes
    }

    static func isUUID(_ text: Span<UInt8>) -> Bool {
        guard text.count == 36 else { return false }
        for place in text.indices {
            switch place {
            case 8, 13, 18, 23: if text[place] != 0x2D { return false }
            default: if !ASCII.isHexadecimal(text[place]) { return false }
            }
        }
        return true
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

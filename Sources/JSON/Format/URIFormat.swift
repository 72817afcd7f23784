// URIs and IRIs (RFC 3986, RFC 3987) and URI templates (RFC 6570).

enum URIFormat {
    static func isURI(_ text: Span<UInt8>, absolute: Bool, international: Bool) -> Bool {
        var place = 0
        let schemeEnd = scheme(text)
        if schemeEnd > 0 { place = schemeEnd } else if absolute { return false }
        if place + 1 < text.count, text[place] == 0x2F, text[place + 1] == 0x2F {
            var end = place + 2
            while end < text.count, !ASCII.contains("/?#", text[end]) { end += 1 }
            guard isAuthority(text, place + 2..<end, international) else { return false }
            place = end
        } else if schemeEnd == 0 {
            // A relative path's first segment has no colon: it would read as a scheme.
            var end = place
            while end < text.count, !ASCII.contains("/?#", text[end]) {
                if text[end] == 0x3A { return false }
                end += 1
            }
        }
        var hasFragment = false
        var inQuery = false
        while place < text.count {
            let byte = text[place]
            if byte == 0x23 {
                if hasFragment { return false }
                hasFragment = true
                inQuery = false
                place += 1
            } else if byte == 0x3F {
                // In the fragment, and from the second on, a question mark is a character like others.
                if !hasFragment { inQuery = true }
                place += 1
            } else {
                guard let next = character(text, place, extra: "/:@", international, inQuery: inQuery) else {
                    return false
                }
                place = next
            }
        }
        return true
    }

    /// The place after the scheme's colon, or 0.
    private static func scheme(_ text: Span<UInt8>) -> Int {
        guard text.count > 1, ASCII.isLetter(text[0]) else { return 0 }
        for place in text.indices {
            let byte = text[place]
            if byte == 0x3A { return place + 1 }
            guard ASCII.isLetter(byte) || ASCII.isDigit(byte) || ASCII.contains("+-.", byte) else { return 0 }
        }
        return 0
    }

    private static func isAuthority(_ text: Span<UInt8>, _ range: Range<Int>, _ international: Bool) -> Bool {
        var hostStart = range.lowerBound
        if let at = range.first(where: { text[$0] == 0x40 }) {
            var place = range.lowerBound
            while place < at {
                guard let next = character(text, place, extra: ":", international) else { return false }
                place = next
            }
            hostStart = at + 1
        }
        var place = hostStart
        if place < range.upperBound, text[place] == 0x5B {
            guard let close = (place..<range.upperBound).first(where: { text[$0] == 0x5D }) else { return false }
            guard isAddress(text, place + 1..<close) else { return false }
            place = close + 1
        } else {
            while place < range.upperBound, text[place] != 0x3A {
                guard let next = character(text, place, extra: "", international) else { return false }
                place = next
            }
        }
        if place == range.upperBound { return true }
        guard text[place] == 0x3A else { return false }
        return (place + 1..<range.upperBound).allSatisfy { ASCII.isDigit(text[$0]) }
    }

    private static func isAddress(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard let first = range.first, text[first] | 0x20 == 0x76 else { return NetworkFormat.isIPv6(text, range) }
        // IPvFuture: v, hexadecimal digits, a dot, at least one character.
        guard let dot = range.first(where: { text[$0] == 0x2E }), dot > first + 1, dot + 1 < range.upperBound else {
            return false
        }
        return (first + 1..<dot).allSatisfy { ASCII.isHexadecimal(text[$0]) }
            && (dot + 1..<range.upperBound).allSatisfy { character(text, $0, extra: ":", false) == $0 + 1 }
    }

    /// The place after an unreserved, percent-encoded, sub-delimiter or `extra` character; nil for others.
    private static func character(
        _ text: Span<UInt8>, _ place: Int, extra: StaticString, _ international: Bool, inQuery: Bool = false
    ) -> Int? {
        let byte = text[place]
        if ASCII.isLetter(byte) || ASCII.isDigit(byte) || ASCII.contains("-._~!$&'()*+,;=", byte)
            || ASCII.contains(extra, byte)
        {
            return place + 1
        }
        if byte == 0x25 {
            guard place + 2 < text.count, ASCII.isHexadecimal(text[place + 1]), ASCII.isHexadecimal(text[place + 2])
            else { return nil }
            return place + 3
        }
        guard byte >= 0x80, international else { return nil }
        var next = place
        let scalar = CodePoints.next(text, &next)
        // Private use code points may stand in a query (the only part that takes them).
        return isCharacter(scalar) || inQuery && isPrivate(scalar) ? next : nil
    }

    /// `ucschar` of RFC 3987.
    private static func isCharacter(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF: true
        case 0x10000...0xDFFFF: scalar & 0xFFFF < 0xFFFE
        case 0xE1000...0xEFFFD: true
        default: false
        }
    }

    /// `iprivate` of RFC 3987.
    private static func isPrivate(_ scalar: UInt32) -> Bool {
        (0xE000...0xF8FF).contains(scalar) || scalar >= 0xF0000 && scalar & 0xFFFF < 0xFFFE
    }

    // MARK: Templates

    static func isTemplate(_ text: Span<UInt8>) -> Bool {
        var place = 0
        while place < text.count {
            let byte = text[place]
            if byte == 0x7B {
                guard let close = (place..<text.count).first(where: { text[$0] == 0x7D }) else { return false }
                guard isExpression(text, place + 1..<close) else { return false }
                place = close + 1
            } else if byte == 0x25 {
                guard place + 2 < text.count, ASCII.isHexadecimal(text[place + 1]), ASCII.isHexadecimal(text[place + 2])
                else { return false }
                place += 3
            } else {
                if byte <= 0x20 || byte == 0x7F || ASCII.contains("\"<>\\^`|}", byte) { return false }
                let scalar = CodePoints.next(text, &place)
                if scalar >= 0x80, !isCharacter(scalar), !isPrivate(scalar) { return false }
            }
        }
        return true
    }

    /// An operator, then variables between commas, each with `:length` or `*`.
    private static func isExpression(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var place = range.lowerBound
        if place < range.upperBound, ASCII.contains("+#./;?&=,!@|", text[place]) { place += 1 }
        if place == range.upperBound { return false }
        while true {
            let first = place
            while place < range.upperBound {
                let byte = text[place]
                if byte == 0x25 {
                    guard place + 2 < range.upperBound, ASCII.isHexadecimal(text[place + 1]),
                        ASCII.isHexadecimal(text[place + 2])
                    else { return false }
                    place += 3
                } else if ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == 0x5F
                    || byte == 0x2E && place > first && text[place - 1] != 0x2E
                {
                    place += 1
                } else {
                    break
                }
            }
            if place == first || text[place - 1] == 0x2E { return false }
            if place < range.upperBound, text[place] == 0x2A {
                place += 1
            } else if place < range.upperBound, text[place] == 0x3A {
                let digits = place + 1
                place = digits
                while place < range.upperBound, ASCII.isDigit(text[place]) { place += 1 }
                guard place > digits, place - digits <= 4, text[digits] != 0x30 else { return false }
            }
            if place == range.upperBound { return true }
            guard text[place] == 0x2C else { return false }
            place += 1
        }
    }
}

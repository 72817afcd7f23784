// Hosts, addresses and mailboxes: RFC 1123, RFC 2673, RFC 4291, RFC 5321, RFC 6531.

enum NetworkFormat {
    /// Labels of letters, digits and inner hyphens, 63 bytes at most, 253 in all.
    static func isHostname(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty, range.count <= 253 else { return false }
        var start = range.lowerBound
        var isInternational = false
        while true {
            var end = start
            var others: UInt64 = 0
            while end < range.upperBound, text[end] != 0x2E {
                others |= ~AddressCharacters.host.bit(text[end])
                end += 1
            }
            guard others & 1 == 0, end > start, end - start <= 63, text[start] != 0x2D, text[end - 1] != 0x2D else { return false }
            if end - start >= 4, text[start + 2] == 0x2D, text[start + 3] == 0x2D {
                // Only the prefix of internationalised labels may have hyphens there (RFC 5891 §4.2.3.1).
                guard text[start] | 0x20 == 0x78, text[start + 1] | 0x20 == 0x6E,
                    HostnameIDN.isPunycodeLabel(text, start + 4..<end)
                else { return false }
                isInternational = true
            }
            if end == range.upperBound { return !isInternational || HostnameIDN.followBidiRule(text, range) }
            start = end + 1
        }
    }

    /// Four numbers from 0 to 255 without leading zeros.
    static func isIPv4(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var place = range.lowerBound
        for part in 0..<4 {
            let first = place
            var value = 0
            while place < range.upperBound, place - first < 4, ASCII.isDigit(text[place]) {
                value = value * 10 + Int(text[place] - 0x30)
                place += 1
            }
            let digits = place - first
            guard digits >= 1, digits <= 3, value <= 255, digits == 1 || text[first] != 0x30 else { return false }
            if part == 3 { return place == range.upperBound }
            guard place < range.upperBound, text[place] == 0x2E else { return false }
            place += 1
        }
        return false
    }

    /// Eight groups of one to four hexadecimal digits, one run of zeros as `::`, the last two as IPv4.
    static func isIPv6(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var place = range.lowerBound
        var groups = 0
        var isShortened = false
        func isColon(_ place: Int) -> Bool { place < range.upperBound && text[place] == 0x3A }
        if isColon(place) {
            guard isColon(place + 1) else { return false }
            isShortened = true
            place += 2
        }
        while place < range.upperBound {
            let first = place
            while place < range.upperBound, ASCII.isHexadecimal(text[place]) { place += 1 }
            if place < range.upperBound, text[place] == 0x2E {
                guard isIPv4(text, first..<range.upperBound) else { return false }
                groups += 2
                place = range.upperBound
                break
            }
            guard place - first >= 1, place - first <= 4 else { return false }
            groups += 1
            if place == range.upperBound { break }
            guard isColon(place) else { return false }
            place += 1
            if isColon(place) {
                if isShortened { return false }
                isShortened = true
                place += 1
            } else if place == range.upperBound {
                return false
            }
        }
        return isShortened ? groups < 8 : groups == 8
    }

    /// A mailbox: dot-atom or quoted string, then a host name or an address literal.
    static func isEmail(_ text: Span<UInt8>, international: Bool) -> Bool {
        var at = -1
        var place = text.count - 1
        while place >= 0 {
            if text[place] == 0x40 {
                at = place
                break
            }
            place -= 1
        }
        guard at > 0, at + 1 < text.count, at <= 64 || international, isLocalPart(text, at, international) else {
            return false
        }
        let host = at + 1..<text.count
        if text[host.lowerBound] == 0x5B {
            guard text[text.count - 1] == 0x5D, host.count > 2 else { return false }
            let inner = host.lowerBound + 1..<text.count - 1
            if inner.count > 5, text[inner.lowerBound] | 0x20 == 0x69, text[inner.lowerBound + 1] | 0x20 == 0x70,
                text[inner.lowerBound + 2] | 0x20 == 0x76, text[inner.lowerBound + 3] == 0x36,
                text[inner.lowerBound + 4] == 0x3A
            {
                return isIPv6(text, inner.lowerBound + 5..<inner.upperBound)
            }
            return isIPv4(text, inner)
        }
        return isHostname(text, host) || international && HostnameIDN.isHostname(text.extracting(host))
    }

    private static func isLocalPart(_ text: Span<UInt8>, _ end: Int, _ international: Bool) -> Bool {
        if text[0] == 0x22 {
            guard end >= 2, text[end - 1] == 0x22 else { return false }
            var place = 1
            while place < end - 1 {
                let byte = text[place]
                if byte == 0x5C {
                    place += 1
                    guard place < end - 1, text[place] >= 0x20, text[place] < 0x7F else { return false }
                } else if byte == 0x22 || byte < 0x20 || byte == 0x7F || byte >= 0x80 && !international {
                    return false
                }
                place += 1
            }
            return true
        }
        // Without a branch per character: none of them can be predicted.
        var wasDot: UInt64 = 1
        var bad: UInt64 = 0
        for place in 0..<end {
            let byte = text[place]
            let isDot: UInt64 = byte == 0x2E ? 1 : 0
            let isOther: UInt64 = international ? UInt64(byte >> 7) : 0
            bad |= (isDot & wasDot) | ~(isDot | isOther | AddressCharacters.atom.bit(byte))
            wasDot = isDot
        }
        return (bad | wasDot) & 1 == 0
    }
}

/// A set of ASCII characters as two words.
struct AddressCharacters {
    private let low: UInt64
    private let high: UInt64

    /// Bit 0 says whether the byte is one of them; the other bits mean nothing.
    @inline(__always)
    func bit(_ byte: UInt8) -> UInt64 {
        let word = byte & 0x40 == 0 ? low : high
        return (word &>> UInt64(byte & 0x3F)) & UInt64(1 ^ byte >> 7)
    }

    /// Letters, digits and `-`.
    static let host = AddressCharacters(low: 0x03FF_2000_0000_0000, high: 0x07FF_FFFE_07FF_FFFE)
    /// RFC 5321's atext: letters, digits and ``!#$%&'*+-/=?^_`{|}~``.
    static let atom = AddressCharacters(low: 0xA3FF_ACFA_0000_0000, high: 0x7FFF_FFFF_C7FF_FFFE)
}

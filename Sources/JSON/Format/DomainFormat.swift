// The formats of this hub's own vocabulary (Docs/vocabulary.md): identifiers of Vietnamese administration as they are
// written in records. They say whether a text is written right, never whether there is such a person or plate.

enum DomainFormat {
    /// Codes of the provinces of birth registration, the first three digits of a citizen number: the bit of each.
    private static let provinces: [Bool] = {
        var provinces = [Bool](repeating: false, count: 100)
        for code in [
            1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44,
            45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89,
            91, 92, 93, 94, 95, 96,
        ] { provinces[code] = true }
        return provinces
    }()

    private static func areDigits(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        range.upperBound <= text.count && range.allSatisfy { ASCII.isDigit(text[$0]) }
    }

    private static func isCapital(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

    /// Twelve digits, the first three a province's.
    static func isCitizenNumber(_ text: Span<UInt8>) -> Bool {
        guard text.count == 12, areDigits(text, 0..<12), text[0] == 0x30 else { return false }
        return provinces[Int(text[1] &- 0x30) * 10 + Int(text[2] &- 0x30)]
    }

    /// Agency code, day of receipt as yymmdd, serial of four to six digits, between hyphens.
    static func isDossierNumber(_ text: Span<UInt8>) -> Bool {
        guard let agencyEnd = text.indices.first(where: { text[$0] == 0x2D }), isAgency(text, agencyEnd),
            text.count >= agencyEnd + 12, text.count <= agencyEnd + 14, text[agencyEnd + 7] == 0x2D,
            areDigits(text, agencyEnd + 1..<agencyEnd + 7), areDigits(text, agencyEnd + 8..<text.count)
        else { return false }
        let day: [UInt8] = [0x32, 0x30, text[agencyEnd + 1], text[agencyEnd + 2], 0x2D, text[agencyEnd + 3],
            text[agencyEnd + 4], 0x2D, text[agencyEnd + 5], text[agencyEnd + 6]]
        return DateFormat.isDate(day.span, 0)
    }

    /// `H08`, `H08.11`, `G15.3`, or the older `000.00.11.H08`.
    private static func isAgency(_ text: Span<UInt8>, _ end: Int) -> Bool {
        if end == 13, text[3] == 0x2E, text[6] == 0x2E, text[9] == 0x2E, text[10] == 0x48 {
            return areDigits(text, 0..<3) && areDigits(text, 4..<6) && areDigits(text, 7..<9) && areDigits(text, 11..<13)
        }
        guard end >= 3, text[0] == 0x48 || text[0] == 0x47, areDigits(text, 1..<3) else { return false }
        var place = 3
        while place < end {
            guard text[place] == 0x2E, place + 1 < end, ASCII.isDigit(text[place + 1]) else { return false }
            place += 1
            while place < end, ASCII.isDigit(text[place]) { place += 1 }
        }
        return true
    }

    /// A province (2 digits), district (3) or commune (5).
    static func isAdministrativeUnit(_ text: Span<UInt8>, _ end: Int) -> Bool {
        (end == 2 || end == 3 || end == 5) && areDigits(text, 0..<end)
    }

    /// A unit's code and the day on which it is meant, for codes are given anew: `21583@2024-06-01`. There are no
    /// districts from 2025-07-01.
    static func isAdministrativeUnitAtDate(_ text: Span<UInt8>) -> Bool {
        let end = text.count - 11
        guard end > 0, text[end] == 0x40, isAdministrativeUnit(text, end), DateFormat.isDate(text, end + 1) else {
            return false
        }
        if end != 3 { return true }
        let limit: StaticString = "2025-07-01"
        return limit.withUTF8Buffer { buffer in
            for place in 0..<10 {
                let (byte, other) = unsafe (text[end + 1 + place], buffer[place])
                if byte != other { return byte < other }
            }
            return false
        }
    }

    /// Province, series of one or two letters and perhaps a digit, four or five digits: `77A-123.45`, `77-H1 123.45`,
    /// `77F1-1234`.
    static func isVehiclePlate(_ text: Span<UInt8>) -> Bool {
        guard areDigits(text, 0..<2), text[0] != 0x30, !(text[0] == 0x31 && text[1] == 0x30) else { return false }
        func at(_ place: Int) -> UInt8 { place < text.count ? text[place] : 0 }
        var place = at(2) == 0x2D ? 3 : 2
        let isSplit = place == 3
        guard isCapital(at(place)) else { return false }
        place += 1
        if isCapital(at(place)) { place += 1 }
        let separator: UInt8 = isSplit ? 0x20 : 0x2D
        // A digit belongs to the series where the separator follows it, or where six digits are left.
        if ASCII.isDigit(at(place)) {
            let digits = (place..<text.count).count { ASCII.isDigit(text[$0]) }
            if at(place + 1) == separator || digits == 6 { place += 1 }
        }
        if at(place) == separator { place += 1 } else if isSplit { return false }
        if areDigits(text, place..<place + 3), at(place + 3) == 0x2E {
            return text.count == place + 6 && areDigits(text, place + 4..<place + 6)
        }
        return (text.count - place == 4 || text.count - place == 5) && areDigits(text, place..<text.count)
    }

    /// Fifteen characters: two letters, benefit level 1 to 5, province and social insurance number; or that number
    /// alone, ten digits, as on new cards.
    static func isHealthCard(_ text: Span<UInt8>) -> Bool {
        if text.count == 10 { return areDigits(text, 0..<10) }
        return text.count == 15 && isCapital(text[0]) && isCapital(text[1]) && text[2] >= 0x31 && text[2] <= 0x35
            && areDigits(text, 3..<15)
    }

    /// What a field may be shown to whom by.
    static func isDataClass(_ text: Span<UInt8>) -> Bool {
        ["public", "personal", "sensitive"].contains { name in
            name.utf8.count == text.count && zip(name.utf8, text.indices).allSatisfy { $0 == text[$1] }
        }
    }

    /// A title for people: composed letters, no control characters, no space at its ends, 200 characters at most.
    static func isVietnameseTitle(_ text: Span<UInt8>) -> Bool {
        guard text.count > 0, text[0] != 0x20, text[text.count - 1] != 0x20 else { return false }
        var place = 0
        var count = 0
        while place < text.count {
            let scalar = CodePoints.next(text, &place)
            // Combining marks stand for a letter that was not composed.
            if scalar < 0x20 || (0x7F...0x9F).contains(scalar) || (0x300...0x36F).contains(scalar) { return false }
            count += 1
        }
        return count <= 200
    }
}

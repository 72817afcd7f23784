// Identity paper numbers: what kind a text is, and whether a citizen number agrees with the person it stands
// beside. Structure of the twelve digits: three of the province of birth registration, one of century and
// sex, two of the birth year, six random. There is no check digit, so a disagreement is a quality issue.

/// Which paper a number belongs to.
enum IdentityKind: Sendable, Equatable {
    case citizen
    /// The nine digits of the old identity card.
    case old
    /// One capital letter and seven digits.
    case passport
}

/// A number as read: its kind and its characters without spaces.
struct IdentityNumber {
    private(set) var characters: [UInt8] = []
    private(set) var kind: IdentityKind = .citizen
    /// Whether a leading zero that a spreadsheet had dropped was put back.
    private(set) var isRestored = false

    init() { characters.reserveCapacity(16) }

    /// Reads a trimmed text; false where it has no shape of an identity number.
    mutating func read(_ text: Span<UInt8>, restoringZero: Bool) -> Bool {
        characters.removeAll(keepingCapacity: true)
        isRestored = false
        for place in 0..<text.count where text[place] != 0x20 {
            if characters.count == 15 { return false }
            characters.append(text[place])
        }
        guard let first = characters.first else { return false }
        if first >= 0x41, first <= 0x5a {
            kind = .passport
            return characters.count == 8 && characters.dropFirst().allSatisfy(isDigit)
        }
        guard characters.allSatisfy(isDigit) else { return false }
        if restoringZero, characters.count == 11 || characters.count == 8 {
            characters.insert(0x30, at: 0)
            isRestored = true
        }
        switch characters.count {
        case 12: kind = .citizen
        case 9: kind = .old
        default: return false
        }
        return true
    }

    /// Whether the first three digits are a province's.
    var hasKnownPrefix: Bool {
        let number = Int(characters[0] - 0x30) * 100 + Int(characters[1] - 0x30) * 10 + Int(characters[2] - 0x30)
        return number < 100 && IdentityNumber.provinces.contains(number)
    }

    /// Whether the fourth digit says male.
    var saysMale: Bool { (characters[3] - 0x30) % 2 == 0 }

    /// The birth year that digits four to six say.
    var birthYear: Int {
        1900 + Int(characters[3] - 0x30) / 2 * 100 + Int(characters[4] - 0x30) * 10 + Int(characters[5] - 0x30)
    }

    /// The codes of the 63 provinces in which numbers were issued; mergers do not change a number.
    private static let provinces: Set<Int> = [
        1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44,
        45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89,
        91, 92, 93, 94, 95, 96,
    ]
}

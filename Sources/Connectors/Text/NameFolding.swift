// Comparing names between systems: upper and lower case, composed and decomposed letters, repeated spaces and
// the two places of a tone mark ("HÒA" and "HOÀ") stand for the same name. Letters and tones themselves never
// fold: "Hoa" and "Hóa" are different people.

/// A name's form for comparison.
public enum NameFolding {
    /// Rows of a vowel without a tone, then with grave, acute, hook above, tilde and dot below.
    private static let rows = [
        "aàáảãạ", "ăằắẳẵặ", "âầấẩẫậ", "eèéẻẽẹ", "êềếểễệ", "iìíỉĩị", "oòóỏõọ", "ôồốổỗộ", "ơờớởỡợ", "uùúủũụ", "ưừứửữự",
        "yỳýỷỹỵ",
    ]

    private static let letters: [Unicode.Scalar: (base: Unicode.Scalar, tone: UInt8)] = {
        var table: [Unicode.Scalar: (base: Unicode.Scalar, tone: UInt8)] = [:]
        for row in rows {
            guard let base = row.unicodeScalars.first else { continue }
            for (tone, scalar) in row.unicodeScalars.enumerated() { table[scalar] = (base, UInt8(tone)) }
        }
        return table
    }()

    /// Combining tone marks, in the order of the rows.
    private static func tone(of scalar: Unicode.Scalar) -> UInt8? {
        switch scalar.value {
        case 0x0300, 0x0340: 1
        case 0x0301, 0x0341: 2
        case 0x0309: 3
        case 0x0303: 4
        case 0x0323: 5
        default: nil
        }
    }

    /// The letter that a combining circumflex, breve or horn makes of a base letter.
    private static func marked(_ base: Unicode.Scalar, by mark: Unicode.Scalar) -> Unicode.Scalar? {
        switch (mark.value, base) {
        case (0x0302, "a"): "â"
        case (0x0302, "e"): "ê"
        case (0x0302, "o"): "ô"
        case (0x0306, "a"): "ă"
        case (0x031b, "o"): "ơ"
        case (0x031b, "u"): "ư"
        default: nil
        }
    }

    /// The folded name as bytes: lower-case letters of each word, then the word's tones in order.
    public static func fold(_ name: String) -> [UInt8] {
        var result = String.UnicodeScalarView()
        var tones: [UInt8] = []
        func endWord() {
            // Tones are written as digits behind their word: where in the word they stood no longer shows.
            for tone in tones { result.append(Unicode.Scalar(0x30 + tone)) }
            tones.removeAll(keepingCapacity: true)
        }
        for scalar in name.lowercased().unicodeScalars {
            if scalar.properties.isWhitespace {
                if let last = result.last, last != " " {
                    endWord()
                    result.append(" ")
                }
            } else if let tone = tone(of: scalar) {
                tones.append(tone)
            } else if let (base, tone) = letters[scalar] {
                result.append(base)
                if tone > 0 { tones.append(tone) }
            } else if let last = result.last, let letter = marked(last, by: scalar) {
                result.removeLast()
                result.append(letter)
            } else {
                result.append(scalar)
            }
        }
        endWord()
        if result.last == " " { result.removeLast() }
        return Array(String(result).utf8)
    }

    /// Whether two names are the same name.
    public static func equal(_ left: String, _ right: String) -> Bool { fold(left) == fold(right) }
}

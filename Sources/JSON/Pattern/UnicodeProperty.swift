// `\p{…}`: general categories and the binary properties in common use, from the standard library's tables.
// Scripts are refused at load: the standard library has no table of them.

enum UnicodeProperty {
    /// The set a property expression names, or nil if it is unknown here.
    static func set(_ expression: String) -> CodePointSet? {
        var name = expression
        if let sign = expression.firstIndex(of: "=") {
            let property = expression[..<sign]
            guard property == "General_Category" || property == "gc" else { return nil }
            name = String(expression[expression.index(after: sign)...])
        } else if let binary = binarySet(name) {
            return binary
        }
        guard let codes = categoryCodes(name) else { return nil }
        return CodePointSet(categoryRuns.filter { codes.contains($0.category) }.map(\.range))
    }

    /// Long names as ECMA-262 spells them; `digit` and `punct` are the aliases of PropertyValueAliases.txt.
    private static let longNames: [String: String] = [
        "Letter": "L", "Cased_Letter": "LC", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll",
        "Titlecase_Letter": "Lt", "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M",
        "Combining_Mark": "M", "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc", "Enclosing_Mark": "Me",
        "Number": "N", "Decimal_Number": "Nd", "digit": "Nd", "Letter_Number": "Nl", "Other_Number": "No",
        "Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd",
        "Open_Punctuation": "Ps", "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi",
        "Final_Punctuation": "Pf", "Other_Punctuation": "Po", "Symbol": "S", "Math_Symbol": "Sm",
        "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So", "Separator": "Z",
        "Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp", "Other": "C",
        "Control": "Cc", "cntrl": "Cc", "Format": "Cf", "Surrogate": "Cs", "Private_Use": "Co", "Unassigned": "Cn",
    ]

    private static let twoLetterCodes = [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "Sm",
        "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
    ]

    private static func categoryCodes(_ name: String) -> [String]? {
        let code = longNames[name] ?? name
        if code == "LC" { return ["Lu", "Ll", "Lt"] }
        if twoLetterCodes.contains(code) { return [code] }
        let group = twoLetterCodes.filter { code.utf8.count == 1 && $0.hasPrefix(code) }
        return group.isEmpty ? nil : group
    }

    /// The code space as runs of one category; made on first use by asking for every code point once.
    private static let categoryRuns: [(range: ClosedRange<UInt32>, category: String)] = {
        var runs: [(range: ClosedRange<UInt32>, category: String)] = []
        var start: UInt32 = 0
        var current = category(0)
        for value in UInt32(1)...0x110000 {
            if value < 0x110000, category(value) == current { continue }
            runs.append((start...value - 1, code(current)))
            start = value
            if value < 0x110000 { current = category(value) }
        }
        return runs
    }()

    private static func category(_ value: UInt32) -> Unicode.GeneralCategory {
        Unicode.Scalar(value)?.properties.generalCategory ?? .surrogate
    }

    private static func code(_ category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }

    private static func binarySet(_ name: String) -> CodePointSet? {
        switch name {
        case "Any": .all
        case "ASCII": CodePointSet([0...0x7F])
        case "Alphabetic", "Alpha": scan { $0.isAlphabetic }
        case "Lowercase", "Lower": scan { $0.isLowercase }
        case "Uppercase", "Upper": scan { $0.isUppercase }
        case "White_Space", "space": scan { $0.isWhitespace }
        case "Emoji": scan { $0.isEmoji }
        case "Ideographic", "Ideo": scan { $0.isIdeographic }
        case "ID_Start", "IDS": scan { $0.isIDStart }
        case "ID_Continue", "IDC": scan { $0.isIDContinue }
        case "Hex_Digit", "Hex": scan { $0.isHexDigit }
        case "ASCII_Hex_Digit", "AHex": scan { $0.isASCIIHexDigit }
        case "Math": scan { $0.isMath }
        default: nil
        }
    }

    private static func scan(_ holds: (Unicode.Scalar.Properties) -> Bool) -> CodePointSet {
        var ranges: [ClosedRange<UInt32>] = []
        var start: UInt32?
        for value in UInt32(0)...0x110000 {
            let isIn = value < 0x110000 ? Unicode.Scalar(value).map { holds($0.properties) } ?? false : false
            if isIn, start == nil { start = value }
            if !isIn, let first = start {
                ranges.append(first...value - 1)
                start = nil
            }
        }
        return CodePointSet(ranges)
    }
}

// `\p{…}`: general categories and the binary properties of ECMA-262 (tables 67 to 69), from the standard library's
// tables; scripts from our own.
import Synchronization

enum UnicodeProperty {
    /// The set a property expression names, or nil if it is unknown here.
    static func set(_ expression: String) -> CodePointSet? {
        var name = expression
        if let sign = expression.firstIndex(of: "=") {
            name = String(expression[expression.index(after: sign)...])
            switch expression[..<sign] {
            case "General_Category", "gc": break
            case "Script", "sc": return UnicodeScripts.set(name, withExtensions: false)
            case "Script_Extensions", "scx": return UnicodeScripts.set(name, withExtensions: true)
            default: return nil
            }
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
        case "Any": return .all
        case "ASCII": return CodePointSet([0...0x7F])
        case "Assigned": return set("Cn")?.complement
        case "Regional_Indicator", "RI": return CodePointSet([0x1F1E6...0x1F1FF])
        default: break
        }
        guard let found = binaryProperties.first(where: { $0.name == name || $0.alias == name }) else { return nil }
        // Asking for every code point takes milliseconds: once per property, not once per pattern.
        return known.withLock { known in
            if let set = known[found.name] { return set }
            let set = scan(found.holds)
            known[found.name] = set
            return set
        }
    }

    private static let known = Mutex<[String: CodePointSet]>([:])

    private typealias Binary = (name: String, alias: String, holds: @Sendable (Unicode.Scalar.Properties) -> Bool)

    private static let binaryProperties: [Binary] = [
        ("ASCII_Hex_Digit", "AHex", { $0.isASCIIHexDigit }), ("Alphabetic", "Alpha", { $0.isAlphabetic }),
        ("Bidi_Control", "Bidi_C", { $0.isBidiControl }), ("Bidi_Mirrored", "Bidi_M", { $0.isBidiMirrored }),
        ("Case_Ignorable", "CI", { $0.isCaseIgnorable }), ("Cased", "Cased", { $0.isCased }),
        ("Changes_When_Casefolded", "CWCF", { $0.changesWhenCaseFolded }),
        ("Changes_When_Casemapped", "CWCM", { $0.changesWhenCaseMapped }),
        ("Changes_When_Lowercased", "CWL", { $0.changesWhenLowercased }),
        ("Changes_When_NFKC_Casefolded", "CWKCF", { $0.changesWhenNFKCCaseFolded }),
        ("Changes_When_Titlecased", "CWT", { $0.changesWhenTitlecased }),
        ("Changes_When_Uppercased", "CWU", { $0.changesWhenUppercased }), ("Dash", "Dash", { $0.isDash }),
        ("Default_Ignorable_Code_Point", "DI", { $0.isDefaultIgnorableCodePoint }),
        ("Deprecated", "Dep", { $0.isDeprecated }), ("Diacritic", "Dia", { $0.isDiacritic }),
        ("Emoji", "Emoji", { $0.isEmoji }), ("Emoji_Modifier", "EMod", { $0.isEmojiModifier }),
        ("Emoji_Modifier_Base", "EBase", { $0.isEmojiModifierBase }),
        ("Emoji_Presentation", "EPres", { $0.isEmojiPresentation }), ("Extender", "Ext", { $0.isExtender }),
        ("Grapheme_Base", "Gr_Base", { $0.isGraphemeBase }), ("Grapheme_Extend", "Gr_Ext", { $0.isGraphemeExtend }),
        ("Hex_Digit", "Hex", { $0.isHexDigit }), ("IDS_Binary_Operator", "IDSB", { $0.isIDSBinaryOperator }),
        ("IDS_Trinary_Operator", "IDST", { $0.isIDSTrinaryOperator }), ("ID_Continue", "IDC", { $0.isIDContinue }),
        ("ID_Start", "IDS", { $0.isIDStart }), ("Ideographic", "Ideo", { $0.isIdeographic }),
        ("Join_Control", "Join_C", { $0.isJoinControl }),
        ("Logical_Order_Exception", "LOE", { $0.isLogicalOrderException }), ("Lowercase", "Lower", { $0.isLowercase }),
        ("Math", "Math", { $0.isMath }), ("Noncharacter_Code_Point", "NChar", { $0.isNoncharacterCodePoint }),
        ("Pattern_Syntax", "Pat_Syn", { $0.isPatternSyntax }),
        ("Pattern_White_Space", "Pat_WS", { $0.isPatternWhitespace }),
        ("Quotation_Mark", "QMark", { $0.isQuotationMark }), ("Radical", "Radical", { $0.isRadical }),
        ("Sentence_Terminal", "STerm", { $0.isSentenceTerminal }), ("Soft_Dotted", "SD", { $0.isSoftDotted }),
        ("Terminal_Punctuation", "Term", { $0.isTerminalPunctuation }),
        ("Unified_Ideograph", "UIdeo", { $0.isUnifiedIdeograph }), ("Uppercase", "Upper", { $0.isUppercase }),
        ("Variation_Selector", "VS", { $0.isVariationSelector }), ("White_Space", "space", { $0.isWhitespace }),
        ("XID_Continue", "XIDC", { $0.isXIDContinue }), ("XID_Start", "XIDS", { $0.isXIDStart }),
    ]

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

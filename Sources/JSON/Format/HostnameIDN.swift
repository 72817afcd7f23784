// Internationalised host names (RFC 5890 to 5893): which code points a label may hold, the contextual rules of
// RFC 5892 appendix A, and the Bidi rule. The tables are those of Unicode 14 and of the standard library.

enum HostnameIDN {
    private static let prefix: [UInt32] = [0x78, 0x6E, 0x2D, 0x2D]

    static func isHostname(_ text: Span<UInt8>) -> Bool {
        var labels: [[UInt32]] = [[]]
        var place = 0
        while place < text.count {
            let scalar = CodePoints.next(text, &place)
            if [0x2E, 0x3002, 0xFF0E, 0xFF61].contains(scalar) {
                labels.append([])
            } else {
                labels[labels.count - 1].append(scalar)
            }
        }
        guard text.count <= 253 * 4, labels.allSatisfy(isLabel) else { return false }
        // The name's length is that of its ASCII form.
        let lengths = labels.map { label in
            label.allSatisfy { $0 < 0x80 } ? label.count : 4 + Punycode.encoded(label).count
        }
        return lengths.reduce(labels.count - 1, +) <= 253 && followBidiRule(labels)
    }

    static func isLabel(_ label: [UInt32]) -> Bool {
        guard let first = label.first, let last = label.last, label.count <= 63, first != 0x2D, last != 0x2D else {
            return false
        }
        if label.allSatisfy({ $0 < 0x80 }) {
            let bytes = label.map { UInt8(truncatingIfNeeded: $0) }
            return NetworkFormat.isHostname(bytes.span, 0..<bytes.count)
        }
        return isUnicodeLabel(label) && Punycode.encoded(label).count <= 59
    }

    /// What a U-label must be apart from its length (RFC 5891 §4.2.3).
    private static func isUnicodeLabel(_ label: [UInt32]) -> Bool {
        guard let first = label.first.flatMap(Unicode.Scalar.init), !isMark(first), first != "-", label.last != 0x2D
        else { return false }
        if label.count >= 4, label[2] == 0x2D, label[3] == 0x2D { return false }
        return label.indices.allSatisfy { isAllowed(label, $0) }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    /// The derived property of RFC 5892 §3, its contextual rules applied.
    private static func isAllowed(_ label: [UInt32], _ place: Int) -> Bool {
        let value = label[place]
        guard let scalar = Unicode.Scalar(value) else { return false }
        switch value {
        case 0x2D, 0x30...0x39, 0x61...0x7A: return true
        // The exceptions of §2.6, the contextual ones first.
        case 0xB7: return place > 0 && place + 1 < label.count && label[place - 1] == 0x6C && label[place + 1] == 0x6C
        case 0x375: return place + 1 < label.count && greek.contains(label[place + 1])
        case 0x5F3, 0x5F4: return place > 0 && hebrew.contains(label[place - 1])
        case 0x30FB: return label.contains { japanese.contains($0) }
        case 0x660...0x669: return !label.contains { (0x6F0...0x6F9).contains($0) }
        case 0x6F0...0x6F9: return !label.contains { (0x660...0x669).contains($0) }
        case 0x200C: return isAfterVirama(label, place) || joins(label, place)
        case 0x200D: return isAfterVirama(label, place)
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return true
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
        // Conjoining Hangul, and the blocks of §2.8.
        case 0x1100...0x11FF, 0xA960...0xA97C, 0xD7B0...0xD7C6, 0xD7CB...0xD7FB: return false
        case 0x20D0...0x20FF, 0x1D100...0x1D1FF, 0x1D200...0x1D24F: return false
        default: break
        }
        if value < 0x80 || scalar.properties.changesWhenNFKCCaseFolded { return false }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark,
            .decimalNumber:
            return true
        default: return false
        }
    }

    private static let greek = UnicodeScripts.set("Greek", withExtensions: false) ?? CodePointSet()
    private static let hebrew = UnicodeScripts.set("Hebrew", withExtensions: false) ?? CodePointSet()
    private static let japanese = ["Hiragana", "Katakana", "Han"].reduce(CodePointSet()) {
        $0.union(UnicodeScripts.set($1, withExtensions: false) ?? CodePointSet())
    }

    private static func isAfterVirama(_ label: [UInt32], _ place: Int) -> Bool {
        place > 0 && Unicode.Scalar(label[place - 1])?.properties.canonicalCombiningClass == .virama
    }

    /// Between letters that join over it (appendix A.1), marks between them left out.
    private static func joins(_ label: [UInt32], _ place: Int) -> Bool {
        let before = label[..<place].last { JoiningType.of($0) != .transparent }.map(JoiningType.of)
        let after = label[(place + 1)...].first { JoiningType.of($0) != .transparent }.map(JoiningType.of)
        return (before == .left || before == .dual) && (after == .right || after == .dual)
    }

    /// Whether what follows `xn--` decodes to a label that may be one.
    static func isPunycodeLabel(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard let label = Punycode.decoded(text, range), label.contains(where: { $0 >= 0x80 }) else { return false }
        // Only the spelling that the label itself encodes to is one.
        let spelling = Punycode.encoded(label)
        guard spelling.count == range.count, zip(spelling, range).allSatisfy({ lowercased(text[$1]) == lowercased($0) })
        else { return false }
        return isUnicodeLabel(label)
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { ASCII.isLetter(byte) ? byte | 0x20 : byte }

    // MARK: The Bidi rule (RFC 5893)

    /// As below, of the labels of an ASCII name.
    static func followBidiRule(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        followBidiRule(range.split { text[$0] == 0x2E }.map { label in label.map { UInt32(text[$0]) } })
    }

    /// Once one label has a character written from right to left, every label must keep to the rule.
    static func followBidiRule(_ labels: [[UInt32]]) -> Bool {
        let classes = labels.map { label in unicodeForm(label).map(BidirectionalClass.of) }
        let isBidirectional = classes.contains { label in
            label.contains { $0 == .rightToLeft || $0 == .arabicLetter || $0 == .arabicNumber }
        }
        return !isBidirectional || classes.allSatisfy(followsBidiRule)
    }

    private static func unicodeForm(_ label: [UInt32]) -> [UInt32] {
        guard label.count > 4, label.allSatisfy({ $0 < 0x80 }),
            zip(label, prefix).allSatisfy({ ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) == $1 })
        else { return label }
        let bytes = label.map { UInt8(truncatingIfNeeded: $0) }
        return Punycode.decoded(bytes.span, 4..<bytes.count) ?? label
    }

    private static func followsBidiRule(_ label: [BidirectionalClass]) -> Bool {
        let end = label.last { $0 != .nonspacingMark }
        switch label.first {
        case .rightToLeft, .arabicLetter:
            if label.contains(.europeanNumber), label.contains(.arabicNumber) { return false }
            guard label.allSatisfy({ $0 != .leftToRight && $0 != .forbidden }) else { return false }
            return end == .rightToLeft || end == .arabicLetter || end == .europeanNumber || end == .arabicNumber
        case .leftToRight:
            let others: [BidirectionalClass] = [.rightToLeft, .arabicLetter, .arabicNumber, .forbidden]
            guard !label.contains(where: others.contains) else { return false }
            return end == .leftToRight || end == .europeanNumber
        default: return false
        }
    }
}

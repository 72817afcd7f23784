import JSON
import Testing

@Suite struct PatternTests {
    private func matches(_ pattern: String, _ text: String, statesMax: Int = 1_024) throws -> Bool {
        var limits = PatternLimits()
        limits.statesMax = statesMax
        return try Pattern(pattern, limits: limits).matches(Array(text.utf8))
    }

    static let verdicts: [(String, String, Bool)] = [
        ("^[0-9]{12}$", "012345678901", true), ("^[0-9]{12}$", "01234567890", false),
        ("^[0-9]{12}$", "0123456789012", false),
        ("es", "expression", true), ("^es", "expression", false), ("^\\w+$", "Nguyễn", false),
        ("^\\p{L}+$", "Nguyễn", true),
        ("^\\p{L}+$", "Nguyễn1", false), ("^[\\p{L}\\p{M} .'-]{2,80}$", "Nguyễn Thị Hoà", true),
        ("^[A-Z][0-9]{2}(\\.[0-9])?$", "J06.9", true), ("^[A-Z][0-9]{2}(\\.[0-9])?$", "J06.", false),
        ("^🐲*$", "🐲🐲", true),
        ("^🐲*$", "🐲🐉", false), ("^a|b$", "ax", true), ("^a|b$", "xb", true), ("^a|b$", "xbx", false), ("^$", "", true),
        ("^$", "a", false),
        ("", "anything", true), ("a{2,3}", "a", false), ("^a{2,3}$", "aaa", true), ("^a{2,}$", "aaaaa", true),
        ("^a{0}$", "", true),
        ("\\bđường\\b", "đường", false), ("\\bcat\\b", "a cat sat", true), ("\\bcat\\b", "concat", false),
        ("\\Bcat", "concat", true),
        ("^.$", "\n", false), ("^.$", "ễ", true), ("^[^a]$", "ễ", true), ("^\\u1ec5$", "ễ", true),
        ("^\\u{1F432}$", "🐲", true),
        ("^\\uD83D\\uDC32$", "🐲", true), ("^(?:ab|cd)+$", "abcdab", true), ("^(a*)*$", "aaab", false),
        ("^(a*)*$", "aaaa", true),
        ("^\\s$", "\u{FEFF}", true), ("^\\S$", "\u{3000}", false), ("^\\D$", "٣", true), ("^\\p{Nd}$", "٣", true),
        ("^\\P{Lu}$", "Đ", false),
        ("^[\\d\\-]+$", "12-3", true), ("^\\cC$", "\u{3}", true), ("a.c", "xabcx", true), ("(^a)|(b$)", "cb", true),
        ("x*$", "abc", true),
    ]

    /// Each case by the table and, with no states allowed, by simulation.
    @Test(arguments: verdicts)
    func `A pattern gets its verdict`(_ pattern: String, _ text: String, _ expected: Bool) throws {
        #expect(try matches(pattern, text) == expected)
        #expect(try matches(pattern, text, statesMax: 0) == expected)
    }

    @Test(arguments: [
        "(", ")", "[", "a{2", "a{3,2}", "*", "a**", "\\Z", "\\a", "[b-a]", "\\p{Nonsense}", "\\u{110000}",
        "(?<a>x)(?<a>y)", "]", "\\",
    ])
    func `What is no pattern is refused`(_ pattern: String) {
        #expect(throws: PatternError.self) { try Pattern(pattern) }
    }

    @Test(arguments: ["(?=a)b", "(?!a)b", "(?<=a)b", "(?<!a)b", "(a)\\1", "(?<n>a)\\k<n>"])
    func `What cannot be matched in linear time is refused with the reason`(_ pattern: String) {
        do {
            _ = try Pattern(pattern)
            Issue.record("accepted")
        } catch {
            guard case .unsupported = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func `Counts that multiply are refused before they are written out`() {
        for pattern in ["^(a{1,1000}){1,1000}$", "((a{0,100}){0,100}){0,100}", String(repeating: "a", count: 100_000)] {
            #expect(throws: PatternError.self) { try Pattern(pattern) }
        }
    }

    /// PatternAttackTests counts the steps of such patterns; an engine that tried them all would not end here.
    @Test func `Nested repetition over a long text gets its verdict`() throws {
        let text = Array(repeatElement(UInt8(ascii: "a"), count: 20_000)) + [UInt8(ascii: "!")]
        for pattern in ["^(a|a)*$", "^(a|aa)+$", "^(.*)(.*)(.*)(.*)(.*)=$", "^(\\p{L}+)*$", "^([^m]?.*)*m$"] {
            #expect(try !Pattern(pattern).matches(text), "\(pattern)")
        }
    }
}

// Patterns: input is a pattern, a line end, a text. What the table of states says, what following the instructions
// says and what the pattern within others says must be the same.

import JSON

enum FuzzedPattern {
    static func run(_ input: [UInt8]) {
        let split = input.firstIndex(of: 0x0A) ?? input.endIndex
        let source = String(decoding: input[..<split], as: UTF8.self)
        let text = Array(String(decoding: input[split...].dropFirst(), as: UTF8.self).utf8)
        guard let pattern = try? Pattern(source, limits: limits(states: 256)) else { return }
        let isMatch = pattern.matches(text)
        func agrees(_ other: String, states: Int) {
            // Longer patterns may be over a limit that the shorter one keeps.
            guard let other = try? Pattern(other, limits: limits(states: states)) else { return }
            precondition(other.matches(text) == isMatch, "two ways to match one pattern disagree")
        }
        agrees(source, states: 0)
        agrees("(?:\(source))", states: 16)
        agrees("(?:\(source))|(?:\(source))", states: 256)
        agrees("(?:(?:\(source)){1}){1,2}", states: 256)
        if isMatch { precondition(mayMatch(text, source), "matches nothing that begins anywhere") }
    }

    /// A match somewhere is a match from the start after any characters.
    private static func mayMatch(_ text: [UInt8], _ source: String) -> Bool {
        // What asserts about the start means something else after other characters.
        guard !source.contains("^"), !source.contains("\\b"), !source.contains("\\B") else { return true }
        guard let anywhere = try? Pattern("^[^]*(?:\(source))", limits: limits(states: 256)) else { return true }
        return anywhere.matches(text)
    }

    private static func limits(states: Int) -> PatternLimits {
        var limits = PatternLimits()
        limits.statesMax = states
        limits.instructionsMax = 400
        return limits
    }

    static let seeds: [[UInt8]] = [
        "^[A-Z]{2}[0-9]{13}$\nDN4520123456789", "^(a+)+$\naaaaaaaaaaaaaaaa!", "(^|[^a])b\\b|c{2,4}$\nxxb ccc",
        "^[\\p{L}\\p{M} .'-]{2,80}$\nNguyễn Thị Hoà", "\\d+(\\.\\d*)?|\\u{1F432}*\\s\n3.14 🐲", "^$|a??b*?\n",
        "^([0-9]{4}-[0-9]{2}|x)(?:\\w|[^\\W_])\\B.\n2024-01ab",
    ].map { Array($0.utf8) }
}

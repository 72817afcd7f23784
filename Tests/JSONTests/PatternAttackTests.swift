// Patterns that bring backtracking engines to a halt, from published advisories and the literature, each with the text
// that does it. Counted are the engine's steps, not time: double the text, at most double the steps.

import Testing

@testable import JSON

@Suite struct PatternAttackTests {
    /// Where it is known from, the pattern, and the text: a beginning, what is repeated, an end.
    struct Attack: Sendable, CustomTestStringConvertible {
        var source: String
        var pattern: String
        var start: String
        var pump: String
        var end: String

        init(_ source: String, _ pattern: String, _ start: String, _ pump: String, _ end: String) {
            (self.source, self.pattern, self.start, self.pump, self.end) = (source, pattern, start, pump, end)
        }

        var testDescription: String { "\(source): \(pattern)" }

        func text(_ repetitions: Int) -> [UInt8] {
            Array((start + String(repeating: pump, count: repetitions) + end).utf8)
        }
    }

    static let attacks = [
        Attack("OWASP", "^(a+)+$", "", "a", "!"),
        Attack("OWASP", "^([a-zA-Z]+)*$", "", "a", "!"),
        Attack("OWASP", "^(a|aa)+$", "", "a", "!"),
        Attack("OWASP", "^(a|a?)+$", "", "a", "!"),
        Attack("OWASP", "^(.*a){12}$", "", "a", "!"),
        Attack("OWASP, class names", "^(([a-z])+.)+[A-Z]([a-z])+$", "", "a", "!"),
        Attack("unanchored", "(a+)+$", "", "a", "!"),
        Attack("unanchored", "(.*)*x", "", "a", "!"),
        Attack("unanchored", "(x+x+)+y", "", "x", ""),
        Attack("Cox", "^(a?){30}a{30}$", "", "a", "!"),
        Attack("polynomial", "^\\d*\\d*\\d*\\d*\\d*$", "", "1", "!"),
        Attack("polynomial", "^(.*)(.*)(.*)(.*)(.*)=$", "", "a", ""),
        Attack("words", "^(\\w+\\s?)*$", "", "ab ", "!"),
        Attack("nothing repeated", "^(a*)*$", "", "a", "!"),
        Attack("nothing repeated", "^([^m]?.*)*m$", "", "b", ""),
        Attack("versions", "^(\\d+(?:\\.\\d+)*)*$", "", "1.1", "!"),
        Attack("CSV", "^(.*?,){11}P", "", "1,", "2"),
        Attack("letters of any script", "^(\\p{L}+)*$", "", "ễ", "!"),
        Attack(
            "mail address, pattern library",
            "^([0-9a-zA-Z]([-.\\w]*[0-9a-zA-Z])*@(([0-9a-zA-Z])+([-\\w]*[0-9a-zA-Z])*\\.)+[a-zA-Z]{2,9})$",
            "a", "a", "!"),
        Attack(
            "mail address, OWASP",
            "^([a-zA-Z0-9])((([-.]|[_]+)?([a-zA-Z0-9]+))*)@[a-z0-9]+[.](([a-z]{2,3})|([a-z]{2,3}[.][a-z]{2,3}))"
                + "$",
            "", "a", "!"),
        Attack(
            "white space at both ends, 2016 outage of a question site",
            "^[\\s\\u200c]+|[\\s\\u200c]+$",
            "x", " ", "x"),
        Attack(
            "firewall rule, 2019 outage",
            "(?:(?:\"|'|\\]|\\}|\\\\|\\d|(?:nan|infinity|true|false|null)|`|-|\\+)+[)]*;?((?:\\s|-|~|!|\\|\\||"
                + "\\+)*.*(?:.*=.*)))",
            "x=", "x", ""),
        Attack(
            "CVE-2015-8315, ms",
            "^((?:\\d+)?\\.?\\d+) *(ms|seconds?|s|minutes?|m|hours?|h|days?|d|years?|y)?$",
            "", "5", " minutea"),
        Attack(
            "CVE-2016-4055, moment",
            "^(-)?(?:(\\d*)[. ])?(\\d+):(\\d+)(?::(\\d+)\\.?(\\d{3})?\\d*)?$",
            "", "1", "!"),
        Attack("CVE-2017-16116, string", "^\\s+|\\s+$", "a", " ", "a"),
        Attack(
            "CVE-2018-25079, is-url",
            "^(?:\\w+:)?\\/\\/([^\\s.]+\\.\\S{2}|localhost[:?\\d]*)\\S*$",
            "//", "localhost:", " "),
        Attack("CVE-2020-7753, trim", "^\\s*|\\s*$", "1", " ", "1"),
        Attack(
            "CVE-2020-8492, authentication headers",
            "(?:.*,)*[ \\t]*([^ \\t]+)[ \\t]+realm=([\"']?)([^\"']*)",
            "", ",", ""),
        Attack("CVE-2021-3803, nth-check", "^([+-]?\\d*n)?\\s*(?:([+-]?)\\s*(\\d+))?$", "n", " ", "!"),
        Attack(
            "CVE-2021-3807, ansi-regex",
            "[\\u001B\\u009B][[\\]()#;?]*(?:(?:(?:(?:;[-a-zA-Z\\d/#&.:=?%@~_]+)*|[a-zA-Z\\d]+(?:;[-a-zA-Z\\d/#&"
                + ".:=?%@~_]*)*)?\\u0007)|(?:(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PR-TZcf-nq-uy=><~]))",
            "\u{1B}[", ";", ""),
        Attack("CVE-2022-21681, marked", "^(?:\\[((?:[^\\[\\]]|\\\\[\\[\\]]?|`[^`]*`)*?)\\])", "[", "\\[", "x"),
        Attack("CVE-2022-25883, semver", "(\\s*)[v=\\s]*(\\d+)(\\s*)$", "1", " ", "x"),
        Attack("CVE-2024-45296, path-to-regexp", "^\\/([^\\/]+?)-([^\\/]+?)\\/?$", "/a", "-a", "/a"),
        Attack("comments of markup", "<!--(-?[^-])*-->", "<!--", "a-", "!"),
        Attack("quoted text", "^\"(?:[^\"\\\\]|\\\\.)*\"$", "\"", "\\a", ""),
    ]

    @Test(arguments: attacks)
    func `An attack takes steps in proportion to its text`(_ attack: Attack) throws {
        for statesMax in [PatternLimits().statesMax, 0] {
            var limits = PatternLimits()
            limits.statesMax = statesMax
            let pattern = try Pattern(attack.pattern, limits: limits)
            let counts = [1_000, 2_000, 4_000].map { repetitions in
                var left = Int.max
                _ = pattern.matches(attack.text(repetitions), steps: &left)
                return Int.max - left
            }
            // What does not depend on the text's length is allowed for once.
            #expect(counts[1] <= counts[0] * 21 / 10 + 1_000, "\(counts)")
            #expect(counts[2] <= counts[1] * 21 / 10 + 1_000, "\(counts)")
            #expect(counts[2] <= 4_000 * attack.pump.utf8.count * 400, "\(counts)")
        }
    }

    @Test(arguments: attacks)
    func `Both engines give an attack the same verdict`(_ attack: Attack) throws {
        var simulated = PatternLimits()
        simulated.statesMax = 0
        for repetitions in [0, 1, 7, 200] {
            let text = attack.text(repetitions)
            let simulation = try Pattern(attack.pattern, limits: simulated)
            #expect(try Pattern(attack.pattern).matches(text) == simulation.matches(text))
        }
    }

    /// What no engine can match in linear time, or only after being written out too large, is refused at load.
    static let refused: [(String, String)] = [
        ("(a+)+\\1$", "reference back"), ("^(?=(a+))a*b", "look-ahead"), ("(?!a+$)(a|aa)+", "look-ahead"),
        ("(?<=a+)b$", "look-behind"), ("(?<!(a|aa)+)b", "look-behind"), ("^(?<n>a+)+\\k<n>$", "reference back by name"),
        ("((a{1,100}){1,100}){1,100}", "a million instructions"), ("^(?:a{0,5000}){0,5000}$", "25 million instructions"),
        (String(repeating: "(", count: 65) + "a" + String(repeating: ")+", count: 65), "groups 65 deep"),
    ]

    @Test(arguments: refused)
    func `What cannot end in linear time is refused at load`(_ pattern: String, _ reason: String) {
        #expect(throws: PatternError.self, "\(reason)") { try Pattern(pattern) }
    }
}

extension Pattern {
    fileprivate func matches(_ text: [UInt8], steps: inout Int) -> Bool { matches(text.span, steps: &steps) }
}

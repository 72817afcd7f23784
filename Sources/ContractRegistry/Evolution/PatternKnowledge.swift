// What can be said about a pattern without comparing languages.

import JSON

enum PatternKnowledge {
    /// Whether a pattern matches a text; nil where the pattern cannot be run.
    static func matches(_ pattern: String, _ text: String) -> Bool? {
        guard let pattern = try? Pattern(pattern) else { return nil }
        return pattern.matches(Array(text.utf8))
    }

    /// Whether every text matches. An empty match that looks at nothing but the start is found in any text.
    static func isUniversal(_ pattern: String) -> Bool {
        for mark in ["$", "\\b", "\\B", "(?=", "(?!", "(?<"] where pattern.contains(mark) { return false }
        return matches(pattern, "") == true
    }
}

// JSON Pointers of route files: RFC 6901 with `*` as a token for every element of an array.

/// A place in a contract's records, elements of arrays taken together.
public struct FieldPointer: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Unescaped tokens; `*` stands for every element.
    public let tokens: [String]

    public init(tokens: [String]) { self.tokens = tokens }

    /// Reads `/owners/*/fullName`; nil for the whole record, a missing slash, an empty token or a bad escape.
    public init?(_ text: String) {
        guard text.utf8.first == 0x2F, text.utf8.count <= RouteLimits.pointerBytesMax else { return nil }
        var tokens: [String] = []
        for part in text.utf8.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false) {
            guard !part.isEmpty, let token = FieldPointer.unescape(part) else { return nil }
            tokens.append(token)
        }
        self.tokens = tokens
    }

    private static func unescape(_ part: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var isEscape = false
        for byte in part {
            if isEscape {
                guard byte == 0x30 || byte == 0x31 else { return nil }
                bytes.append(byte == 0x30 ? 0x7E : 0x2F)
                isEscape = false
            } else if byte == 0x7E {
                isEscape = true
            } else {
                bytes.append(byte)
            }
        }
        return isEscape ? nil : String(decoding: bytes, as: UTF8.self)
    }

    public var description: String {
        var text = ""
        for token in tokens {
            text += "/"
            for character in token.unicodeScalars {
                switch character {
                case "~": text += "~0"
                case "/": text += "~1"
                default: text.unicodeScalars.append(character)
                }
            }
        }
        return text
    }

    /// The container's place; nil for a top-level member.
    public var parent: FieldPointer? {
        tokens.count > 1 ? FieldPointer(tokens: Array(tokens.dropLast())) : nil
    }

    /// Whether this is the other place or lies within it.
    public func isWithin(_ other: FieldPointer) -> Bool {
        tokens.count >= other.tokens.count && zip(other.tokens, tokens).allSatisfy { Array($0.utf8) == Array($1.utf8) }
    }

    /// Whether this names a person by reference: what a recipient's own reference takes the place of.
    public var isPersonReference: Bool { tokens.last == "personRef" || tokens.last == "readerPersonRef" }

    public static func < (left: FieldPointer, right: FieldPointer) -> Bool {
        left.tokens.lexicographicallyPrecedes(right.tokens)
    }
}

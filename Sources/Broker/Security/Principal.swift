// Who a client is to the broker: Kafka's principals, and how the subject of a client certificate becomes one
// (`ssl.principal.mapping.rules`).

/// An authenticated identity, `User:alice`.
public struct Principal: Sendable, Hashable, CustomStringConvertible {
    public var kind: String
    public var name: String

    public init(kind: String = "User", name: String) {
        self.kind = kind
        self.name = name
    }

    /// Splits `User:alice` at its first colon; nil when there is none, or nothing before it.
    init?(parsing text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex else { return nil }
        self.init(kind: String(text[..<colon]), name: String(text[text.utf8.index(after: colon)...]))
    }

    /// Whoever does not say who they are.
    public static let anonymous = Principal(name: "ANONYMOUS")

    public var description: String { kind + ":" + name }

    // Names decide about access, so they are compared byte by byte, never by canonical equivalence.
    public static func == (left: Principal, right: Principal) -> Bool {
        left.kind.utf8.elementsEqual(right.kind.utf8) && left.name.utf8.elementsEqual(right.name.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in kind.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8(0xff))
        for byte in name.utf8 { hasher.combine(byte) }
    }
}

/// How certificate subjects become names: the first rule that matches the whole subject gives the name.
///
/// `RULE:pattern/replacement/` with `$1` for a group, `L` or `U` at the end for lower or upper case, `DEFAULT` for
/// the subject as it is. A subject that no rule matches is nobody's: the connection is refused.
struct PrincipalRules: Sendable {
    private enum Rule: Sendable {
        case identity
        case pattern(String, replacement: String, letters: Letters)
    }
    private enum Letters: Sendable { case kept, lower, upper }

    private var rules: [Rule]
    static let identity = PrincipalRules(rules: [.identity])

    private init(rules: [Rule]) { self.rules = rules }

    /// Nil when the text cannot be read as rules.
    init?(_ text: String) {
        var rules: [Rule] = []
        for item in Self.split(text) {
            if item == "DEFAULT" {
                rules.append(.identity)
                continue
            }
            guard item.hasPrefix("RULE:") else { return nil }
            let parts = item.dropFirst(5).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, (try? Regex(parts[0])) != nil else { return nil }
            let letters: Letters
            switch parts[2].trimmed {
            case "": letters = .kept
            case "L": letters = .lower
            case "U": letters = .upper
            default: return nil
            }
            rules.append(.pattern(parts[0], replacement: parts[1], letters: letters))
        }
        guard !rules.isEmpty else { return nil }
        self.rules = rules
    }

    /// Commas also stand inside patterns: a rule ends where a comma is followed by the next rule's word.
    private static func split(_ text: String) -> [String] {
        var items: [String] = []
        for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
            let start = piece.trimmed
            if items.isEmpty || start.hasPrefix("RULE:") || start == "DEFAULT" {
                items.append(String(start))
            } else {
                items[items.count - 1] += "," + piece
            }
        }
        return items
    }

    /// The name for a subject; nil when no rule matches.
    func name(for subject: String) -> String? {
        for rule in rules {
            switch rule {
            case .identity: return subject
            case .pattern(let pattern, let replacement, let letters):
                guard let regex = try? Regex(pattern), let match = try? regex.wholeMatch(in: subject) else { continue }
                let name = Self.fill(replacement, match)
                switch letters {
                case .kept: return name
                case .lower: return name.lowercased()
                case .upper: return name.uppercased()
                }
            }
        }
        return nil
    }

    /// `$1` … `$9` stand for what the groups matched; a number without a group stands for itself.
    private static func fill(_ replacement: String, _ match: Regex<AnyRegexOutput>.Match) -> String {
        var name = ""
        var rest = replacement[...]
        while let character = rest.popFirst() {
            if character == "$", let digit = rest.first?.wholeNumberValue, digit < match.output.count {
                rest.removeFirst()
                name += match.output[digit].substring ?? ""
            } else {
                name.append(character)
            }
        }
        return name
    }
}

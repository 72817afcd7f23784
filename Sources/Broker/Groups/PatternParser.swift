// Reads a regular expression over topic names into a tree; TopicPattern.swift says what is offered.

/// A part of an expression.
indirect enum PatternNode {
    case set(ByteSet)
    case sequence([PatternNode])
    case choice(PatternNode, PatternNode)
    /// At least and at most so many times; no bound is nil.
    case repeated(PatternNode, Int, Int?)
    case start
    case end
}

struct PatternParser {
    private static let depthMax = 50
    private static let repeatsMax = 1_000
    private let text: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ text: [UInt8]) { self.text = text }

    private var next: UInt8? { position < text.count ? text[position] : nil }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func parse() throws(TopicPattern.Invalid) -> PatternNode {
        let node = try alternatives()
        guard position == text.count else { throw TopicPattern.Invalid() }
        return node
    }

    private mutating func alternatives() throws(TopicPattern.Invalid) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw TopicPattern.Invalid() }
        var node = try sequence()
        while accept("|") { node = .choice(node, try sequence()) }
        return node
    }

    private mutating func sequence() throws(TopicPattern.Invalid) -> PatternNode {
        var nodes: [PatternNode] = []
        while let character = next, character != UInt8(ascii: "|"), character != UInt8(ascii: ")") {
            nodes.append(try quantified(try atom()))
        }
        return .sequence(nodes)
    }

    private mutating func quantified(_ atom: PatternNode) throws(TopicPattern.Invalid) -> PatternNode {
        let node: PatternNode
        if accept("*") {
            node = .repeated(atom, 0, nil)
        } else if accept("+") {
            node = .repeated(atom, 1, nil)
        } else if accept("?") {
            node = .repeated(atom, 0, 1)
        } else if next == UInt8(ascii: "{"), let bounds = try bounds() {
            node = .repeated(atom, bounds.0, bounds.1)
        } else {
            return atom
        }
        _ = accept("?")
        if let character = next, [UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?")].contains(character) {
            throw TopicPattern.Invalid()
        }
        return node
    }

    /// `{m}`, `{m,}` or `{m,n}`; anything else in braces is literal, as RE2 has it.
    private mutating func bounds() throws(TopicPattern.Invalid) -> (Int, Int?)? {
        let before = position
        position += 1
        guard let least = number() else {
            position = before
            return nil
        }
        var most: Int? = least
        if accept(",") { most = number() }
        guard accept("}") else {
            position = before
            return nil
        }
        guard least <= Self.repeatsMax, (most ?? least) <= Self.repeatsMax, (most ?? least) >= least else {
            throw TopicPattern.Invalid()
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let character = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) {
            value = min(100_000, (value ?? 0) * 10 + Int(character - UInt8(ascii: "0")))
            position += 1
        }
        return value
    }

    private mutating func atom() throws(TopicPattern.Invalid) -> PatternNode {
        guard let character = next else { throw TopicPattern.Invalid() }
        position += 1
        switch character {
        case UInt8(ascii: "("):
            if accept("?") { guard accept(":") else { throw TopicPattern.Invalid() } }
            let node = try alternatives()
            guard accept(")") else { throw TopicPattern.Invalid() }
            return node
        case UInt8(ascii: "["): return .set(try bracket())
        case UInt8(ascii: "\\"): return try escape()
        case UInt8(ascii: "."): return .set(ByteSet().inverted)
        case UInt8(ascii: "^"): return .start
        case UInt8(ascii: "$"): return .end
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): throw TopicPattern.Invalid()
        default: return .set(Self.single(character))
        }
    }

    private static func single(_ byte: UInt8) -> ByteSet {
        var set = ByteSet()
        set.insert(byte)
        return set
    }

    private mutating func escape() throws(TopicPattern.Invalid) -> PatternNode {
        switch next {
        case UInt8(ascii: "A"):
            position += 1
            return .start
        case UInt8(ascii: "z"):
            position += 1
            return .end
        default: return .set(try escapedSet())
        }
    }

    private mutating func escapedSet() throws(TopicPattern.Invalid) -> ByteSet {
        guard let character = next else { throw TopicPattern.Invalid() }
        position += 1
        var set = ByteSet()
        switch character | 0x20 {
        case UInt8(ascii: "d"): set.insert(UInt8(ascii: "0")...UInt8(ascii: "9"))
        case UInt8(ascii: "w"):
            set.insert(UInt8(ascii: "0")...UInt8(ascii: "9"))
            set.insert(UInt8(ascii: "A")...UInt8(ascii: "Z"))
            set.insert(UInt8(ascii: "a")...UInt8(ascii: "z"))
            set.insert(UInt8(ascii: "_"))
        case UInt8(ascii: "s"): for byte: UInt8 in [9, 10, 12, 13, 32] { set.insert(byte) }
        default:
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(character | 0x20)
            guard !isLetter else { throw TopicPattern.Invalid() }
            return Self.single(character)
        }
        return character & 0x20 == 0 ? set.inverted : set
    }

    private mutating func bracket() throws(TopicPattern.Invalid) -> ByteSet {
        var set = ByteSet()
        let isInverted = accept("^")
        var isFirst = true
        while true {
            guard let character = next else { throw TopicPattern.Invalid() }
            position += 1
            if character == UInt8(ascii: "]"), !isFirst { return isInverted ? set.inverted : set }
            isFirst = false
            if character == UInt8(ascii: "\\") {
                set.formUnion(try escapedSet())
                continue
            }
            let isRange =
                next == UInt8(ascii: "-") && position + 1 < text.count && text[position + 1] != UInt8(ascii: "]")
            guard isRange else {
                set.insert(character)
                continue
            }
            var last = text[position + 1]
            position += 2
            if last == UInt8(ascii: "\\"), let escaped = next {
                last = escaped
                position += 1
            }
            guard character <= last else { throw TopicPattern.Invalid() }
            set.insert(character...last)
        }
    }
}

// ECMA-262 §22.2.1 patterns in Unicode mode. Stricter than a browser without the flag: a letter that is no
// escape may not be escaped, braces and brackets stand for themselves only when escaped.

/// Reads a pattern. With `unsupported` set afterwards the syntax is right but the tree is not to be run.
struct PatternParser {
    private let text: [UInt32]
    private let offsets: [Int]
    private let limits: PatternLimits
    private var place = 0
    private var depth = 0
    private var groups = 0
    private var highestBackReference = 0
    private var groupNames: [String] = []
    private var referencedNames: [String] = []
    /// What no linear-time matcher can do; the tree ignores it.
    private(set) var unsupported: String?

    init(_ pattern: [UInt8], limits: PatternLimits) {
        var scalars: [UInt32] = []
        var offsets: [Int] = []
        var offset = 0
        for scalar in String(decoding: pattern, as: UTF8.self).unicodeScalars {
            scalars.append(scalar.value)
            offsets.append(offset)
            offset += UTF8.width(scalar)
        }
        text = scalars
        self.offsets = offsets + [offset]
        self.limits = limits
    }

    mutating func parse() throws(PatternError) -> PatternNode {
        let node = try choice()
        if place < text.count { throw fault("an unmatched ')'") }
        if highestBackReference > groups { throw fault("a reference to a group that does not exist") }
        for name in referencedNames where !groupNames.contains(name) {
            throw fault("a reference to a group name that does not exist")
        }
        return node
    }

    private func fault(_ detail: String) -> PatternError {
        .syntax(detail, byteOffset: offsets[min(place, text.count)])
    }

    private func peek(_ ahead: Int = 0) -> UInt32? { place + ahead < text.count ? text[place + ahead] : nil }

    private mutating func take(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first, peek() == scalar.value else { return false }
        place += 1
        return true
    }

    private mutating func take(text expected: String) -> Bool {
        let scalars = expected.unicodeScalars.map(\.value)
        guard place + scalars.count <= text.count, Array(text[place..<place + scalars.count]) == scalars else {
            return false
        }
        place += scalars.count
        return true
    }

    // MARK: Structure

    private mutating func choice() throws(PatternError) -> PatternNode {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let next = peek(), next != 0x7C, next != 0x29 { nodes.append(try term()) }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func term() throws(PatternError) -> PatternNode {
        if take("^") { return .start }
        if take("$") { return .end }
        if take(text: "\\b") { return .wordBoundary(negated: false) }
        if take(text: "\\B") { return .wordBoundary(negated: true) }
        if peek() == 0x28 {
            let (node, isAssertion) = try group()
            return isAssertion ? .empty : try quantified(node)
        }
        return try quantified(try atom())
    }

    private mutating func group() throws(PatternError) -> (PatternNode, isAssertion: Bool) {
        place += 1
        depth += 1
        if depth > limits.depthMax { throw .tooComplex("groups are nested deeper than \(limits.depthMax)") }
        var isAssertion = false
        if take(text: "?=") || take(text: "?!") || take(text: "?<=") || take(text: "?<!") {
            unsupported = unsupported ?? "look-around"
            isAssertion = true
        } else if take(text: "?<") {
            groups += 1
            let name = try groupName()
            if groupNames.contains(name) { throw fault("a group name used twice") }
            groupNames.append(name)
        } else if peek() == 0x3F {
            guard take(text: "?:") else { throw fault("an unknown kind of group") }
        } else {
            groups += 1
        }
        let node = try choice()
        guard take(")") else { throw fault("a group without its ')'") }
        depth -= 1
        return (node, isAssertion)
    }

    private mutating func groupName() throws(PatternError) -> String {
        var name = ""
        while let next = peek(), next != 0x3E {
            guard let scalar = Unicode.Scalar(next), scalar.properties.isIDContinue || next == 0x24 || next == 0x5F
            else { throw fault("a group name with a character that cannot be in one") }
            name.unicodeScalars.append(scalar)
            place += 1
        }
        guard take(">"), let first = name.unicodeScalars.first, !CodePointSet.digit.contains(first.value) else {
            throw fault("a group name that is empty, starts with a digit or has no '>'")
        }
        return name
    }

    private mutating func quantified(_ node: PatternNode) throws(PatternError) -> PatternNode {
        var least = 1
        var most: Int? = 1
        if take("*") {
            (least, most) = (0, nil)
        } else if take("+") {
            (least, most) = (1, nil)
        } else if take("?") {
            (least, most) = (0, 1)
        } else if take("{") {
            least = try count()
            most = least
            if take(",") { most = peek() == 0x7D ? nil : try count() }
            guard take("}") else { throw fault("a count without its '}'") }
            if let most, most < least { throw fault("a count whose limits are the wrong way round") }
        } else {
            return node
        }
        // Lazy or greedy makes no difference to whether there is a match.
        _ = take("?")
        return .repetition(node, least: least, most: most)
    }

    private mutating func count() throws(PatternError) -> Int {
        var value = 0
        var digits = 0
        while let next = peek(), next >= 0x30, next <= 0x39 {
            value = min(value * 10 + Int(next - 0x30), 1_000_000)
            digits += 1
            place += 1
        }
        if digits == 0 { throw fault("a count without a number") }
        return value
    }

    // MARK: Atoms

    private mutating func atom() throws(PatternError) -> PatternNode {
        guard let next = peek() else { throw fault("something is missing at the end") }
        switch next {
        case 0x2E:
            place += 1
            return .set(CodePointSet.lineEnd.complement)
        case 0x5B:
            place += 1
            return .set(try characterClass())
        case 0x5C:
            if try reference() { return .empty }
            place += 1
            return .set(try escape(inClass: false).set)
        case 0x2A, 0x2B, 0x3F: throw fault("a quantifier with nothing before it")
        case 0x7B, 0x7D, 0x5D: throw fault("a brace or bracket that must be escaped")
        default:
            place += 1
            return .set(CodePointSet([next...next]))
        }
    }

    /// `\1` to `\99` and `\k<name>`: noted, not run.
    private mutating func reference() throws(PatternError) -> Bool {
        guard let next = peek(1) else { throw fault("a backslash at the end") }
        if next == 0x6B {
            place += 2
            guard take("<") else { throw fault("a reference without a name") }
            referencedNames.append(try groupName())
        } else if next >= 0x31, next <= 0x39 {
            place += 1
            highestBackReference = max(highestBackReference, try count())
        } else {
            return false
        }
        unsupported = unsupported ?? "a back-reference"
        return true
    }

    private mutating func characterClass() throws(PatternError) -> CodePointSet {
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while !take("]") {
            guard peek() != nil else { throw fault("a character class without its ']'") }
            let first = try classMember()
            if peek() == 0x2D, let after = peek(1), after != 0x5D {
                place += 1
                let last = try classMember()
                guard let low = first.single, let high = last.single else {
                    throw fault("a range whose end is a class of characters")
                }
                guard low <= high else { throw fault("a range whose ends are the wrong way round") }
                ranges.append(low...high)
            } else {
                ranges += first.set.ranges
            }
        }
        let set = CodePointSet(ranges)
        return isNegated ? set.complement : set
    }

    private mutating func classMember() throws(PatternError) -> (set: CodePointSet, single: UInt32?) {
        guard let next = peek() else { throw fault("a character class without its ']'") }
        place += 1
        if next == 0x5C { return try escape(inClass: true) }
        return (CodePointSet([next...next]), next)
    }

    /// After the backslash.
    private mutating func escape(inClass: Bool) throws(PatternError) -> (set: CodePointSet, single: UInt32?) {
        guard let next = peek() else { throw fault("a backslash at the end") }
        place += 1
        switch next {
        case 0x64: return (.digit, nil)
        case 0x44: return (CodePointSet.digit.complement, nil)
        case 0x77: return (.word, nil)
        case 0x57: return (CodePointSet.word.complement, nil)
        case 0x73: return (.space, nil)
        case 0x53: return (CodePointSet.space.complement, nil)
        case 0x70: return (try property(), nil)
        case 0x50: return (try property().complement, nil)
        default:
            let scalar = try escapedCharacter(next, inClass: inClass)
            return (CodePointSet([scalar...scalar]), scalar)
        }
    }

    private mutating func escapedCharacter(_ next: UInt32, inClass: Bool) throws(PatternError) -> UInt32 {
        switch next {
        case 0x74: return 0x09
        case 0x6E: return 0x0A
        case 0x76: return 0x0B
        case 0x66: return 0x0C
        case 0x72: return 0x0D
        case 0x62 where inClass: return 0x08
        case 0x30:
            if let digit = peek(), digit >= 0x30, digit <= 0x39 { throw fault("an octal escape") }
            return 0
        case 0x63:
            guard let letter = peek(), (letter | 0x20) >= 0x61, (letter | 0x20) <= 0x7A else {
                throw fault("a control escape without its letter")
            }
            place += 1
            return letter & 31
        case 0x78: return try hexadecimal(2)
        case 0x75: return try unicodeEscape()
        case 0x41...0x5A, 0x61...0x7A, 0x31...0x39: throw fault("an escape that ECMA-262 does not have")
        default: return next
        }
    }

    private mutating func unicodeEscape() throws(PatternError) -> UInt32 {
        if take("{") {
            var value: UInt32 = 0
            var digits = 0
            while let digit = peek().flatMap(hexadecimalDigit) {
                value = min(value << 4 | digit, 0x11_0000)
                digits += 1
                place += 1
            }
            guard digits > 0, take("}"), value <= 0x10FFFF else { throw fault("a code point that is not one") }
            return value
        }
        let unit = try hexadecimal(4)
        guard unit & 0xFC00 == 0xD800, peek() == 0x5C, peek(1) == 0x75 else { return unit }
        let mark = place
        place += 2
        let low = try hexadecimal(4)
        if low & 0xFC00 == 0xDC00 { return 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF }
        place = mark
        return unit
    }

    private mutating func hexadecimal(_ digits: Int) throws(PatternError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = peek().flatMap(hexadecimalDigit) else { throw fault("too few hexadecimal digits") }
            value = value << 4 | digit
            place += 1
        }
        return value
    }

    private func hexadecimalDigit(_ scalar: UInt32) -> UInt32? {
        UInt8(exactly: scalar).flatMap(StringEscapes.hexadecimalDigit).map(UInt32.init)
    }

    private mutating func property() throws(PatternError) -> CodePointSet {
        guard take("{") else { throw fault("a property without its braces") }
        var name = ""
        while let next = peek(), next != 0x7D {
            if let scalar = Unicode.Scalar(next) { name.unicodeScalars.append(scalar) }
            place += 1
        }
        guard take("}") else { throw fault("a property without its braces") }
        if let set = UnicodeProperty.set(name) { return set }
        throw fault("a Unicode property that is not known")
    }
}

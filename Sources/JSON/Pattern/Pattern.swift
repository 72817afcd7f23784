// A compiled pattern (ECMA-262, Unicode mode, unanchored as JSON Schema wants it) over UTF-8.

/// Matches in time linear in the text, whatever the pattern. A class so that reading one out of a table of
/// them counts one reference and not one for each of its arrays.
public final class Pattern: Sendable {
    /// The pattern's text.
    public let source: String
    private let boundaries: ContiguousArray<UInt32>
    private let classes: ContiguousArray<UInt16>
    /// The class of every code point under `direct.count`: ASCII, Latin, Vietnamese.
    private let direct: ContiguousArray<UInt16>
    private let fixed: FixedPattern?
    private let table: PatternTable?
    private let simulation: PatternSimulation?

    /// Refuses what is not ECMA-262, what cannot be matched in linear time and what is over the limits.
    public init(_ source: String, limits: PatternLimits = PatternLimits()) throws(PatternError) {
        if source.utf8.count > limits.sizeBytesMax { throw .tooComplex("longer than \(limits.sizeBytesMax) bytes") }
        var parser = PatternParser(Array(source.utf8), limits: limits)
        let node = try parser.parse()
        if let unsupported = parser.unsupported { throw .unsupported(unsupported) }
        let program = try PatternProgram(node, limits: limits)
        self.source = source
        boundaries = ContiguousArray(program.boundaries)
        classes = ContiguousArray(program.classOfRange)
        let directCount: UInt32 = (program.boundaries.last ?? 0) < 0x80 ? 0x80 : 0x2000
        var direct = ContiguousArray<UInt16>()
        var range = 0
        for scalar in 0..<directCount {
            if range + 1 < program.boundaries.count, program.boundaries[range + 1] <= scalar { range += 1 }
            direct.append(program.classOfRange[range])
        }
        self.direct = direct
        fixed = limits.statesMax > 0 ? FixedPattern(node) : nil
        table = PatternTable(program, statesMax: limits.statesMax)
        simulation = table == nil ? PatternSimulation(program: program) : nil
    }

    /// Whether a text is a pattern of ECMA-262, also one that this matcher refuses to run.
    static func isSyntax(_ text: [UInt8]) -> Bool {
        var parser = PatternParser(text, limits: PatternLimits())
        return (try? parser.parse()) != nil
    }

    /// Whether the pattern occurs in `text`, which is valid UTF-8.
    public func matches(_ text: Span<UInt8>) -> Bool {
        var steps = Int.max
        return matches(text, steps: &steps)
    }

    public func matches(_ text: [UInt8]) -> Bool { matches(text.span) }

    /// As `matches`, taking what it costs from `steps`; out of steps is no match.
    func matches(_ text: Span<UInt8>, steps: inout Int) -> Bool {
        if let fixed { return fixed.matches(text) }
        guard let table else { return simulate(text, steps: &steps) }
        steps -= text.count >> 4
        var state = table.first
        let width = table.width
        var place = 0
        while place < text.count {
            let byte = text[place]
            let symbol: UInt16
            if byte < 0x80 {
                symbol = direct[Int(byte)]
                place &+= 1
            } else {
                symbol = classOf(CodePoints.next(text, &place))
            }
            state = table.rows[Int(state) &* width &+ Int(symbol)]
            if state <= PatternTable.matched { return state == PatternTable.matched }
        }
        return table.rows[Int(state) &* width &+ width &- 1] == PatternTable.matched
    }

    private func classOf(_ scalar: UInt32) -> UInt16 {
        if scalar < UInt32(direct.count) { return direct[Int(scalar)] }
        var low = 0
        var high = boundaries.count
        while low < high {
            let middle = (low + high) / 2
            if boundaries[middle] <= scalar { low = middle + 1 } else { high = middle }
        }
        return classes[low - 1]
    }

    private func simulate(_ text: Span<UInt8>, steps: inout Int) -> Bool {
        guard let simulation else { return false }
        var symbols: [Int] = []
        var place = 0
        while place < text.count { symbols.append(Int(classOf(CodePoints.next(text, &place)))) }
        return simulation.matches(symbols, steps: &steps)
    }
}

/// Code points of text that is known to be UTF-8.
enum CodePoints {
    /// Decodes the code point at `place` and steps over it; bytes that end too early read as zero bits.
    @inline(__always)
    static func next(_ text: Span<UInt8>, _ place: inout Int) -> UInt32 {
        let lead = text[place]
        place &+= 1
        if lead < 0x80 { return UInt32(lead) }
        var value: UInt32
        var following: Int
        if lead < 0xE0 {
            (value, following) = (UInt32(lead & 0x1F), 1)
        } else if lead < 0xF0 {
            (value, following) = (UInt32(lead & 0x0F), 2)
        } else {
            (value, following) = (UInt32(lead & 0x07), 3)
        }
        while following > 0 {
            let byte: UInt8 = place < text.count ? text[place] : 0
            value = value << 6 | UInt32(byte & 0x3F)
            place &+= 1
            following &-= 1
        }
        return value
    }

    /// How many there are: bytes that do not continue one.
    @inline(__always)
    static func count(_ text: Span<UInt8>) -> Int {
        var count = 0
        for place in text.indices where text[place] & 0xC0 != 0x80 { count &+= 1 }
        return count
    }
}

// Patterns that most identifiers have: from start to end, one range of ASCII characters at each place, as in
// `^[A-Z]{2}[0-9]{13}$`. Eight characters are compared at once, and nothing is stepped through.

/// A range of ASCII per place, in words of eight places that overlap at the end.
struct FixedPattern: Sendable {
    let length: Int
    /// What is added to a byte so that its high bit is set from the range's start on, and over its end.
    private var floors: ContiguousArray<UInt64> = []
    private var ceilings: ContiguousArray<UInt64> = []
    private var offsets: ContiguousArray<Int> = []

    static let lengthMax = 64

    /// Nil where the pattern is of another form.
    init?(_ node: PatternNode) {
        guard case .sequence(let nodes) = node, nodes.count >= 3, case .start = nodes[0],
            case .end = nodes[nodes.count - 1]
        else { return nil }
        var ranges: [ClosedRange<UInt8>] = []
        for node in nodes[1..<(nodes.count - 1)] {
            var set = node
            var count = 1
            if case .repetition(let body, let least, let most) = node {
                guard least == most, least <= FixedPattern.lengthMax else { return nil }
                (set, count) = (body, least)
            }
            guard case .set(let points) = set, points.ranges.count == 1, points.ranges[0].upperBound < 0x80 else { return nil }
            let range = UInt8(points.ranges[0].lowerBound)...UInt8(points.ranges[0].upperBound)
            ranges += repeatElement(range, count: count)
            if ranges.count > FixedPattern.lengthMax { return nil }
        }
        guard ranges.count >= 8 else { return nil }
        length = ranges.count
        for start in stride(from: 0, to: length, by: 8) {
            let offset = min(start, length - 8)
            var (floor, ceiling): (UInt64, UInt64) = (0, 0)
            for place in 0..<8 {
                let range = ranges[offset + place]
                floor |= UInt64(0x80 - range.lowerBound) << UInt64(place * 8)
                ceiling |= UInt64(0x7F - range.upperBound) << UInt64(place * 8)
            }
            floors.append(floor)
            ceilings.append(ceiling)
            offsets.append(offset)
        }
    }

    /// Safe because a text of another length is refused first, and every word lies within that length.
    @inline(__always)
    func matches(_ text: Span<UInt8>) -> Bool {
        guard text.count == length else { return false }
        return unsafe text.withUnsafeBytes { raw in
            var bad: UInt64 = 0
            for word in offsets.indices {
                let bytes = unsafe raw.loadUnaligned(fromByteOffset: offsets[word], as: UInt64.self)
                // No sum of two bytes under 0x80 carries; a byte over it is bad whatever it carries into.
                bad |= bytes | ~(bytes &+ floors[word]) | (bytes &+ ceilings[word])
            }
            return bad & 0x8080_8080_8080_8080 == 0
        }
    }
}

// Regular expressions over topic names, as subscriptions give them. Matched by following all ways through the
// expression at once (Thompson's construction), so that time grows with expression times name and no
// expression can hold the broker up. Offered: literals, `.`, `[...]`, `\d \w \s` and their opposites, groups,
// alternatives, `* + ? {m,n}` (lazy forms too, which match the same names), `^` and `$`. The whole name must
// match.

/// A compiled expression.
struct TopicPattern {
    /// An expression that is none.
    struct Invalid: Error {}

    private enum Step {
        /// Consumes one byte of the set.
        case byte(ByteSet)
        case fork(Int, Int)
        case jump(Int)
        case start
        case end
        case match
    }

    static let bytesMax = 1_000
    static let stepsMax = 1_000
    private var steps: [Step] = []

    init(_ text: String) throws(Invalid) {
        guard text.utf8.count <= Self.bytesMax else { throw Invalid() }
        var parser = PatternParser(Array(text.utf8))
        let tree = try parser.parse()
        try emit(tree)
        steps.append(.match)
    }

    private mutating func append(_ step: Step) throws(Invalid) {
        guard steps.count < Self.stepsMax else { throw Invalid() }
        steps.append(step)
    }

    private mutating func emit(_ node: PatternNode) throws(Invalid) {
        switch node {
        case .set(let set): try append(.byte(set))
        case .start: try append(.start)
        case .end: try append(.end)
        case .sequence(let nodes): for node in nodes { try emit(node) }
        case .choice(let first, let second):
            let fork = steps.count
            try append(.jump(0))
            try emit(first)
            let jump = steps.count
            try append(.jump(0))
            steps[fork] = .fork(fork + 1, jump + 1)
            try emit(second)
            steps[jump] = .jump(steps.count)
        case .repeated(let node, let least, let most):
            for round in 0..<least {
                let before = steps.count
                try emit(node)
                // Nothing, however often, is nothing: nested counts of it must not take time.
                if round == 0, steps.count == before { return }
            }
            if let most {
                for _ in 0..<max(0, most - least) {
                    let fork = steps.count
                    try append(.jump(0))
                    try emit(node)
                    steps[fork] = .fork(fork + 1, steps.count)
                }
            } else {
                let fork = steps.count
                try append(.jump(0))
                try emit(node)
                try append(.jump(fork))
                steps[fork] = .fork(fork + 1, steps.count)
            }
        }
    }

    func matches(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        var current: [Int] = []
        var isIn = [Bool](repeating: false, count: steps.count)
        reach(0, at: 0, of: bytes.count, &current, &isIn)
        for (position, byte) in bytes.enumerated() {
            var next: [Int] = []
            isIn = [Bool](repeating: false, count: steps.count)
            for index in current {
                if case .byte(let set) = steps[index], set.contains(byte) {
                    reach(index + 1, at: position + 1, of: bytes.count, &next, &isIn)
                }
            }
            current = next
        }
        return current.contains { if case .match = steps[$0] { true } else { false } }
    }

    /// Adds what can be reached from a step without consuming anything.
    private func reach(_ first: Int, at position: Int, of count: Int, _ list: inout [Int], _ isIn: inout [Bool]) {
        var open = [first]
        while let index = open.popLast() {
            guard !isIn[index] else { continue }
            isIn[index] = true
            switch steps[index] {
            case .byte, .match: list.append(index)
            case .jump(let target): open.append(target)
            case .fork(let first, let second): open += [second, first]
            case .start: if position == 0 { open.append(index + 1) }
            case .end: if position == count { open.append(index + 1) }
            }
        }
    }
}

/// A set of bytes.
struct ByteSet: Equatable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }

    mutating func insert(_ byte: UInt8) {
        let bit: UInt64 = 1 << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    mutating func insert(_ range: ClosedRange<UInt8>) { for byte in range { insert(byte) } }

    mutating func formUnion(_ other: ByteSet) {
        words.0 |= other.words.0
        words.1 |= other.words.1
        words.2 |= other.words.2
        words.3 |= other.words.3
    }

    var inverted: ByteSet {
        var result = ByteSet()
        result.words = (~words.0, ~words.1, ~words.2, ~words.3)
        return result
    }

    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return word >> UInt64(byte & 63) & 1 == 1
    }
}

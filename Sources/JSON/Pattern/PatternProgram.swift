// A pattern as instructions (Thompson's construction), counts written out, over classes of code points: the
// alphabet is cut into the fewest ranges that every set of the pattern is a union of.

/// One instruction; the next one follows unless it says otherwise.
enum PatternInstruction: Sendable {
    /// Consumes one code point whose class is in `sets[set]`.
    case consume(set: Int)
    case split(Int, Int)
    case jump(Int)
    case start
    case end
    case wordBoundary(negated: Bool)
    case match
}

struct PatternProgram: Sendable {
    private(set) var instructions: [PatternInstruction] = []
    /// Ascending first code points of the alphabet's ranges; the class of a code point is its range's number.
    private(set) var boundaries: [UInt32] = [0]
    /// For each set which classes are in it.
    private(set) var sets: [[Bool]] = []
    /// Whether a class is one of word characters, for `\b`.
    private(set) var wordClasses: [Bool] = []
    private(set) var usesWordBoundary = false
    private var pending: [CodePointSet] = []
    private let limits: PatternLimits

    init(_ node: PatternNode, limits: PatternLimits) throws(PatternError) {
        self.limits = limits
        if size(node) >= limits.instructionsMax {
            throw .tooComplex("over \(limits.instructionsMax) instructions once its counts are written out")
        }
        try emit(node)
        try add(.match)
        cutAlphabet()
    }

    var classCount: Int { boundaries.count }

    private mutating func add(_ instruction: PatternInstruction) throws(PatternError) {
        if instructions.count >= limits.instructionsMax {
            throw .tooComplex("over \(limits.instructionsMax) instructions once its counts are written out")
        }
        instructions.append(instruction)
    }

    /// Instructions a node becomes, counted before any is made; stops growing at a million.
    private func size(_ node: PatternNode) -> Int {
        switch node {
        case .empty: return 0
        case .set, .start, .end, .wordBoundary: return 1
        case .sequence(let nodes): return min(nodes.reduce(0) { $0 + size($1) }, 1_000_000)
        case .choice(let branches): return min(branches.reduce(-2) { $0 + size($1) + 2 }, 1_000_000)
        case .repetition(let body, let least, let most):
            let bodySize = size(body)
            if bodySize == 0 { return 0 }
            guard let most else { return min(bodySize * (least + 1) + 2, 1_000_000) }
            return min(bodySize * most + most - least, 1_000_000)
        }
    }

    private mutating func emit(_ node: PatternNode) throws(PatternError) {
        switch node {
        case .empty: break
        case .set(let set):
            try add(.consume(set: pending.count))
            pending.append(set)
        case .sequence(let nodes): for node in nodes { try emit(node) }
        case .choice(let branches): try emitChoice(branches)
        case .repetition(let node, let least, let most): try emitRepetition(node, least, most)
        case .start: try add(.start)
        case .end: try add(.end)
        case .wordBoundary(let negated):
            usesWordBoundary = true
            try add(.wordBoundary(negated: negated))
        }
    }

    private mutating func emitChoice(_ branches: [PatternNode]) throws(PatternError) {
        var exits: [Int] = []
        for (position, branch) in branches.enumerated() {
            if position == branches.count - 1 {
                try emit(branch)
                break
            }
            let split = instructions.count
            try add(.split(split + 1, 0))
            try emit(branch)
            exits.append(instructions.count)
            try add(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for exit in exits { instructions[exit] = .jump(instructions.count) }
    }

    private mutating func emitRepetition(_ node: PatternNode, _ least: Int, _ most: Int?) throws(PatternError) {
        // A body without instructions would repeat for nothing.
        if size(node) == 0 { return }
        for _ in 0..<least { try emit(node) }
        guard let most else {
            let split = instructions.count
            try add(.split(split + 1, 0))
            try emit(node)
            try add(.jump(split))
            instructions[split] = .split(split + 1, instructions.count)
            return
        }
        var splits: [Int] = []
        for _ in least..<most {
            splits.append(instructions.count)
            try add(.split(instructions.count + 1, 0))
            try emit(node)
        }
        for split in splits { instructions[split] = .split(split + 1, instructions.count) }
    }

    /// Gives equal sets one number and cuts the code space at every range's ends.
    private mutating func cutAlphabet() {
        var unique: [CodePointSet] = []
        var numbers: [Int] = []
        for set in pending {
            if let known = unique.firstIndex(of: set) {
                numbers.append(known)
            } else {
                numbers.append(unique.count)
                unique.append(set)
            }
        }
        var cuts: Set<UInt32> = [0]
        for set in unique + (usesWordBoundary ? [.word] : []) {
            for range in set.ranges {
                cuts.insert(range.lowerBound)
                if range.upperBound < 0x10FFFF { cuts.insert(range.upperBound + 1) }
            }
        }
        boundaries = cuts.sorted()
        sets = unique.map { set in boundaries.map(set.contains) }
        wordClasses = boundaries.map { usesWordBoundary && CodePointSet.word.contains($0) }
        mergeClasses()
        for (place, instruction) in instructions.enumerated() {
            if case .consume(let set) = instruction { instructions[place] = .consume(set: numbers[set]) }
        }
        pending = []
    }

    /// Which class each range of the alphabet is in: ranges that no set tells apart share one.
    private(set) var classOfRange: [UInt16] = []
    private(set) var mergedCount = 0

    private mutating func mergeClasses() {
        var known: [[Bool]: Int] = [:]
        var mergedSets: [[Bool]] = sets.map { _ in [] }
        var mergedWords: [Bool] = []
        for range in boundaries.indices {
            let signature = sets.map { $0[range] } + [wordClasses[range]]
            if let number = known[signature] {
                classOfRange.append(UInt16(truncatingIfNeeded: number))
                continue
            }
            classOfRange.append(UInt16(truncatingIfNeeded: known.count))
            known[signature] = known.count
            for set in sets.indices { mergedSets[set].append(sets[set][range]) }
            mergedWords.append(wordClasses[range])
        }
        sets = mergedSets
        wordClasses = mergedWords
        mergedCount = known.count
    }
}

// Matching in linear time: the program's subset automaton as a table where that stays small, otherwise the
// program simulated with a list of live instructions.
//
// A state is the instructions reached *before* following those that consume nothing, so that assertions can
// look at what comes next: `^`, `$` and `\b` are decided when the next class (or the end) is known.

/// What surrounds the place between two code points.
private struct PatternContext: Hashable {
    var isStart = false
    var isEnd = false
    var wordBefore = false
    var wordAfter = false
}

/// Follows the instructions that consume nothing.
private struct PatternClosure {
    let program: PatternProgram
    private var visited: [Bool]
    private(set) var steps = 0
    private(set) var consuming: [Int] = []
    private(set) var isMatch = false

    init(_ program: PatternProgram) {
        self.program = program
        visited = Array(repeating: false, count: program.instructions.count)
    }

    mutating func follow(_ starts: [Int], _ context: PatternContext) {
        consuming.removeAll(keepingCapacity: true)
        isMatch = false
        var seen: [Int] = []
        var stack = starts
        while let place = stack.popLast() {
            if visited[place] { continue }
            visited[place] = true
            seen.append(place)
            steps += 1
            switch program.instructions[place] {
            case .consume: consuming.append(place)
            case .split(let first, let second):
                stack.append(first)
                stack.append(second)
            case .jump(let target): stack.append(target)
            case .start: if context.isStart { stack.append(place + 1) }
            case .end: if context.isEnd { stack.append(place + 1) }
            case .wordBoundary(let negated):
                if (context.wordBefore != context.wordAfter) != negated { stack.append(place + 1) }
            case .match: isMatch = true
            }
        }
        for place in seen { visited[place] = false }
        consuming.sort()
    }

    /// The instructions after those that consume a class; the search may also begin at the next place.
    func step(_ symbol: Int) -> [Int] {
        var next = [0]
        for place in consuming {
            if case .consume(let set) = program.instructions[place], program.sets[set][symbol] {
                next.append(place + 1)
            }
        }
        return next
    }
}

/// The table: rows of states, a column a class and a last one for the end of the text.
struct PatternTable: Sendable {
    static let dead: UInt16 = 0
    static let matched: UInt16 = 1
    private(set) var rows: ContiguousArray<UInt16> = []
    private(set) var width = 0
    private(set) var first: UInt16 = 0

    /// Nil where it would need more than `statesMax` states or too much work.
    init?(_ program: PatternProgram, statesMax: Int) {
        let classes = program.mergedCount
        width = classes + 1
        guard width * (statesMax + 2) <= 1 << 20 else { return nil }
        var closure = PatternClosure(program)
        var numbers: [State: UInt16] = [:]
        var states: [State] = []
        rows = ContiguousArray(repeating: PatternTable.dead, count: width)
        rows.append(contentsOf: repeatElement(PatternTable.matched, count: width))
        let start = State(places: [0], isStart: true, wordBefore: false)
        numbers[start] = 2
        states.append(start)
        first = 2
        var done = 0
        while done < states.count {
            let state = states[done]
            done += 1
            for symbol in 0...classes {
                var context = PatternContext(isStart: state.isStart, wordBefore: state.wordBefore)
                context.isEnd = symbol == classes
                context.wordAfter = symbol < classes && program.wordClasses[symbol]
                closure.follow(state.places, context)
                if closure.isMatch || symbol == classes {
                    rows.append(closure.isMatch ? PatternTable.matched : PatternTable.dead)
                    continue
                }
                let next = State(places: closure.step(symbol), isStart: false, wordBefore: context.wordAfter)
                if next.places.count == 1, PatternTable.cannotStartLater(program) {
                    rows.append(PatternTable.dead)
                } else if let known = numbers[next] {
                    rows.append(known)
                } else {
                    if states.count >= statesMax { return nil }
                    let number = UInt16(truncatingIfNeeded: states.count + 2)
                    numbers[next] = number
                    states.append(next)
                    rows.append(number)
                }
                if closure.steps > 400_000 { return nil }
            }
        }
    }

    private struct State: Hashable {
        var places: [Int]
        var isStart: Bool
        var wordBefore: Bool
    }

    /// Patterns whose first instruction is `^` match only from the start: then nothing live is the end.
    private static func cannotStartLater(_ program: PatternProgram) -> Bool {
        if case .start = program.instructions[0] { return true }
        return false
    }
}

/// The program run as it is: for patterns whose table would be too large.
struct PatternSimulation: Sendable {
    let program: PatternProgram

    /// Whether there is a match; `steps` counts instructions visited, and running out of them is no match.
    func matches(_ symbols: some Sequence<Int>, steps: inout Int) -> Bool {
        var closure = PatternClosure(program)
        var live = [0]
        var context = PatternContext(isStart: true)
        var used = 0
        for symbol in symbols {
            context.wordAfter = program.wordClasses[symbol]
            closure.follow(live, context)
            steps -= closure.steps - used
            used = closure.steps
            if closure.isMatch { return true }
            if steps < 0 { return false }
            live = closure.step(symbol)
            context = PatternContext(wordBefore: context.wordAfter)
        }
        context.isEnd = true
        context.wordAfter = false
        closure.follow(live, context)
        return closure.isMatch
    }
}

// A route's condition as a flat list of tests over captured values. The truth has three values: what cannot
// be told is a fault, and a fault releases nothing.

import Consent
import JSON

/// What a condition says of a record.
enum Truth {
    case holds, fails, fault
}

/// A compiled condition.
struct ConditionProgram: Sendable {
    private struct Test {
        enum Operation {
            case equals, exists, isMissing, before, after, not, all, any
        }
        var operation: Operation
        /// The capture that a comparison looks at.
        var capture: Int32 = -1
        /// Operands of `equals`, or the instant of `before` and `after`.
        var operands: Range<Int> = 0..<0
        var instant: Int64 = 0
        /// The test after this one and its parts.
        var next = 0
    }
    private enum Operand {
        case string([UInt8])
        case integer(Int64)
        case bool(Bool)
    }
    private var tests: ContiguousArray<Test> = []
    private var operands: ContiguousArray<Operand> = []

    /// Compiles a condition; `capture` numbers the places that it looks at.
    init(_ condition: Condition, capture: (FieldPointer) -> Int) { add(condition, capture) }

    private mutating func add(_ condition: Condition, _ capture: (FieldPointer) -> Int) {
        let place = tests.count
        switch condition {
        case .equals(let pointer, let value): addEquals(pointer, [value], capture)
        case .isOneOf(let pointer, let values): addEquals(pointer, values, capture)
        case .exists(let pointer, let wanted):
            tests.append(Test(operation: wanted ? .exists : .isMissing, capture: Int32(capture(pointer))))
        case .before(let pointer, let instant):
            tests.append(Test(operation: .before, capture: Int32(capture(pointer)), instant: instant))
        case .after(let pointer, let instant):
            tests.append(Test(operation: .after, capture: Int32(capture(pointer)), instant: instant))
        case .not(let part): addParts(.not, [part], capture)
        case .all(let parts): addParts(.all, parts, capture)
        case .any(let parts): addParts(.any, parts, capture)
        }
        tests[place].next = tests.count
    }

    private mutating func addEquals(
        _ pointer: FieldPointer, _ values: [ConditionValue], _ capture: (FieldPointer) -> Int
    ) {
        let first = operands.count
        for value in values {
            switch value {
            case .string(let text): operands.append(.string(Array(text.utf8)))
            case .integer(let number): operands.append(.integer(number))
            case .bool(let bool): operands.append(.bool(bool))
            }
        }
        tests.append(
            Test(operation: .equals, capture: Int32(capture(pointer)), operands: first..<operands.count))
    }

    private mutating func addParts(
        _ operation: Test.Operation, _ parts: [Condition], _ capture: (FieldPointer) -> Int
    ) {
        tests.append(Test(operation: operation))
        for part in parts { add(part, capture) }
    }

    /// Evaluates the condition on a walked record. Parts are looked at in order, no further than needed.
    func evaluate(_ view: borrowing JSONView, _ walk: borrowing RecordWalk) -> Truth {
        evaluate(0, view, walk)
    }

    private func evaluate(_ place: Int, _ view: borrowing JSONView, _ walk: borrowing RecordWalk) -> Truth {
        let test = tests[place]
        switch test.operation {
        case .not:
            switch evaluate(place + 1, view, walk) {
            case .holds: return .fails
            case .fails: return .holds
            case .fault: return .fault
            }
        case .all, .any:
            var part = place + 1
            while part < test.next {
                let truth = evaluate(part, view, walk)
                if truth == .fault { return .fault }
                if truth == (test.operation == .all ? .fails : .holds) { return truth }
                part = tests[part].next
            }
            return test.operation == .all ? .holds : .fails
        case .exists, .isMissing:
            var isThere = false
            for capture in walk.captures where capture.number == test.capture && !view.isNull(capture.node) {
                isThere = true
            }
            return isThere == (test.operation == .exists) ? .holds : .fails
        case .equals, .before, .after:
            // Of several elements one suffices; one that cannot be compared spoils the rest.
            var result = Truth.fails
            for capture in walk.captures where capture.number == test.capture {
                let truth =
                    test.operation == .equals
                    ? compare(test, view, capture.node) : compareTime(test, view, capture.node)
                if truth == .fault { return .fault }
                if truth == .holds { result = .holds }
            }
            return result
        }
    }

    private func compare(_ test: Test, _ view: borrowing JSONView, _ node: JSONNode) -> Truth {
        let kind = view.kind(node)
        var isComparable = false
        for place in test.operands {
            switch operands[place] {
            case .string(let text):
                guard kind == .string else { continue }
                isComparable = true
                if view.isString(node, text) { return .holds }
            case .integer(let wanted):
                guard kind == .number else { continue }
                guard let number = view.int64(node) else { return .fault }
                isComparable = true
                if number == wanted { return .holds }
            case .bool(let wanted):
                guard let bool = view.bool(node) else { continue }
                isComparable = true
                if bool == wanted { return .holds }
            }
        }
        return isComparable ? .fails : .fault
    }

    /// Compares a date-time, a date, or the span of time that a year or a month stands for.
    private func compareTime(_ test: Test, _ view: borrowing JSONView, _ node: JSONNode) -> Truth {
        guard let range = view.textRange(node), !view.hasEscapes(node) else { return .fault }
        let text = view.bytes.extracting(range)
        guard let first = ConditionProgram.first(text), let last = ConditionProgram.last(text) else { return .fault }
        let isBefore = last < test.instant
        // Partly before and partly after: the record does not tell.
        if !isBefore && first < test.instant { return .fault }
        return isBefore == (test.operation == .before) ? .holds : .fails
    }

    private static func first(_ text: Span<UInt8>) -> Int64? {
        switch text.count {
        case 4: whole(text, "-01-01")
        case 7: whole(text, "-01")
        default: Instant.dateOrDateTime(text)
        }
    }

    /// The last instant known: of a day its first, since days are compared with days.
    private static func last(_ text: Span<UInt8>) -> Int64? {
        switch text.count {
        case 4: whole(text, "-12-31")
        case 7: whole(text, "-31") ?? whole(text, "-30") ?? whole(text, "-29") ?? whole(text, "-28")
        default: Instant.dateOrDateTime(text)
        }
    }

    private static func whole(_ text: Span<UInt8>, _ rest: String) -> Int64? {
        var bytes: [UInt8] = []
        for place in text.indices { bytes.append(text[place]) }
        bytes.append(contentsOf: rest.utf8)
        return Instant.date(bytes.span)
    }
}

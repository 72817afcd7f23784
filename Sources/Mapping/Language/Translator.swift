// Runs a compiled adapter over a source record and writes contract values as JSON straight into bytes:
// no tree between, no String per field. Keep one translator per worker; it owns the scratch memory.

import Records

/// What one operation did.
enum Outcome {
    case written
    /// Nothing was written: the source has no such value.
    case absent
    /// `Translator.rejection` says why.
    case rejected
}

/// Quality issues that the language itself finds.
enum BuiltInIssue: String, Sendable {
    case prefixUnknown = "id.prefix-unknown"
    case sexMismatch = "id.sex-mismatch"
    case yearMismatch = "id.year-mismatch"
    case zeroRestored = "id.zero-restored"
    case unitUnknown = "unit.unknown-at-date"
    case codeUnknown = "code.unknown"
}

/// The bounds of one record's translation.
public struct TranslationLimits: Sendable {
    /// Elements of one repetition.
    public var itemsMax = 10_000
    /// Quality issues kept of one event.
    public var issuesMax = 64
    /// Events of one record.
    public var eventsMax = 1_000
    public init() {}
}

/// The interpreter of one adapter's program.
struct Translator: Sendable {
    let program: Program
    let key: SubjectKey
    var limits = TranslationLimits()
    /// The node of the record at each slot of the path table, negative where there is none.
    var slots: ContiguousArray<Int32>
    var rejection: Rejection?
    var scratch: [UInt8] = []
    var number = NumberText()
    var identity = IdentityNumber()
    private var issues: [Issue] = []

    private struct Issue {
        var builtIn: BuiltInIssue?
        var code: ArenaSlice
        var place: Int32
    }

    init(program: Program, key: SubjectKey) {
        self.program = program
        self.key = key
        slots = ContiguousArray(repeating: -1, count: program.paths.slotCount)
    }

    // MARK: Events

    /// Starts on a record: finds the elements of all paths from its root.
    mutating func begin(_ record: SourceRecord) {
        rejection = nil
        program.paths.bind(0, to: 0, of: record, slots: &slots)
    }

    /// Writes one event's value, an object with what was noted about its quality.
    mutating func write(_ event: EventRule, _ record: SourceRecord, to output: inout [UInt8]) -> Outcome {
        issues.removeAll(keepingCapacity: true)
        output.append(UInt8(ascii: "{"))
        let start = output.count
        guard writeMembers(event.members, record, isFirst: true, to: &output) else { return .rejected }
        for index in event.checks.range where !passes(index, record) { return .rejected }
        if !issues.isEmpty {
            if output.count > start { output.append(UInt8(ascii: ",")) }
            writeIssues(to: &output)
        }
        output.append(UInt8(ascii: "}"))
        return .written
    }

    private mutating func passes(_ index: Int, _ record: SourceRecord) -> Bool {
        let condition = program.checks[index].condition
        if condition >= 0, holds(condition, record) != true { return true }
        guard holds(program.checks[index].requirement, record) == false else { return true }
        let check = program.checks[index]
        if check.rejects {
            reject(.mapRule, check.place, check.detail, check.fix)
            return false
        }
        note(Issue(builtIn: nil, code: check.code, place: check.place))
        return true
    }

    private mutating func note(_ issue: Issue) {
        if issues.count < limits.issuesMax { issues.append(issue) }
    }

    mutating func note(_ issue: BuiltInIssue, _ place: Int32) {
        note(Issue(builtIn: issue, code: .absent, place: place))
    }

    private func writeIssues(to output: inout [UInt8]) {
        output.append(contentsOf: "\"qualityIssues\":[".utf8)
        for (number, issue) in issues.enumerated() {
            output.append(contentsOf: (number == 0 ? "{\"code\":\"" : ",{\"code\":\"").utf8)
            if let builtIn = issue.builtIn {
                output.append(contentsOf: builtIn.rawValue.utf8)
            } else {
                output.append(contentsOf: program.constants[issue.code.range])
            }
            output.append(contentsOf: "\",\"place\":".utf8)
            appendJSON(program.places[Int(issue.place)], to: &output)
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "]"))
    }

    mutating func reject(_ code: RejectionCode, _ place: Int32, _ detail: String, _ fix: String) {
        rejection = Rejection(
            stage: .conform, code: code, place: program.places[Int(place)], detail: detail, fix: fix)
    }

    // MARK: Sources

    /// Where the first present source's text lies in the record, without white space at its ends.
    @inline(__always)
    func text(_ source: SourceReference, _ record: SourceRecord) -> Range<Int>? {
        let first = Int(source.firstSlot)
        for place in first..<first + Int(source.slotCount) {
            let node = slots[Int(program.slotLists[place])]
            guard node >= 0 else { continue }
            let value = record.nodes[Int(node)].value
            guard value.count > 0 else { continue }
            let range = trimmedRange(record.text.span, value.range)
            if !range.isEmpty { return range }
        }
        return nil
    }

    /// Whether there is an element with text or children.
    func isPresent(_ source: SourceReference, _ record: SourceRecord) -> Bool {
        if text(source, record) != nil { return true }
        let first = Int(source.firstSlot)
        return (first..<first + Int(source.slotCount)).contains { place in
            let node = slots[Int(program.slotLists[place])]
            return node >= 0 && record.nodes[Int(node)].firstChild >= 0
        }
    }

    // MARK: Objects and lists

    /// Writes members without braces; what is absent leaves no trace. False: rejected.
    mutating func writeMembers(
        _ members: ListRange, _ record: SourceRecord, isFirst: Bool, to output: inout [UInt8]
    ) -> Bool {
        var needsComma = !isFirst
        for index in members.range {
            let mark = output.count
            if needsComma { output.append(UInt8(ascii: ",")) }
            let member = program.members[index]
            appendConstant(member.key, to: &output)
            switch write(member.operation, record, to: &output) {
            case .written: needsComma = true
            case .absent: output.removeLast(output.count - mark)
            case .rejected: return false
            }
        }
        return true
    }

    @inline(__always)
    func appendConstant(_ slice: ArenaSlice, to output: inout [UInt8]) {
        output.append(program.constants.span.extracting(slice.range))
    }

    private mutating func writeObject(
        _ members: ListRange, _ record: SourceRecord, to output: inout [UInt8]
    ) -> Outcome {
        output.append(UInt8(ascii: "{"))
        let start = output.count
        guard writeMembers(members, record, isFirst: true, to: &output) else { return .rejected }
        if output.count == start { return .absent }
        output.append(UInt8(ascii: "}"))
        return .written
    }

    private mutating func writeList(_ operands: ListRange, _ record: SourceRecord, to output: inout [UInt8]) -> Outcome
    {
        output.append(UInt8(ascii: "["))
        let start = output.count
        for index in operands.range {
            let mark = output.count
            if output.count > start { output.append(UInt8(ascii: ",")) }
            switch write(program.operands[index], record, to: &output) {
            case .written: break
            case .absent: output.removeLast(output.count - mark)
            case .rejected: return .rejected
            }
        }
        if output.count == start { return .absent }
        output.append(UInt8(ascii: "]"))
        return .written
    }

    private mutating func writeEach(_ index: Int32, _ record: SourceRecord, to output: inout [UInt8]) -> Outcome {
        let each = program.eaches[Int(index)]
        output.append(UInt8(ascii: "["))
        let start = output.count
        var element = firstElement(slots[Int(each.slot)], record)
        var count = 0
        while element >= 0 {
            count += 1
            guard count <= limits.itemsMax else {
                reject(.mapRule, 0, "a repetition has more than \(limits.itemsMax) elements", "split the record")
                return .rejected
            }
            program.paths.bind(each.scope, to: element, of: record, slots: &slots)
            if each.condition < 0 || holds(each.condition, record) == true {
                let mark = output.count
                if output.count > start { output.append(UInt8(ascii: ",")) }
                switch write(each.item, record, to: &output) {
                case .written: break
                case .absent: output.removeLast(output.count - mark)
                case .rejected: return .rejected
                }
            }
            element = nextElement(element, record)
        }
        if output.count == start { return .absent }
        output.append(UInt8(ascii: "]"))
        return .written
    }

    /// The first of an array's elements, or the first of the elements of one name.
    func firstElement(_ node: Int32, _ record: SourceRecord) -> Int32 {
        guard node >= 0 else { return -1 }
        let child = record.nodes[Int(node)].firstChild
        return child >= 0 && record.nodes[Int(child)].name.range.isEmpty ? child : node
    }

    /// The next sibling of the same name; array elements all have the empty name.
    func nextElement(_ node: Int32, _ record: SourceRecord) -> Int32 {
        let name = record.nodes[Int(node)].name.range
        var next = record.nodes[Int(node)].nextSibling
        while next >= 0 {
            let other = record.nodes[Int(next)].name.range
            if equal(record.text.span.extracting(name), record.text.span.extracting(other)) { return next }
            next = record.nodes[Int(next)].nextSibling
        }
        return -1
    }

    private mutating func writeConcatenation(
        _ operands: ListRange, _ separator: ArenaSlice, _ skipsAbsent: Bool, _ record: SourceRecord,
        to output: inout [UInt8]
    ) -> Outcome {
        output.append(UInt8(ascii: "\""))
        let start = output.count
        for index in operands.range {
            let mark = output.count
            if index > Int(operands.start), output.count > start || !skipsAbsent {
                appendConstant(separator, to: &output)
            }
            let begin = output.count
            switch write(program.operands[index], record, to: &output) {
            case .written:
                // The text inside a JSON string stays the same text inside a longer one.
                if output[begin] == UInt8(ascii: "\"") {
                    output.remove(at: begin)
                    output.removeLast()
                }
            case .absent:
                if !skipsAbsent { return .absent }
                output.removeLast(output.count - mark)
            case .rejected: return .rejected
            }
        }
        if output.count == start { return .absent }
        output.append(UInt8(ascii: "\""))
        return .written
    }

    // MARK: Dispatch

    /// Runs one operation. On `.absent` and `.rejected` the caller takes back what was written.
    mutating func write(_ index: Int32, _ record: SourceRecord, to output: inout [UInt8]) -> Outcome {
        switch program.operations[Int(index)] {
        case .constant(let slice):
            appendConstant(slice, to: &output)
            return .written
        case .text(let source, let shape): return writeText(source, shape, record, to: &output)
        case .textList(let source, let shape, let separator):
            return writeTextList(source, shape, separator, record, to: &output)
        case .date(let source, let formats, let form):
            return writeDate(DateReference(source: source, formats: formats), form, record, to: &output)
        case .decimal(let source, let style):
            return writeNumber(source, style, asInteger: false, record, to: &output)
        case .integer(let source, let style, let shape):
            return writeNumber(source, style, asInteger: true, record, to: &output, shape: shape)
        case .boolean(let source): return writeBoolean(source, record, to: &output)
        case .code(let code): return writeCode(code, record, to: &output)
        case .picture(let source, let pictures): return writePicture(source, pictures, record, to: &output)
        case .personReference(let source): return writePersonReference(source, record, to: &output)
        case .concatenation(let operands, let separator, let skipsAbsent):
            return writeConcatenation(operands, separator, skipsAbsent, record, to: &output)
        case .object(let members): return writeObject(members, record, to: &output)
        case .list(let operands): return writeList(operands, record, to: &output)
        case .each(let each): return writeEach(each, record, to: &output)
        case .firstOf(let operands): return writeFirst(operands, record, to: &output)
        case .person(let person): return writePerson(person, record, to: &output)
        case .unit(let unit): return writeUnit(unit, record, to: &output)
        case .when(let condition, let operation):
            return holds(condition, record) == true ? write(operation, record, to: &output) : .absent
        case .required(let operation, let place):
            let outcome = write(operation, record, to: &output)
            guard outcome == .absent else { return outcome }
            reject(.mapMissing, place, "a required value is missing", "fill it in at the source")
            return .rejected
        case .otherwise(let operation, let value):
            let mark = output.count
            let outcome = write(operation, record, to: &output)
            guard outcome == .absent else { return outcome }
            output.removeLast(output.count - mark)
            appendConstant(value, to: &output)
            return .written
        }
    }

    private mutating func writeFirst(
        _ operands: ListRange, _ record: SourceRecord, to output: inout [UInt8]
    ) -> Outcome {
        let mark = output.count
        for index in operands.range {
            let outcome = write(program.operands[index], record, to: &output)
            if outcome != .absent { return outcome }
            output.removeLast(output.count - mark)
        }
        return .absent
    }
}

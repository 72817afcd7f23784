// From a delivered record to a fact: parses the JSON once and keeps what the input's spec names.

import JSON
import Records

/// An input with its pointers cut into names.
struct CompiledInput: Sendable {
    struct Field: Sendable {
        var path: [[UInt8]]
        var pointer: String
        var kind: FieldKind
        var columns: [Field] = []
    }
    var kind: UInt8
    var contract: String
    var topic: String
    var fields: [Field]

    init(_ spec: InputSpec, kind: Int, recipient: String) {
        self.kind = UInt8(truncatingIfNeeded: kind)
        contract = spec.contract
        topic = TopicName.deliver(recipient: recipient, contract: spec.contract, major: spec.major)
        fields = spec.fields.map(CompiledInput.compile)
    }

    static func compile(_ spec: FieldSpec) -> Field {
        var field = Field(path: path(spec.pointer), pointer: spec.pointer, kind: spec.kind)
        if case .list(let columns) = spec.kind { field.columns = columns.map(compile) }
        return field
    }

    static func path(_ pointer: String) -> [[UInt8]] {
        pointer.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
    }
}

/// A record that no fact can be made of, on its way to becoming data again.
struct PayloadFault: Error {
    var rejection: Rejection
}

/// Reads facts; holds the buffers that are used again for every record.
struct FactReader: Sendable {
    private var scratch: [UInt8] = []
    private var writer = FactWriter()
    private static let recordIdPath = CompiledInput.path("/recordId")
    private static let occurredAtPath = CompiledInput.path("/occurredAt")

    /// The fact of one record; `origin` is the id of the event that it was made from. The tape stands outside
    /// because the view borrows it while the buffers here change.
    mutating func read(
        _ value: Span<UInt8>, with tape: inout JSONTape, origin: ArraySlice<UInt8>, as input: borrowing CompiledInput
    ) throws(PayloadFault) -> Fact {
        do throws(JSONError) {
            try tape.parse(value)
        } catch {
            throw FactReader.rejection(
                "", "the value is not a JSON document", "send the record through its route again")
        }
        let view = JSONView(bytes: value, tape: tape)
        writer.bytes.removeAll(keepingCapacity: true)
        writer.bytes.append(input.kind)
        writer.text(origin)
        guard let occurred = FactReader.find(FactReader.occurredAtPath, from: view.root, view),
            try text(occurred, "/occurredAt", view), CalendarDay(scratch) != nil
        else { throw FactReader.missing("/occurredAt", "a date or date-time") }
        writer.text(scratch)
        guard let record = FactReader.find(FactReader.recordIdPath, from: view.root, view),
            try text(record, "/recordId", view), !scratch.isEmpty
        else { throw FactReader.missing("/recordId", "a string") }
        writer.text(scratch)
        for field in input.fields { try write(field, from: view.root, view) }
        return Fact(bytes: writer.bytes)
    }

    private mutating func write(
        _ field: CompiledInput.Field, from node: JSONNode, _ view: borrowing JSONView
    ) throws(PayloadFault) {
        guard let value = FactReader.find(field.path, from: node, view), view.kind(value) != .null else {
            return writer.absent()
        }
        switch field.kind {
        case .text:
            guard try text(value, field.pointer, view) else { throw FactReader.missing(field.pointer, "a string") }
            writer.text(scratch)
        case .day:
            guard try text(value, field.pointer, view), let day = CalendarDay(scratch) else {
                throw FactReader.missing(field.pointer, "a date or date-time")
            }
            writer.number(Int64(day.number))
        case .month:
            guard try text(value, field.pointer, view), let month = Month(scratch) else {
                throw FactReader.missing(field.pointer, "a month YYYY-MM")
            }
            writer.number(Int64(month.number))
        case .integer:
            guard let number = view.int64(value) else { throw FactReader.missing(field.pointer, "an integer") }
            writer.number(number)
        case .millionths:
            guard view.kind(value) == .number, let number = millionths(value, view) else {
                throw FactReader.missing(field.pointer, "a number")
            }
            writer.number(number)
        case .boolean:
            guard let truth = view.bool(value) else { throw FactReader.missing(field.pointer, "true or false") }
            writer.number(truth ? 1 : 0)
        case .list:
            try writeList(field, value, view)
        }
    }

    private mutating func writeList(
        _ field: CompiledInput.Field, _ list: JSONNode, _ view: borrowing JSONView
    ) throws(PayloadFault) {
        guard view.kind(list) == .array else { throw FactReader.missing(field.pointer, "an array") }
        guard view.count(list) <= ModelLimits.listRowsMax else {
            throw FactReader.rejection(
                field.pointer, "the list has more than \(ModelLimits.listRowsMax) elements", "split the record")
        }
        // The rows are written behind what is there and then taken out again to get their length in front.
        let start = writer.bytes.count
        var row = view.firstChild(list)
        while let element = row {
            for column in field.columns { try write(column, from: element, view) }
            row = view.next(element, in: list)
        }
        let rows = Array(writer.bytes[start...])
        writer.bytes.removeLast(rows.count)
        writer.list(rows: view.count(list), rows)
    }

    /// Decodes a string into `scratch`; false where the value is none.
    private mutating func text(
        _ node: JSONNode, _ pointer: String, _ view: borrowing JSONView
    ) throws(PayloadFault) -> Bool {
        guard view.kind(node) == .string else { return false }
        scratch.removeAll(keepingCapacity: true)
        guard view.appendString(node, to: &scratch) else { return false }
        guard scratch.count <= ModelLimits.fieldBytesMax else {
            throw FactReader.rejection(
                pointer, "the text is longer than \(ModelLimits.fieldBytesMax) bytes", "shorten it at its source")
        }
        return true
    }

    private mutating func millionths(_ node: JSONNode, _ view: borrowing JSONView) -> Int64? {
        scratch.removeAll(keepingCapacity: true)
        for place in view.rawRange(node) { scratch.append(view.bytes[place]) }
        return Decimal.millionths(scratch)
    }

    private static func find(_ path: [[UInt8]], from node: JSONNode, _ view: borrowing JSONView) -> JSONNode? {
        var node = node
        for name in path {
            guard view.kind(node) == .object, let member = view.member(node, name) else { return nil }
            node = member
        }
        return node
    }

    static func missing(_ pointer: String, _ wanted: String) -> PayloadFault {
        rejection(pointer, "\(wanted) is wanted here", "check the contract and what the model's route releases")
    }

    static func rejection(_ pointer: String, _ detail: String, _ fix: String) -> PayloadFault {
        PayloadFault(
            rejection: Rejection(stage: .evaluate, code: .modelPayload, place: pointer, detail: detail, fix: fix))
    }
}

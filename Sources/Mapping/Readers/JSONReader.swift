// A JSON value to a source record's tree.

import JSON
import Records

struct JSONReader: Sendable {
    private let limits: ReaderLimits
    private var tape: JSONTape

    init(limits: ReaderLimits) {
        self.limits = limits
        tape = JSONTape(
            limits: JSONLimits(depthMax: limits.depthMax, sizeBytesMax: limits.recordBytesMax * 2))
    }

    mutating func read(_ text: Span<UInt8>, into record: inout SourceRecord) -> Rejection? {
        do {
            try tape.parse(text)
        } catch {
            return Rejection(
                stage: .conform, code: error.kind == .tooDeep ? .jsonDepth : .jsonMalformed,
                place: "byte \(error.byteOffset)", detail: error.kind.rawValue,
                fix: "export records as JSON (RFC 8259)")
        }
        let view = JSONView(bytes: text, tape: tape)
        let root = view.root
        var last: Int32 = -1
        append(view, root, name: ArenaSlice(start: 0, count: 0), under: -1, after: &last, into: &record)
        return nil
    }

    /// Depth is bounded by the tape's limit.
    private func append(
        _ view: borrowing JSONView, _ value: JSONNode, name: ArenaSlice, under parent: Int32, after last: inout Int32,
        into record: inout SourceRecord
    ) {
        let range = view.rawRange(value)
        var node = SourceNode(name: name, place: Int32(range.lowerBound))
        let start = record.text.count
        let kind = view.kind(value)
        switch kind {
        case .string:
            view.appendString(value, to: &record.text)
            if view.hasEscapes(value) { recompose(&record.text, from: start) }
            node.value = record.slice(from: start)
        case .number, .bool:
            record.text.append(view.bytes, range)
            node.value = record.slice(from: start)
        case .null, .array, .object: break
        }
        record.append(node, under: parent, after: &last)
        guard kind == .array || kind == .object else { return }
        let index = last
        var lastChild: Int32 = -1
        var child = view.firstChild(value)
        while let found = child {
            var childName = ArenaSlice(start: 0, count: 0)
            if kind == .object {
                let mark = record.text.count
                view.appendKey(found, to: &record.text)
                if view.keyHasEscapes(found) { recompose(&record.text, from: mark) }
                childName = record.slice(from: mark)
            }
            append(view, found, name: childName, under: index, after: &lastChild, into: &record)
            child = view.next(found, in: value)
        }
    }
}

// What turns a contract value into a record: validation, then key, subject, time and the deterministic id,
// all read from the value itself so that they can never disagree with it.

import Crypto
import JSON
public import Records

/// One contract record made of a source record; the slices lie in `TranslatedEvents.bytes`.
public struct TranslatedEvent: Sendable {
    /// Index into the adapter's `contracts`.
    public var contract: Int32
    public var value: ArenaSlice
    public var key: ArenaSlice
    /// 32 hex digits.
    public var id: ArenaSlice
    /// The subject's reference; absent where the record has none.
    public var subject: ArenaSlice
    /// RFC 3339 date-time.
    public var time: ArenaSlice
    public var dataSchema: String
    public var type: String
}

/// The events of one source record. Reuse it: it keeps its memory.
public struct TranslatedEvents: Sendable {
    public var bytes: [UInt8] = []
    public var events: [TranslatedEvent] = []

    public init() {}

    /// Forgets the events and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
    }

    /// A slice as text, for messages and tests.
    public func text(_ slice: ArenaSlice) -> String { String(decoding: bytes[slice.range], as: UTF8.self) }
}

/// Why a value was not sealed.
enum SealFailure {
    case refused(SchemaFailure)
    /// Not JSON within the limits, or refused without a reason given.
    case unreadable
}

/// What is derived of a value; the slices lie in a text beside.
private struct Derived {
    var key = ArenaSlice.absent
    var subject = ArenaSlice.absent
    var time = ArenaSlice.absent
    var recordId = ArenaSlice.absent
}

/// Validates values and derives the envelope. Reuse it: it owns tape and scratch.
struct EventSealer: Sendable {
    private var tape = JSONTape()
    private var scratch = ValidationScratch()
    private var text: [UInt8] = []

    init() {}

    /// Seals the value at `value` of `output` for a contract; a failure where the contract refuses it.
    mutating func seal(
        _ value: ArenaSlice, as contract: TargetContract, number: Int32, type: String, origin: SHA256,
        into output: inout TranslatedEvents
    ) -> SealFailure? {
        do { try tape.parse(output.bytes.span.extracting(value.range)) } catch { return .unreadable }
        text.removeAll(keepingCapacity: true)
        var derived = Derived()
        if let failure = derive(
            output.bytes.span.extracting(value.range), tape, contract, &scratch, &text, &derived)
        {
            return failure
        }
        var hasher = origin
        hasher.update(text[derived.recordId.range])
        hasher.update(byte: 0)
        hasher.update(output.bytes.span.extracting(value.range))
        let base = Int32(output.bytes.count)
        output.bytes.append(contentsOf: text)
        let id = ArenaSlice(start: Int32(output.bytes.count), count: 32)
        hasher.finish().appendHex(to: &output.bytes, count: 16)
        func moved(_ slice: ArenaSlice) -> ArenaSlice {
            slice.isAbsent ? slice : ArenaSlice(start: slice.start + base, count: slice.count)
        }
        output.events.append(
            TranslatedEvent(
                contract: number, value: value, key: moved(derived.key), id: id, subject: moved(derived.subject),
                time: moved(derived.time), dataSchema: contract.identifier, type: type))
        return nil
    }
}

/// Validates a parsed value and reads key, subject, time and record id out of it.
private func derive(
    _ bytes: Span<UInt8>, _ tape: borrowing JSONTape, _ contract: TargetContract, _ scratch: inout ValidationScratch,
    _ text: inout [UInt8], _ derived: inout Derived
) -> SealFailure? {
    let view = JSONView(bytes: bytes, tape: tape)
    guard contract.schema.isValid(view, scratch: &scratch) else {
        return contract.schema.failures(view).first.map { .refused($0) } ?? .unreadable
    }
    derived.key = recordKey(contract, view, &text)
    for pointer in contract.subjectPointers {
        guard let node = find(pointer.tokens[...], view.root, view) else { continue }
        derived.subject = appended(node, view, &text)
        break
    }
    if let node = view.member(view.root, "recordId") { derived.recordId = appended(node, view, &text) }
    // A day alone begins at its midnight in Vietnam.
    if let node = view.member(view.root, "occurredAt") {
        derived.time = appended(node, view, &text)
        if derived.time.count == 10 {
            text.append(contentsOf: "T00:00:00+07:00".utf8)
            derived.time.count = 25
        }
    }
    return nil
}

/// Appends a string's text, or a number as it is written.
private func appended(_ node: JSONNode, _ view: borrowing JSONView, _ text: inout [UInt8]) -> ArenaSlice {
    let mark = text.count
    if !view.appendString(node, to: &text) {
        for place in view.rawRange(node) { text.append(view.bytes[place]) }
    }
    return ArenaSlice(start: Int32(mark), count: Int32(text.count - mark))
}

/// The first alternative of which every part is there, its parts joined by slashes.
private func recordKey(_ contract: TargetContract, _ view: borrowing JSONView, _ text: inout [UInt8]) -> ArenaSlice {
    for alternative in contract.keyPointers {
        let mark = text.count
        var isComplete = true
        for (number, pointer) in alternative.enumerated() {
            guard let node = find(pointer.tokens[...], view.root, view) else {
                isComplete = false
                break
            }
            if number > 0 { text.append(UInt8(ascii: "/")) }
            _ = appended(node, view, &text)
        }
        if isComplete { return ArenaSlice(start: Int32(mark), count: Int32(text.count - mark)) }
        text.removeLast(text.count - mark)
    }
    return .absent
}

/// The first value at a pointer in which `*` stands for any element.
private func find(_ tokens: ArraySlice<[UInt8]>, _ node: JSONNode, _ view: borrowing JSONView) -> JSONNode? {
    guard let token = tokens.first else { return node }
    let rest = tokens.dropFirst()
    switch view.kind(node) {
    case .object: return view.member(node, token).flatMap { find(rest, $0, view) }
    case .array where token.count == 1 && token[0] == UInt8(ascii: "*"):
        var element = view.firstChild(node)
        while let current = element {
            if let found = find(rest, current, view) { return found }
            element = view.next(current, in: node)
        }
        return nil
    case .array:
        guard let position = Int(String(decoding: token, as: UTF8.self)) else { return nil }
        return view.element(node, at: position).flatMap { find(rest, $0, view) }
    default: return nil
    }
}

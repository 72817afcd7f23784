// One feed's translation from a source record to sealed events: all of them or one rejection.

public import Crypto
import JSON
public import Records

/// The translator of one feed. Reuse it; it owns the scratch memory. One per worker.
public struct RecordTranslator: Sendable {
    public let adapter: CompiledAdapter
    private var translator: Translator
    private var sealer = EventSealer()
    /// SHA-256 begun with agency and feed: every id of this feed starts so.
    private let origin: SHA256
    private let types: [String]

    public init(adapter: CompiledAdapter, key: SubjectReferenceKey, limits: TranslationLimits = TranslationLimits()) {
        self.adapter = adapter
        translator = Translator(program: adapter.program, key: key)
        translator.limits = limits
        var hasher = SHA256()
        hasher.update(adapter.agency)
        hasher.update(byte: 0)
        hasher.update(adapter.feed)
        hasher.update(byte: 0)
        origin = hasher
        types = adapter.contracts.map { "vn.lgsp.\($0.name).v\($0.major)" }
    }

    /// Translates a record into events; where it returns a rejection, `output` has no events of this record.
    public mutating func translate(_ record: SourceRecord, into output: inout TranslatedEvents) -> Rejection? {
        let bytes = output.bytes.count
        let events = output.events.count
        let rejection = translateAll(record, into: &output)
        if rejection != nil {
            output.bytes.removeLast(output.bytes.count - bytes)
            output.events.removeLast(output.events.count - events)
        }
        return rejection
    }

    private mutating func translateAll(_ record: SourceRecord, into output: inout TranslatedEvents) -> Rejection? {
        guard !record.nodes.isEmpty else {
            return Rejection(
                stage: .conform, code: .mapMissing, place: "", detail: "the record is empty", fix: "send a record")
        }
        translator.begin(record)
        let first = output.events.count
        for event in adapter.program.events {
            if event.eachSlot < 0 {
                if let rejection = translate(event, record, into: &output) { return rejection }
                continue
            }
            var element = translator.firstElement(translator.slots[Int(event.eachSlot)], record)
            while element >= 0 {
                guard output.events.count - first < translator.limits.eventsMax else {
                    return Rejection(
                        stage: .conform, code: .mapRule, place: "",
                        detail: "more than \(translator.limits.eventsMax) events in one record", fix: "split the record"
                    )
                }
                adapter.program.paths.bind(event.scope, to: element, of: record, slots: &translator.slots)
                if let rejection = translate(event, record, into: &output) { return rejection }
                element = translator.nextElement(element, record)
            }
        }
        guard output.events.count > first else {
            return Rejection(
                stage: .conform, code: .mapRule, place: "", detail: "no event of the adapter applies to the record",
                fix: "add an event for this kind of record, or correct the fields that its conditions read")
        }
        return nil
    }

    private mutating func translate(
        _ event: EventRule, _ record: SourceRecord, into output: inout TranslatedEvents
    ) -> Rejection? {
        if event.condition >= 0, translator.holds(event.condition, record) != true { return nil }
        let mark = output.bytes.count
        guard translator.write(event, record, to: &output.bytes) == .written else { return translator.rejection }
        let value = ArenaSlice(start: Int32(mark), count: Int32(output.bytes.count - mark))
        let contract = Int(event.contract)
        guard
            let failure = sealer.seal(
                value, as: adapter.contracts[contract], number: event.contract, type: types[contract], origin: origin,
                into: &output)
        else { return nil }
        guard case .refused(let schemaFailure) = failure else {
            return Rejection(
                stage: .conform, code: .contractOther, place: "", detail: "the contract refuses the converted record",
                fix: "shorten the record's texts and numbers")
        }
        var rejection = adapter.contracts[contract].rejection(schemaFailure)
        if let place = adapter.program.place(of: schemaFailure, in: event) {
            rejection.detail += " (\(rejection.place))"
            rejection.place = place
        }
        return rejection
    }
}

extension Program {
    /// The place in the source that a field of the contract was mapped from, by its JSON Pointer.
    func place(of failure: SchemaFailure, in event: EventRule) -> String? {
        guard var pointer = try? JSONPointer(failure.instanceLocation) else { return nil }
        if let property = failure.property { pointer = pointer.appending(property) }
        guard let place = place(of: pointer.tokens[...], members: event.members), !places[place].isEmpty else {
            return nil
        }
        return places[place]
    }

    private func place(of tokens: ArraySlice<[UInt8]>, members list: ListRange) -> Int? {
        guard let name = tokens.first else { return nil }
        var key: [UInt8] = []
        JSONWriter.appendString(name.span, to: &key)
        for index in list.range where constants[members[index].key.range].dropLast() == key[...] {
            return place(of: tokens.dropFirst(), operation: members[index].operation)
        }
        return nil
    }

    private func place(of tokens: ArraySlice<[UInt8]>, operation index: Int32) -> Int? {
        switch operations[Int(index)] {
        case .text(let source, _), .textList(let source, _, _), .date(let source, _, _), .decimal(let source, _),
            .integer(let source, _, _), .boolean(let source), .picture(let source, _), .personReference(let source):
            return Int(source.place)
        case .code(let code): return Int(codes[Int(code)].source.place)
        case .unit(let unit): return Int(units[Int(unit)].commune.place)
        case .object(let members): return place(of: tokens, members: members)
        case .each(let each): return place(of: tokens.dropFirst(), operation: eaches[Int(each)].item)
        case .when(_, let inner), .required(let inner, _), .otherwise(let inner, _):
            return place(of: tokens, operation: inner)
        case .firstOf(let list), .concatenation(let list, _, _), .list(let list):
            return list.range.lazy.compactMap { place(of: tokens, operation: operands[$0]) }.first
        case .person(let person): return place(of: tokens, person: persons[Int(person)])
        case .constant: return nil
        }
    }

    private func place(of tokens: ArraySlice<[UInt8]>, person: PersonOperation) -> Int? {
        switch tokens.first.map({ String(decoding: $0, as: UTF8.self) }) {
        case "fullName": return Int(person.namePlace)
        case "birthDate": return person.birthDate.map { Int($0.source.place) }
        case "gender": return person.gender >= 0 ? place(of: [], operation: person.gender) : nil
        case "idNumber", "idKind", "personRef": return Int(person.number.place)
        default: return place(of: tokens, members: person.members)
        }
    }
}

// Writes a model's records into a batch: state entries, findings on the output contract, indicators.

import JSON
import Records

/// Appends records of one model to a batch.
struct OutputWriter: Sendable {
    let spec: ModelSpec
    let stateTopic: String
    let outputTopic: String
    private var scratch: [UInt8] = []

    init(_ spec: ModelSpec) {
        self.spec = spec
        stateTopic = TopicName.state(group: spec.head.group)
        outputTopic = TopicName.contract(spec.output, major: 1)
    }

    /// A changelog entry; nil deletes it.
    func state(_ key: some Sequence<UInt8>, _ value: [UInt8]?, into out: inout RecordBatch) {
        let topic = out.topicIndex(stateTopic)
        let headers = out.headerMark
        let key = out.store(key)
        let value = value.map { out.store($0) } ?? .absent
        out.addRecord(topic: topic, key: key, value: value, headersFrom: headers)
    }

    /// A finding, or that an earlier one no longer holds.
    mutating func finding<M: Model>(
        _: M.Type, _ fact: Fact, words: [String], details: [UInt8], revision: UInt32, into out: inout RecordBatch
    ) {
        let input = spec.inputs[fact.kind]
        // Facts of the first input keep their record id; those of others are told apart by their contract, and
        // facts that share a record id by what tells them apart.
        var recordId = fact.kind == 0 ? Array(fact.recordId) : Array("\(input.contract)/".utf8) + fact.recordId
        for part in M.distinction(fact) { recordId += [UInt8(ascii: "/")] + part }
        let time = OutputWriter.dateTime(fact.occurredAt)
        let person = M.person(fact)
        scratch.removeAll(keepingCapacity: true)
        member("recordId", recordId)
        member("occurredAt", time)
        scratch.append(contentsOf: ",\"model\":\(spec.head.number)".utf8)
        var writer = DetailWriter()
        writer.texts("decisions", words)
        writer.text("sourceEventId", fact.sourceEvent)
        writer.text("sourceContract", input.contract)
        writer.text("personRef", person)
        M.describe(fact, &writer)
        scratch.append(contentsOf: writer.bytes)
        scratch.append(contentsOf: details)
        scratch.append(UInt8(ascii: "}"))
        let id = EventId.make([fact.sourceEvent, ArraySlice(spec.head.code.utf8), ArraySlice(String(revision).utf8)])
        let headers = out.headerMark
        envelope(id: id, contract: spec.output, time: time, into: &out)
        if let person { out.addHeader(out.store(HeaderName.subject), out.store(person)) }
        let topic = out.topicIndex(outputTopic)
        let key = out.store(person.map(Array.init) ?? recordId)
        let value = out.store(scratch)
        out.addRecord(topic: topic, key: key, value: value, headersFrom: headers)
    }

    /// An indicator cell; nil standing deletes it.
    mutating func indicator(
        _ indicator: IndicatorSpec, _ month: Month, unit: ArraySlice<UInt8>, _ cell: PublishedCell?,
        _ standing: IndicatorStanding, asOf day: CalendarDay, into out: inout RecordBatch
    ) {
        let place = IndicatorKey.text(month, indicator.name, unit)
        let key = Array("\(spec.head.code)/".utf8) + place
        let headers = out.headerMark
        var value = ArenaSlice.absent
        var entry: [UInt8]?
        if let cell {
            let time = Array("\(month.lastDay.text)T00:00:00+07:00".utf8)
            write(indicator, month, unit, key, cell, standing, time, isLate: cell.revision > 1 && day > month.lastDay)
            let id = EventId.make([key[...], ArraySlice(String(cell.revision).utf8)])
            envelope(id: id, contract: "indicator-result", time: time, into: &out)
            value = out.store(scratch)
            var bytes: [UInt8] = []
            cell.write(to: &bytes)
            entry = bytes
        }
        let topic = out.topicIndex(TopicName.indicator)
        let stored = out.store(key)
        out.addRecord(topic: topic, key: stored, value: value, headersFrom: headers)
        state(Array("i/".utf8) + place, entry, into: &out)
    }

    private mutating func write(
        _ indicator: IndicatorSpec, _ month: Month, _ unit: ArraySlice<UInt8>, _ key: [UInt8], _ cell: PublishedCell,
        _ standing: IndicatorStanding, _ time: [UInt8], isLate: Bool
    ) {
        scratch.removeAll(keepingCapacity: true)
        member("recordId", key)
        var writer = DetailWriter()
        writer.text("occurredAt", time)
        writer.integer("model", Int64(spec.head.number))
        writer.text("period", month.text)
        writer.text("indicator", indicator.name)
        writer.text("unit", unit)
        if let value = standing.valueThousandths {
            writer.thousandths("value", value)
            writer.integer("numerator", cell.sums.numerator)
            writer.integer("denominator", cell.sums.denominator)
        }
        writer.integer("target", indicator.target.map(Int64.init))
        writer.text("status", standing.status.rawValue)
        writer.text("deadline", spec.head.deadline.day?.text.utf8)
        writer.boolean("overdue", standing.isOverdue)
        writer.integer("sourceEventCount", cell.sums.eventCount)
        writer.integer("revision", Int64(cell.revision))
        writer.boolean("late", isLate)
        scratch.append(contentsOf: writer.bytes)
        scratch.append(UInt8(ascii: "}"))
    }

    /// Opens or goes on with the object in `scratch`.
    private mutating func member(_ name: StaticString, _ value: [UInt8]) {
        scratch.append(UInt8(ascii: scratch.isEmpty ? "{" : ","))
        JSONWriter.appendKey(name, to: &scratch)
        JSONWriter.appendString(value, to: &scratch)
    }

    private func envelope(id: [UInt8], contract: String, time: [UInt8], into out: inout RecordBatch) {
        out.addHeader(HeaderName.specVersion, "1.0")
        out.addHeader(out.store(HeaderName.id), out.store(id))
        out.addHeader(HeaderName.source, "urn:lgsp:hub:\(spec.head.group)")
        out.addHeader(HeaderName.type, "vn.lgsp.\(contract).v1")
        out.addHeader(out.store(HeaderName.time), out.store(time))
        out.addHeader(HeaderName.dataSchema, "urn:lgsp:contract:\(contract):v1")
        out.addHeader(HeaderName.contentType, "application/json")
        out.addHeader(HeaderName.agency, "hub")
    }

    /// A date becomes the start of that day in the province; a date-time without an offset gets the province's.
    static func dateTime(_ text: ArraySlice<UInt8>) -> [UInt8] {
        if text.count == 10 { return Array(text) + Array("T00:00:00+07:00".utf8) }
        let hasOffset = text.dropFirst(19).contains { $0 | 0x20 == 0x7A || $0 == 0x2B || $0 == 0x2D }
        return hasOffset ? Array(text) : Array(text) + Array("+07:00".utf8)
    }
}

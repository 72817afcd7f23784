// What the Conform stage does to one raw record: read, translate, validate, and append either contract records
// or one rejection to the outgoing batch. Never part of both: a record is appended after all of it is known.

import JSON
public import Records

/// What became of one raw record.
public enum ConformOutcome: Sendable, Equatable {
    /// So many contract records were appended.
    case published(Int)
    /// One rejection was appended.
    case rejected(RejectionCode)
}

/// Where a raw record came from, as its headers tell; places in the batch that it was read in.
public struct RawOrigin: Sendable {
    /// `<topic>/<partition>/<offset>`.
    public var coordinates: [UInt8] = []
    /// Header `lgsp-received`, RFC 3339.
    public var receivedAt: [UInt8] = []
    /// Header `lgsp-file`.
    public var file: [UInt8] = []
    /// Header `lgsp-record`: decimal digits.
    public var record: [UInt8] = []

    public init() {}

    /// Takes a raw record's headers; keeps its memory.
    public mutating func take(_ slot: RecordSlot, of batch: borrowing RecordBatch) {
        coordinates.removeAll(keepingCapacity: true)
        coordinates.append(contentsOf: batch.topics[Int(slot.topic)].utf8)
        coordinates.append(UInt8(ascii: "/"))
        JSONWriter.appendInt(Int64(slot.partition), to: &coordinates)
        coordinates.append(UInt8(ascii: "/"))
        JSONWriter.appendInt(slot.offset, to: &coordinates)
        receivedAt.removeAll(keepingCapacity: true)
        if let slice = batch.header("lgsp-received", of: slot) {
            receivedAt.append(contentsOf: batch.arena[slice.range])
        }
        file.removeAll(keepingCapacity: true)
        if let slice = batch.header("lgsp-file", of: slot) { file.append(contentsOf: batch.arena[slice.range]) }
        record.removeAll(keepingCapacity: true)
        if let slice = batch.header("lgsp-record", of: slot) { record.append(contentsOf: batch.arena[slice.range]) }
    }
}

/// Conforms raw records of all feeds. One per worker: it owns every buffer.
public struct Conformer: Sendable {
    public let adapters: AdapterSet
    private var feeds: [Feed]
    private var record = SourceRecord()
    private var events = TranslatedEvents()
    private var origin = RawOrigin()
    private var constants: BatchConstants

    private struct Feed: Sendable {
        var reader: RecordReader
        var translator: RecordTranslator
        var rejectedTopic: String
        var contractTopics: [String]
    }

    public init(adapters: AdapterSet) {
        self.adapters = adapters
        feeds = adapters.adapters.map { adapter in
            Feed(
                reader: RecordReader(spec: adapter.reader),
                translator: RecordTranslator(adapter: adapter, key: adapters.key),
                rejectedTopic: TopicName.rejected(adapter.agency),
                contractTopics: adapter.contracts.map { TopicName.contract($0.name, major: $0.major) })
        }
        constants = BatchConstants(adapters: adapters.adapters)
    }

    /// Conforms a record read from a raw topic; nil where no adapter is of that topic.
    public mutating func conform(
        _ slot: RecordSlot, of batch: borrowing RecordBatch, into output: inout RecordBatch
    ) -> ConformOutcome? {
        guard let feed = adapters.index(rawTopic: batch.topics[Int(slot.topic)]) else { return nil }
        origin.take(slot, of: batch)
        if let fault = batch.headerText("lgsp-fault", of: slot) {
            let code = RejectionCode(rawValue: fault) ?? .fileUnreadable
            reject(
                FramingFault.rejection(code, offset: batch.headerText("lgsp-offset", of: slot)), feed: feed, origin: origin,
                into: &output)
            return .rejected(code)
        }
        let arena = batch.arena.span
        let titles = batch.header("lgsp-titles", of: slot).map(\.range) ?? 0..<0
        return conform(
            arena.extracting(slot.value.range), titles: arena.extracting(titles), feed: feed, origin: origin,
            into: &output)
    }

    /// Conforms raw bytes of one feed; `feed` is an index into the set's adapters.
    public mutating func conform(
        _ raw: Span<UInt8>, titles: Span<UInt8>, feed: Int, origin: RawOrigin, into output: inout RecordBatch
    ) -> ConformOutcome {
        events.removeAll()
        var rejection = feeds[feed].reader.read(raw, titles: titles, into: &record)
        if rejection == nil { rejection = feeds[feed].translator.translate(record, into: &events) }
        if let rejection {
            reject(rejection, feed: feed, origin: origin, into: &output)
            return .rejected(rejection.code)
        }
        constants.prepare(&output)
        let raw = output.store(origin.coordinates)
        for event in events.events { append(event, raw: raw, feed: feed, into: &output) }
        return .published(events.events.count)
    }

    private func append(_ event: TranslatedEvent, raw: ArenaSlice, feed: Int, into output: inout RecordBatch) {
        // One copy of the event's bytes; key, id, subject and time are slices of it.
        func stored(_ slice: ArenaSlice) -> ArenaSlice {
            slice.isAbsent ? .absent : output.store(events.bytes[slice.range])
        }
        let value = stored(event.value)
        let key = stored(event.key)
        let headers = output.headerMark
        let contract = Int(event.contract)
        output.addHeader(constants[.specVersionName], constants[.specVersion])
        output.addHeader(constants[.idName], stored(event.id))
        output.addHeader(constants[.sourceName], constants.source(of: feed))
        output.addHeader(constants[.typeName], constants.type(of: contract, feed: feed))
        output.addHeader(constants[.timeName], stored(event.time))
        if !event.subject.isAbsent { output.addHeader(constants[.subjectName], stored(event.subject)) }
        output.addHeader(constants[.dataSchemaName], constants.dataSchema(of: contract, feed: feed))
        output.addHeader(constants[.contentTypeName], constants[.contentType])
        output.addHeader(constants[.agencyName], constants.agency(of: feed))
        output.addHeader(constants[.rawName], raw)
        output.addHeader(constants[.rulesName], constants.rules(of: feed))
        output.addRecord(
            topic: output.topicIndex(feeds[feed].contractTopics[contract]), key: key, value: value, headersFrom: headers
        )
    }

    /// Appends a rejection to `rejected.<agency>`; its key is the raw coordinates.
    public mutating func reject(
        _ rejection: Rejection, feed: Int, origin: RawOrigin, into output: inout RecordBatch
    ) {
        constants.prepare(&output)
        let key = output.store(origin.coordinates)
        let mark = output.mark
        RejectionText.append(rejection, feed: adapters.adapters[feed].feed, origin: origin, to: &output.arena)
        let value = output.slice(from: mark)
        let headers = output.headerMark
        output.addHeader(constants[.contentTypeName], constants[.contentType])
        output.addHeader(constants[.agencyName], constants.agency(of: feed))
        output.addHeader(constants[.rawName], key)
        output.addHeader(constants[.rulesName], constants.rules(of: feed))
        output.addRecord(
            topic: output.topicIndex(feeds[feed].rejectedTopic), key: key, value: value, headersFrom: headers)
    }
}

/// A rejection as the value of a record on `rejected.*`.
public enum RejectionText {
    /// Appends `{stage, code, place, detail, fix, feed, file, record, raw, receivedAt}`; what is not known is left out.
    public static func append(_ rejection: Rejection, feed: String, origin: RawOrigin, to output: inout [UInt8]) {
        func member(_ name: StaticString, _ text: String) {
            JSONWriter.appendKey(name, to: &output)
            JSONWriter.appendString(text, to: &output)
            output.append(UInt8(ascii: ","))
        }
        output.append(UInt8(ascii: "{"))
        member("stage", rejection.stage.rawValue)
        member("code", rejection.code.rawValue)
        member("place", rejection.place)
        member("detail", rejection.detail)
        member("fix", rejection.fix)
        member("feed", feed)
        if !origin.file.isEmpty { member("file", String(decoding: origin.file, as: UTF8.self)) }
        if let number = Int64(String(decoding: origin.record, as: UTF8.self)) {
            JSONWriter.appendKey("record", to: &output)
            JSONWriter.appendInt(number, to: &output)
            output.append(UInt8(ascii: ","))
        }
        if !origin.receivedAt.isEmpty { member("receivedAt", String(decoding: origin.receivedAt, as: UTF8.self)) }
        JSONWriter.appendKey("raw", to: &output)
        JSONWriter.appendString(String(decoding: origin.coordinates, as: UTF8.self), to: &output)
        output.append(UInt8(ascii: "}"))
    }
}

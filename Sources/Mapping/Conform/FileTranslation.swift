// A whole file of one feed through its adapter, without a bus: what `lgsp adapter run` and the cases do.

import Bytes
public import Crypto
import JSON
public import Records

/// What became of one record of a file.
public struct TranslatedRecord: Sendable {
    /// The record's number in its file, from 1.
    public var number: Int
    /// Its events; empty where it was rejected.
    public var events: TranslatedEvents
    public var rejection: Rejection?
}

/// The translation of one file. Feed it in any portions; the last says so.
public struct FileTranslation: Sendable {
    public let adapter: CompiledAdapter
    private var framer: Framer
    private var worker: RecordWorker

    public init(adapter: CompiledAdapter, key: SubjectReferenceKey) {
        self.adapter = adapter
        framer = Framer(spec: adapter.reader)
        worker = RecordWorker(adapter: adapter, key: key)
    }

    /// Takes the next portion; calls `body` for every record that it completes.
    public mutating func feed(_ bytes: Span<UInt8>, isLast: Bool, _ body: (TranslatedRecord) -> Void) {
        // The worker is taken out so that the framer's call does not need all of self.
        var worker = worker
        framer.feed(bytes, isLast: isLast) { frame, raw, titles in
            body(worker.translate(frame, raw, titles))
        }
        self.worker = worker
    }

    /// Translates one raw record with its titles.
    public mutating func translate(record raw: Span<UInt8>, titles: Span<UInt8>) -> TranslatedRecord {
        worker.translate(Frame(bytes: 0..<raw.count, number: 1, place: 0), raw, titles)
    }
}

/// Reader, translator and their buffers.
private struct RecordWorker: Sendable {
    var reader: RecordReader
    var translator: RecordTranslator
    var record = SourceRecord()

    init(adapter: CompiledAdapter, key: SubjectReferenceKey) {
        reader = RecordReader(spec: adapter.reader)
        translator = RecordTranslator(adapter: adapter, key: key)
    }

    mutating func translate(_ frame: Frame, _ raw: Span<UInt8>, _ titles: Span<UInt8>) -> TranslatedRecord {
        var result = TranslatedRecord(number: frame.number, events: TranslatedEvents(), rejection: nil)
        if let fault = frame.fault {
            result.rejection = FramingFault.rejection(fault, offset: String(frame.faultPlace))
            return result
        }
        result.rejection = reader.read(raw, titles: titles, into: &record)
        if result.rejection == nil { result.rejection = translator.translate(record, into: &result.events) }
        return result
    }
}

extension TranslatedRecord {
    /// Appends one event as a CloudEvent in structured JSON, without a line end.
    public func appendCloudEvent(_ event: TranslatedEvent, of adapter: CompiledAdapter, to output: inout [UInt8]) {
        func member(_ name: StaticString, _ text: String) {
            JSONWriter.appendKey(name, to: &output)
            JSONWriter.appendString(text, to: &output)
            output.append(UInt8(ascii: ","))
        }
        output.append(UInt8(ascii: "{"))
        member("specversion", "1.0")
        member("id", events.text(event.id))
        member("source", "urn:lgsp:\(adapter.agency):\(adapter.feed)")
        member("type", event.type)
        member("time", events.text(event.time))
        if !event.subject.isAbsent { member("subject", events.text(event.subject)) }
        member("dataschema", event.dataSchema)
        member("datacontenttype", "application/json")
        JSONWriter.appendKey("data", to: &output)
        output.append(contentsOf: events.bytes[event.value.range])
        output.append(UInt8(ascii: "}"))
    }

    /// Appends the rejection as `{record, stage, code, place, detail, fix}`; nothing where there is none.
    public func appendRejection(to output: inout [UInt8]) {
        guard let rejection else { return }
        output.append(contentsOf: "{\"record\":".utf8)
        JSONWriter.appendInt(number, to: &output)
        let members = [
            ("stage", rejection.stage.rawValue), ("code", rejection.code.rawValue), ("place", rejection.place),
            ("detail", rejection.detail), ("fix", rejection.fix),
        ]
        for (name, text) in members {
            output.append(UInt8(ascii: ","))
            JSONWriter.appendKey(name, to: &output)
            JSONWriter.appendString(text, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }
}

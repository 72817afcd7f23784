// Documents that a record carries as base64: each is decoded, read and put in its carrier's place, named by its
// kind, so that an adapter writes `XML1/SO_CCCD` as if it had never been wrapped.

import Records

struct EmbeddedReader: Sendable {
    private let specs: [Paths]
    private let limits: ReaderLimits
    private var decoder = TextDecoder(encoding: .auto)
    private var bytes: [UInt8] = []
    private var text: [UInt8] = []

    /// An embedded document's paths as bytes.
    private struct Paths: Sendable {
        var at: [[UInt8]]
        var name: [UInt8]
        var content: [UInt8]
        var place: String
    }

    init(specs: [EmbeddedSpec], limits: ReaderLimits) {
        self.limits = limits
        self.specs = specs.map { spec in
            Paths(
                at: spec.at.map { Array($0.utf8) }, name: Array(spec.name.utf8), content: Array(spec.content.utf8),
                place: spec.at.joined(separator: "/"))
        }
    }

    mutating func expand(_ record: inout SourceRecord, xml: inout XMLReader) -> Rejection? {
        var total = 0
        for spec in specs {
            guard let carrierName = spec.at.last else { continue }
            var parent: Int32? = 0
            for step in spec.at.dropLast() { parent = parent.flatMap { record.child(of: $0, named: step) } }
            guard let parent else { continue }
            var carrier = record.child(of: parent, named: carrierName)
            while let found = carrier {
                let next = record.next(after: found, named: carrierName)
                if let rejection = expand(found, spec, &record, xml: &xml, total: &total) { return rejection }
                carrier = next
            }
        }
        return nil
    }

    private mutating func expand(
        _ carrier: Int32, _ spec: Paths, _ record: inout SourceRecord, xml: inout XMLReader, total: inout Int
    ) -> Rejection? {
        guard let content = record.child(of: carrier, named: spec.content) else { return nil }
        let slice = record.nodes[Int(content)].value
        if slice.count <= 0 { return nil }
        let place = record.nodes[Int(content)].place
        guard let kind = record.child(of: carrier, named: spec.name), record.nodes[Int(kind)].value.count > 0 else {
            return Rejection(
                stage: .conform, code: .mapMissing,
                place: "\(spec.place)/\(String(decoding: spec.name, as: UTF8.self))",
                detail: "an embedded document does not say its kind", fix: "name the kind of every embedded document")
        }
        let name = record.nodes[Int(kind)].value
        let kindText = record.string(name)
        bytes.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        if let wrong = decodeBase64(record.text.span.extracting(slice.range), to: &bytes) {
            return Rejection(
                stage: .conform, code: .base64Malformed, place: kindText,
                detail: "the base64 text breaks off at its byte \(wrong), \(Int(place) + wrong) of the record",
                fix: "send the document again, whole")
        }
        total += bytes.count
        guard total <= limits.embeddedBytesMax else {
            return Rejection(
                stage: .conform, code: .recordTooLarge, place: kindText,
                detail: "the embedded documents are longer than \(limits.embeddedBytesMax) bytes",
                fix: "send smaller records")
        }
        if let fault = decode() {
            return Rejection(
                stage: .conform, code: fault.code, place: kindText,
                detail: "byte \(fault.place) of the embedded document means nothing in its encoding",
                fix: "write embedded documents in UTF-8")
        }
        record.nodes[Int(carrier)].name = name
        record.nodes[Int(carrier)].value = .absent
        record.nodes[Int(carrier)].firstChild = -1
        record.nodes[Int(carrier)].place = place
        let document = text
        return xml.readDocument(document.span, as: carrier, place: place, into: &record)?.rejection(within: kindText)
    }

    private mutating func decode() -> DecodingFault? {
        let source = bytes
        let mark = ByteOrderMark(of: source.span)
        let rest = source.span.extracting(mark.byteCount..<source.count)
        if mark == .none, let name = XMLDeclaration.encodingName(Array(source.prefix(256))) {
            guard XMLDeclaration.isKnown(name, mark: mark) else {
                return DecodingFault(code: .encodingUnknown, place: 0)
            }
            if XMLDeclaration.encoding(source) != nil {
                return decodeWindows1258(rest, to: &text).map { DecodingFault(code: .encodingUndecodable, place: $0) }
            }
        }
        return decoder.decode(rest, mark: mark, to: &text)
    }
}

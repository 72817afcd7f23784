// Turns one raw record into a tree of texts: encoding, format, embedded documents, context.

public import Records

/// The reader of one feed's records. Reuse it: it keeps its buffers and the last titles.
public struct RecordReader: Sendable {
    let spec: ReaderSpec
    let limits: ReaderLimits
    private var decoder: TextDecoder
    private var decoded: [UInt8] = []
    /// The titles as given, and what was read from them.
    private var titles: [UInt8]?
    private var mark = ByteOrderMark.none
    private var isDeclaredLegacy = false
    private var titlesRejection: Rejection?
    /// The titles as text: the title row, or the context elements.
    private var titlesText: [UInt8] = []
    private var table: DelimitedReader
    private var json: JSONReader
    private var xml: XMLReader
    private var embedded: EmbeddedReader

    public init(spec: ReaderSpec, limits: ReaderLimits = ReaderLimits()) {
        self.spec = spec
        self.limits = limits
        decoder = TextDecoder(encoding: spec.encoding, legacyEncodings: spec.legacyEncodings)
        table = DelimitedReader(spec: spec, limits: limits)
        json = JSONReader(limits: limits)
        xml = XMLReader(limits: limits)
        embedded = EmbeddedReader(specs: spec.embedded, limits: limits)
    }

    /// Reads a raw record with the titles that were stored beside it; the record's earlier content is forgotten.
    public mutating func read(
        _ raw: Span<UInt8>, titles: Span<UInt8>, into record: inout SourceRecord
    ) -> Rejection? {
        record.removeAll()
        guard raw.count <= limits.recordBytesMax else {
            return Rejection(
                stage: .conform, code: .recordTooLarge, place: "",
                detail: "the record is longer than \(limits.recordBytesMax) bytes", fix: "send smaller records")
        }
        if !isSame(titles) { takeTitles(titles) }
        if let titlesRejection { return titlesRejection }
        if isPlain(raw) { return parse(raw, into: &record) }
        var text: [UInt8] = []
        swap(&text, &decoded)
        defer { swap(&text, &decoded) }
        text.removeAll(keepingCapacity: true)
        if let fault = decoder.decode(raw, mark: mark, to: &text) { return Self.rejection(fault, in: "the record") }
        return parse(text.span, into: &record)
    }

    private func isPlain(_ raw: Span<UInt8>) -> Bool {
        switch (spec.encoding, mark) {
        case (.utf8, _), (.auto, .none), (.auto, .utf8): !isDeclaredLegacy && TextDecoder.isPlainUTF8(raw)
        default: false
        }
    }

    private mutating func parse(_ text: Span<UInt8>, into record: inout SourceRecord) -> Rejection? {
        switch spec.format {
        case .csv, .tsv, .fixed: return table.read(text, into: &record)
        case .json, .jsonlines: return json.read(text, into: &record)
        case .xml:
            if let fault = xml.read(text, into: &record) { return fault.rejection(within: "") }
            if !spec.embedded.isEmpty, let rejection = embedded.expand(&record, xml: &xml) { return rejection }
            return spec.context.isEmpty ? nil : addContext(to: &record)
        }
    }

    // MARK: Titles

    private func isSame(_ bytes: Span<UInt8>) -> Bool {
        guard let titles, titles.count == bytes.count else { return false }
        for index in bytes.indices where titles[index] != bytes[index] { return false }
        return true
    }

    private mutating func takeTitles(_ bytes: Span<UInt8>) {
        var copy: [UInt8] = []
        copy.append(bytes)
        titles = copy
        titlesRejection = nil
        titlesText.removeAll(keepingCapacity: true)
        mark = ByteOrderMark(of: bytes)
        switch (mark, spec.encoding) {
        case (.utf16, .utf16), (.utf16, .auto), (.utf8, .utf8), (.utf8, .auto), (.none, _): break
        default: mark = .none
        }
        isDeclaredLegacy = false
        if spec.format == .xml, spec.encoding == .auto, let declared = XMLDeclaration.encoding(copy) {
            isDeclaredLegacy = true
            decoder = TextDecoder(encoding: declared)
        } else if spec.format == .xml {
            decoder = TextDecoder(encoding: spec.encoding, legacyEncodings: spec.legacyEncodings)
        }
        let rest = bytes.extracting(mark.byteCount..<bytes.count)
        if let fault = decoder.decode(rest, mark: mark, to: &titlesText) {
            titlesRejection = Self.rejection(fault, in: "the titles")
            return
        }
        if spec.format == .csv || spec.format == .tsv {
            let text = titlesText
            titlesRejection = table.takeTitles(text.span)
        }
    }

    /// Adds the context elements as the root's last children, under the names of the spec.
    private mutating func addContext(to record: inout SourceRecord) -> Rejection? {
        var last = record.nodes[0].firstChild
        while last >= 0, record.nodes[Int(last)].nextSibling >= 0 { last = record.nodes[Int(last)].nextSibling }
        let first = record.nodes.count
        let text = titlesText
        if let fault = xml.readFragments(text.span, under: 0, after: &last, into: &record) {
            return fault.rejection(within: "the context")
        }
        var index = first < record.nodes.count ? Int32(first) : -1
        while index >= 0 {
            let name = record.nodes[Int(index)].name
            for context in spec.context {
                guard let element = context.path.last, record.equals(name, Array(element.utf8)) else { continue }
                let start = record.text.count
                record.text.append(contentsOf: context.name.utf8)
                record.nodes[Int(index)].name = record.slice(from: start)
            }
            index = record.nodes[Int(index)].nextSibling
        }
        return nil
    }

    private static func rejection(_ fault: DecodingFault, in part: String) -> Rejection {
        let isUnknown = fault.code == .encodingUnknown
        return Rejection(
            stage: .conform, code: fault.code, place: "byte \(fault.place)",
            detail: isUnknown
                ? "the encoding of \(part) cannot be told"
                : "byte \(fault.place) of \(part) means nothing in the feed's encoding",
            fix: isUnknown
                ? "export with a byte order mark, or name the encoding in the adapter"
                : "export as UTF-8, or name the right encoding in the adapter")
    }
}

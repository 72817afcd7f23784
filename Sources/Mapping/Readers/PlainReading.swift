// What the readers make of a file when no adapter is asked: CSV rows and XML documents as JSON lines.

import JSON
import Records

/// Why a file was refused.
public struct PlainReadingFault: Error, Sendable, Equatable {
    /// A `RejectionCode`'s word.
    public var code: String
    /// Row, column or byte.
    public var place: String
    public var detail: String
}

public enum PlainReading {
    /// Appends one JSON line a row: an array of cells or, with `header`, an object by title. Answers the first
    /// thing that is wrong; the rows before it are written. UTF-8 passes byte for byte.
    public static func readCSV(
        _ file: [UInt8], header: [String]?, legacyEncodings: [TextEncoding] = [.tcvn3, .vni, .windows1258],
        to output: inout [UInt8]
    ) -> PlainReadingFault? {
        var spec = ReaderSpec(format: .csv)
        spec.legacyEncodings = legacyEncodings
        if let header { spec.delimiter = delimiter(of: file, columns: header.count) }
        var rows = PlainRows(spec: spec, header: header)
        var framer = Framer(spec: spec)
        var fault: PlainReadingFault?
        framer.feed(file.span, isLast: true) { frame, bytes, titles in
            if fault != nil { return }
            if let code = frame.fault {
                fault = PlainReadingFault(
                    code: code.rawValue, place: "byte \(frame.faultPlace)",
                    detail: "row \(frame.number + 1) cannot be read")
                return
            }
            fault = rows.takeTitles(titles, to: &output) ?? rows.take(bytes, number: frame.number + 1, to: &output)
        }
        // A file with one row has titles and no record.
        let titles = framer.titles
        return fault ?? (framer.frameCount == 0 ? rows.takeTitles(titles.span, to: &output) : nil)
    }

    /// The delimiter that gives the first row as many cells as there are titles; a comma where none does.
    private static func delimiter(of file: [UInt8], columns: Int) -> UInt8 {
        for candidate in [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|")] {
            var count = 1
            var isQuoted = false
            for byte in file {
                if byte == 0x22 { isQuoted.toggle() }
                if !isQuoted, byte == 0x0A || byte == 0x0D { break }
                if !isQuoted, byte == candidate { count += 1 }
            }
            if count == columns { return candidate }
        }
        return UInt8(ascii: ",")
    }

    /// A document longer than this is refused by `readXML`.
    public static let documentBytesMax = 8 << 20

    /// Appends the document as one JSON line: an element with children or attributes is an object, repeated
    /// elements are arrays, text beside children is `#text`.
    public static func readXML(_ file: [UInt8], to output: inout [UInt8]) -> PlainReadingFault? {
        guard file.count <= documentBytesMax else {
            return PlainReadingFault(
                code: RejectionCode.recordTooLarge.rawValue, place: "byte \(documentBytesMax)",
                detail: "the document is longer than \(documentBytesMax) bytes")
        }
        let mark = ByteOrderMark(of: file.span)
        let rest = Array(file[mark.byteCount...])
        if rest.isEmpty {
            return PlainReadingFault(
                code: RejectionCode.fileEmpty.rawValue, place: "byte 0", detail: "the file is empty")
        }
        let width = if case .utf16 = mark { 2 } else { 1 }
        let declaration = Array(rest.prefix(256))
        var encoding = TextEncoding.auto
        if let name = XMLDeclaration.encodingName(declaration, width: width) {
            guard XMLDeclaration.isKnown(name, mark: mark) else {
                return PlainReadingFault(
                    code: RejectionCode.encodingUnknown.rawValue, place: "byte 0",
                    detail: "the declared encoding is not known or not the one used")
            }
            encoding = XMLDeclaration.encoding(declaration) ?? .auto
        }
        var text: [UInt8] = []
        var decoder = TextDecoder(encoding: encoding, composes: false)
        if let fault = decoder.decode(rest.span, mark: encoding == .auto ? mark : .none, to: &text) {
            return PlainReadingFault(
                code: fault.code.rawValue, place: "byte \(fault.place + mark.byteCount)",
                detail: "the byte means nothing in the document's encoding")
        }
        var record = SourceRecord()
        var reader = XMLReader(limits: ReaderLimits())
        if let fault = reader.read(text.span, into: &record) {
            let rejection = fault.rejection(within: "")
            return PlainReadingFault(code: fault.code.rawValue, place: rejection.place, detail: rejection.detail)
        }
        output.append(UInt8(ascii: "{"))
        JSONWriter.appendString(record.text[record.nodes[0].name.range], to: &output)
        output.append(UInt8(ascii: ":"))
        appendNode(0, record, to: &output)
        output.append(contentsOf: "}\n".utf8)
        return nil
    }

    /// Depth is bounded by the reader's limit.
    private static func appendNode(_ index: Int32, _ record: SourceRecord, to output: inout [UInt8]) {
        let node = record.nodes[Int(index)]
        if node.firstChild < 0 {
            return JSONWriter.appendString(record.text[node.value.range], to: &output)
        }
        var names: [[UInt8]] = []
        var groups: [[UInt8]: [Int32]] = [:]
        var child = node.firstChild
        while child >= 0 {
            let name = Array(record.text[record.nodes[Int(child)].name.range])
            if groups[name] == nil { names.append(name) }
            groups[name, default: []].append(child)
            child = record.nodes[Int(child)].nextSibling
        }
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        if !node.value.isAbsent {
            JSONWriter.appendString("#text", to: &output)
            output.append(UInt8(ascii: ":"))
            JSONWriter.appendString(record.text[node.value.range], to: &output)
            isFirst = false
        }
        for name in names {
            let members = groups[name] ?? []
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            let isPiece = name == Array("#text".utf8)
            JSONWriter.appendString(isPiece ? Array("#text-after".utf8) : name, to: &output)
            output.append(UInt8(ascii: ":"))
            if members.count == 1 {
                appendNode(members[0], record, to: &output)
            } else {
                output.append(UInt8(ascii: "["))
                for (place, member) in members.enumerated() {
                    if place > 0 { output.append(UInt8(ascii: ",")) }
                    appendNode(member, record, to: &output)
                }
                output.append(UInt8(ascii: "]"))
            }
        }
        output.append(UInt8(ascii: "}"))
    }
}

/// Writes rows; the title row is a row like any other here.
private struct PlainRows {
    let header: [String]?
    let delimiter: UInt8?
    var decoder: TextDecoder
    var hasTitles = false
    var mark = ByteOrderMark.none
    var actualDelimiter = UInt8(ascii: ",")

    init(spec: ReaderSpec, header: [String]?) {
        self.header = header
        delimiter = spec.delimiter
        decoder = TextDecoder(encoding: .auto, legacyEncodings: spec.legacyEncodings, composes: false)
    }

    mutating func takeTitles(_ titles: Span<UInt8>, to output: inout [UInt8]) -> PlainReadingFault? {
        if hasTitles { return nil }
        hasTitles = true
        mark = ByteOrderMark(of: titles)
        var text: [UInt8] = []
        if let fault = decoder.decode(titles.extracting(mark.byteCount..<titles.count), mark: mark, to: &text) {
            return PlainReadingFault(
                code: fault.code.rawValue, place: "byte \(fault.place)", detail: "row 1 cannot be decoded")
        }
        if text.count > 5, text[5] == 0x0A || text[5] == 0x0D, let declared = CSVDialect.separator(Array(text[..<5])) {
            actualDelimiter = delimiter ?? declared
            text.removeFirst(text.count > 6 && text[5] == 0x0D && text[6] == 0x0A ? 7 : 6)
        } else {
            actualDelimiter = delimiter ?? CSVDialect.detect(text.span, quote: 0x22)
        }
        return append(text.span, number: 1, to: &output)
    }

    mutating func take(_ row: Span<UInt8>, number: Int, to output: inout [UInt8]) -> PlainReadingFault? {
        var text: [UInt8] = []
        if let fault = decoder.decode(row, mark: mark, to: &text) {
            return PlainReadingFault(
                code: fault.code.rawValue, place: "row \(number), byte \(fault.place)",
                detail: "the row cannot be decoded")
        }
        return append(text.span, number: number, to: &output)
    }

    private func append(_ row: Span<UInt8>, number: Int, to output: inout [UInt8]) -> PlainReadingFault? {
        var cursor = CellCursor(delimiter: actualDelimiter, quote: 0x22)
        var cell: [UInt8] = []
        var column = 0
        let mark = output.count
        output.append(UInt8(ascii: header == nil ? "[" : "{"))
        repeat {
            cell.removeAll(keepingCapacity: true)
            guard cursor.next(row, into: &cell) else {
                output.removeLast(output.count - mark)
                return PlainReadingFault(
                    code: RejectionCode.csvQuote.rawValue, place: "row \(number), column \(column + 1)",
                    detail: "the quotes of the cell do not add up")
            }
            if column > 0 { output.append(UInt8(ascii: ",")) }
            if let header {
                guard column < header.count else {
                    output.removeLast(output.count - mark)
                    return columns(number)
                }
                JSONWriter.appendKey(header[column], to: &output)
            }
            JSONWriter.appendString(cell, to: &output)
            column += 1
        } while !cursor.isAtEnd
        if let header, column < header.count {
            output.removeLast(output.count - mark)
            return columns(number)
        }
        output.append(UInt8(ascii: header == nil ? "]" : "}"))
        output.append(0x0A)
        return nil
    }

    private func columns(_ number: Int) -> PlainReadingFault {
        PlainReadingFault(
            code: RejectionCode.csvColumns.rawValue, place: "row \(number)",
            detail: "the row does not have as many cells as the header")
    }
}

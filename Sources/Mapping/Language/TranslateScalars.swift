// The conversions of one text: what an operation makes of a value, or why it cannot.

import JSON
import Records

/// Appends a text as a JSON string.
func appendJSON(_ text: String, to output: inout [UInt8]) { JSONWriter.appendString(text, to: &output) }

extension Translator {
    // MARK: Text

    mutating func writeText(
        _ source: SourceReference, _ shape: Int32, _ record: SourceRecord, to output: inout [UInt8]
    ) -> Outcome {
        guard let range = text(source, record) else { return .absent }
        return writeText(range, shape, record, to: &output)
    }

    private mutating func writeText(
        _ whole: Range<Int>, _ shapeIndex: Int32, _ record: SourceRecord, to output: inout [UInt8]
    ) -> Outcome {
        let shape = program.shapes[Int(shapeIndex)]
        guard let range = cut(whole, shape, record) else { return .absent }
        let text = record.text.span.extracting(range)
        switch shape.letterCase {
        case .asIs: JSONWriter.appendString(text, to: &output)
        case .upper, .lower:
            scratch.removeAll(keepingCapacity: true)
            (shape.letterCase == .upper ? LetterCase.upper : .lower).append(text, to: &scratch)
            JSONWriter.appendString(scratch.span, to: &output)
        }
        return .written
    }

    /// The part of a text that a shape takes; nil where nothing is left.
    func cut(_ whole: Range<Int>, _ shape: TextShape, _ record: SourceRecord) -> Range<Int>? {
        if shape.take == 0, shape.after.isAbsent, shape.until.isAbsent { return whole }
        let bytes = record.text.span
        var range = whole
        if !shape.after.isAbsent {
            guard let found = place(of: shape.after, in: range, bytes) else { return nil }
            range = found + Int(shape.after.count)..<range.upperBound
        }
        if !shape.until.isAbsent, let found = place(of: shape.until, in: range, bytes) {
            range = range.lowerBound..<found
        }
        range = trimmedRange(bytes, range)
        if shape.take > 0 {
            var end = range.lowerBound
            var characters: Int32 = 0
            while end < range.upperBound {
                // A byte that does not continue a character starts the next one.
                if bytes[end] & 0xc0 != 0x80 {
                    if characters == shape.take { break }
                    characters += 1
                }
                end += 1
            }
            range = range.lowerBound..<end
        }
        return range.isEmpty ? nil : range
    }

    /// Where a constant first stands in a range of the record.
    private func place(of constant: ArenaSlice, in range: Range<Int>, _ bytes: Span<UInt8>) -> Int? {
        let wanted = program.constants.span.extracting(constant.range)
        var place = range.lowerBound
        while place + wanted.count <= range.upperBound {
            if equal(bytes.extracting(place..<place + wanted.count), wanted) { return place }
            place += 1
        }
        return nil
    }

    mutating func writeTextList(
        _ source: SourceReference, _ shape: Int32, _ separator: UInt8, _ record: SourceRecord, to output: inout [UInt8]
    ) -> Outcome {
        guard let whole = text(source, record) else { return .absent }
        output.append(UInt8(ascii: "["))
        let first = output.count
        var start = whole.lowerBound
        while start <= whole.upperBound {
            var end = start
            while end < whole.upperBound, record.text[end] != separator { end += 1 }
            let part = trimmedRange(record.text.span, start..<end)
            if !part.isEmpty {
                let mark = output.count
                if mark > first { output.append(UInt8(ascii: ",")) }
                if writeText(part, shape, record, to: &output) == .absent { output.removeLast(output.count - mark) }
            }
            start = end + 1
        }
        if output.count == first { return .absent }
        output.append(UInt8(ascii: "]"))
        return .written
    }

    // MARK: Dates

    enum DateOutcome {
        case absent, rejected
        case date(SourceDate)
    }

    /// Reads a date; `silently` leaves no rejection behind (comparisons).
    mutating func readDate(_ reference: DateReference, _ record: SourceRecord, silently: Bool = false) -> DateOutcome {
        guard let range = text(reference.source, record) else { return .absent }
        let bytes = record.text.span.extracting(range)
        for index in reference.formats.range {
            switch program.dateFormats[index].read(bytes) {
            case .date(let date): return .date(date)
            case .impossible:
                if !silently {
                    reject(.mapDate, reference.source.place, "there is no such day or time", "correct the date")
                }
                return .rejected
            case .otherShape: continue
            }
        }
        if !silently {
            let known = reference.formats.range.map { program.dateFormats[$0].rawValue }.joined(separator: ", ")
            reject(.mapDate, reference.source.place, "not a date as the adapter expects it", "write it as \(known)")
        }
        return .rejected
    }

    mutating func writeDate(
        _ reference: DateReference, _ form: DateOutput, _ record: SourceRecord, to output: inout [UInt8]
    ) -> Outcome {
        guard case .date(let date) = readDate(reference, record) else { return rejection == nil ? .absent : .rejected }
        let needed: DatePrecision = form == .partial || form == .year ? .year : form == .month ? .month : .day
        guard date.precision.rawValue >= needed.rawValue else {
            reject(.mapDate, reference.source.place, "month or day is not given", "the contract needs the whole date")
            return .rejected
        }
        if form == .year {
            appendDigits(date.year, 4, to: &output)
            return .written
        }
        output.append(UInt8(ascii: "\""))
        switch form {
        case .year: break
        case .time: date.appendDateTime(to: &output)
        case .day, .partial: date.local.appendDate(to: &output)
        case .month:
            var month = date
            month.precision = .month
            month.appendDate(to: &output)
        }
        output.append(UInt8(ascii: "\""))
        return .written
    }

    // MARK: Numbers and booleans

    mutating func writeNumber(
        _ source: SourceReference, _ style: Int32, asInteger: Bool, _ record: SourceRecord, to output: inout [UInt8],
        shape: Int32 = -1
    ) -> Outcome {
        guard let whole = text(source, record) else { return .absent }
        guard let range = shape < 0 ? whole : cut(whole, program.shapes[Int(shape)], record) else { return .absent }
        guard number.read(record.text.span.extracting(range), program.numberStyles[Int(style)]),
            !asInteger || number.isInteger && number.whole.count <= 18
        else {
            reject(
                .mapNumber, source.place, asInteger ? "not a whole number" : "not a number",
                "write digits with the separators that the adapter states")
            return .rejected
        }
        number.append(to: &output, asInteger: asInteger)
        return .written
    }

    mutating func writeBoolean(_ source: SourceReference, _ record: SourceRecord, to output: inout [UInt8]) -> Outcome {
        guard let range = text(source, record) else { return .absent }
        scratch.removeAll(keepingCapacity: true)
        LetterCase.lower.append(record.text.span.extracting(range), to: &scratch)
        for (word, value) in Translator.booleanWords where scratch.elementsEqual(word.utf8) {
            output.append(contentsOf: (value ? "true" : "false").utf8)
            return .written
        }
        reject(.mapCode, source.place, "neither yes nor no", "write 1 or 0, true or false, có or không")
        return .rejected
    }

    private static let booleanWords: [(String, Bool)] = [
        ("1", true), ("0", false), ("true", true), ("false", false), ("có", true), ("không", false), ("x", true),
        ("yes", true), ("no", false), ("y", true), ("n", false), ("c", true), ("k", false), ("co", true),
        ("khong", false),
    ]

    // MARK: Codes and pictures

    mutating func writeCode(_ index: Int32, _ record: SourceRecord, to output: inout [UInt8]) -> Outcome {
        let code = program.codes[Int(index)]
        guard let whole = text(code.source, record), let range = cut(whole, program.shapes[Int(code.shape)], record)
        else { return .absent }
        var day: Int?
        if let at = code.at, case .date(let date) = readDate(at, record, silently: true) { day = date.dayNumber }
        switch program.tables[Int(code.table)].answer(record.text.span.extracting(range), day: day, scratch: &scratch) {
        case .value(let value): program.tables[Int(code.table)].append(value, to: &output)
        case .unknown, .otherDate:
            if code.otherwise.isAbsent {
                reject(
                    .mapCode, code.source.place, "a code that the adapter's table does not know at that date",
                    "correct the code, or add it to the table")
                return .rejected
            }
            note(.codeUnknown, code.source.place)
            appendConstant(code.otherwise, to: &output)
        }
        return .written
    }

    mutating func writePicture(
        _ source: SourceReference, _ pictures: ListRange, _ record: SourceRecord, to output: inout [UInt8]
    ) -> Outcome {
        guard let range = text(source, record) else { return .absent }
        scratch.removeAll(keepingCapacity: true)
        LetterCase.upper.append(record.text.span.extracting(range), to: &scratch)
        for index in pictures.range where program.pictures[index].matches(scratch.span) {
            output.append(UInt8(ascii: "\""))
            program.pictures[index].append(scratch.span, to: &output)
            output.append(UInt8(ascii: "\""))
            return .written
        }
        reject(.mapIdentifier, source.place, "not of the form that such identifiers have", "correct the identifier")
        return .rejected
    }
}

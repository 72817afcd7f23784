// A row of cells to columns by title: CSV, TSV and fixed width.

import Records

struct DelimitedReader: Sendable {
    private let limits: ReaderLimits
    private let spec: ReaderSpec
    private var delimiter: UInt8
    private var names: [ArenaSlice] = []
    /// All titles in one run: it opens the arena of every record.
    private var nameText: [UInt8] = []

    init(spec: ReaderSpec, limits: ReaderLimits) {
        self.spec = spec
        self.limits = limits
        delimiter = spec.delimiter ?? (spec.format == .tsv ? 0x09 : UInt8(ascii: ","))
        let given = spec.format == .fixed ? spec.columns.map(\.name) : spec.header ?? []
        for name in given { addName(Array(name.utf8).span) }
    }

    private mutating func addName(_ name: Span<UInt8>) {
        let start = nameText.count
        nameText.append(name)
        names.append(ArenaSlice(start: Int32(start), count: Int32(name.count)))
    }

    /// Reads the title row: the last row of what stands before the records.
    mutating func takeTitles(_ text: Span<UInt8>) -> Rejection? {
        guard spec.header == nil else { return nil }
        names.removeAll(keepingCapacity: true)
        nameText.removeAll(keepingCapacity: true)
        var start = 0
        var declared: UInt8?
        // A `sep=` line and blank rows may stand before the titles.
        for place in text.indices where text[place] == 0x0A || text[place] == 0x0D {
            let line = text.extracting(start..<place)
            var copy: [UInt8] = []
            copy.append(line)
            if let found = CSVDialect.separator(copy) {
                declared = found
            } else if copy.contains(where: { $0 != 0x20 && !CSVDialect.candidates.contains($0) }) {
                break
            }
            start = place + 1
        }
        let row = text.extracting(start..<text.count)
        delimiter =
            spec.delimiter ?? (spec.format == .tsv ? 0x09 : declared ?? CSVDialect.detect(row, quote: spec.quote))
        var cell: [UInt8] = []
        var cursor = CellCursor(delimiter: delimiter, quote: spec.quote)
        while true {
            cell.removeAll(keepingCapacity: true)
            guard cursor.next(row, into: &cell) else { return quoteRejection(names.count + 1) }
            guard names.count < limits.columnsMax else { return columnsRejection(names.count + 1) }
            while let last = cell.last, last == 0x20 { cell.removeLast() }
            addName(cell.span)
            if cursor.isAtEnd { return nil }
        }
    }

    mutating func read(_ row: Span<UInt8>, into record: inout SourceRecord) -> Rejection? {
        record.text.append(contentsOf: nameText)
        record.nodes.append(SourceNode(name: ArenaSlice(start: 0, count: 0), place: 0))
        return spec.format == .fixed ? readFixed(row, into: &record) : readCells(row, into: &record)
    }

    private func readCells(_ row: Span<UInt8>, into record: inout SourceRecord) -> Rejection? {
        var cursor = CellCursor(delimiter: delimiter, quote: spec.quote)
        var column = 0
        var last: Int32 = -1
        repeat {
            let start = record.text.count
            guard cursor.next(row, into: &record.text) else { return quoteRejection(column + 1) }
            column += 1
            guard column <= names.count else {
                if record.text.count > start { return columnsRejection(column) }
                continue
            }
            let node = SourceNode(
                name: names[column - 1], value: record.slice(from: start), place: Int32(column))
            record.append(node, under: 0, after: &last)
        } while !cursor.isAtEnd
        return column < names.count ? columnsRejection(column) : nil
    }

    private func readFixed(_ row: Span<UInt8>, into record: inout SourceRecord) -> Rejection? {
        var place = 0
        var last: Int32 = -1
        for (index, column) in spec.columns.enumerated() {
            guard place < row.count || index == 0 else { return columnsRejection(index) }
            let start = record.text.count
            var width = 0
            while width < column.width, place < row.count {
                let before = place
                _ = nextScalar(row, &place)
                record.text.append(row, before..<min(place, row.count))
                width += 1
            }
            while record.text.count > start, record.text[record.text.count - 1] == 0x20 { record.text.removeLast() }
            let node = SourceNode(
                name: names[index], value: record.slice(from: start), place: Int32(index + 1))
            record.append(node, under: 0, after: &last)
        }
        for rest in place..<max(place, row.count) where row[rest] != 0x20 {
            return columnsRejection(spec.columns.count + 1)
        }
        return nil
    }

    private func columnsRejection(_ count: Int) -> Rejection {
        Rejection(
            stage: .conform, code: .csvColumns, place: "column \(count)",
            detail: count < names.count
                ? "the row has \(count) cells where the titles have \(names.count)"
                : "the row has more cells than the \(names.count) titles",
            fix: "quote cells that hold the delimiter, and write a cell for every column")
    }

    private func quoteRejection(_ column: Int) -> Rejection {
        Rejection(
            stage: .conform, code: .csvQuote, place: "column \(column)",
            detail: "the quotes of the cell do not add up", fix: "double the quotes inside a quoted cell")
    }
}

/// Walks the cells of a row.
struct CellCursor {
    let delimiter: UInt8
    let quote: UInt8
    private var place = 0
    private(set) var isAtEnd = false

    init(delimiter: UInt8, quote: UInt8) {
        self.delimiter = delimiter
        self.quote = quote
    }

    /// Appends the next cell's text without its quotes; false where the quotes do not add up.
    mutating func next(_ row: Span<UInt8>, into text: inout [UInt8]) -> Bool {
        if place < row.count, row[place] == quote {
            place += 1
            var start = place
            while true {
                while place < row.count, row[place] != quote { place += 1 }
                guard place < row.count else { return false }
                text.append(row, start..<place)
                place += 1
                guard place < row.count, row[place] == quote else { break }
                start = place
                place += 1
            }
            if place == row.count {
                isAtEnd = true
            } else {
                guard row[place] == delimiter else { return false }
                place += 1
            }
            return true
        }
        let start = place
        while place < row.count, row[place] != delimiter {
            if row[place] == quote { return false }
            place += 1
        }
        text.append(row, start..<place)
        if place == row.count { isAtEnd = true } else { place += 1 }
        return true
    }
}

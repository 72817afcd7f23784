// Cuts CSV and TSV into rows: RFC 4180 and what spreadsheets write besides (byte order mark, `sep=;`, line ends
// of all kinds, blank rows). A row whose quotes do not add up is one fault: the next line begins anew, however
// far the open quote had run on.

import Records

struct DelimitedFramer: Sendable {
    private enum State: Sendable {
        case cellStart, plain, quoted, quoteInQuoted
        /// The row is lost; waiting for the end of its first line.
        case lost(RejectionCode, place: Int)
    }

    private let quote: UInt8
    /// nil until the title row has shown it.
    private var delimiter: UInt8?
    private let candidates: [UInt8]
    private var counts: [Int]
    private var needsTitles: Bool
    private var hasBegun = false
    private var isFirstRow = true
    private var state = State.cellStart
    private var rowStart = 0
    private var hasContent = false

    init(spec: ReaderSpec) {
        quote = spec.quote
        delimiter = spec.delimiter ?? (spec.format == .tsv ? 0x09 : spec.header == nil ? nil : UInt8(ascii: ","))
        candidates = CSVDialect.candidates
        counts = [Int](repeating: 0, count: CSVDialect.candidates.count)
        needsTitles = spec.header == nil
    }

    mutating func scan(_ core: inout FramerCore, isLast: Bool, _ body: FrameBody) rethrows {
        if !hasBegun {
            hasBegun = true
            rowStart = core.position
            if !needsTitles { core.setTitles(core.copy(from: 0, to: core.position)) }
        }
        repeat {
            while core.hasUnit, !core.isFinished {
                skipCell(&core)
                guard core.hasUnit else { break }
                let unit = core.unit(at: core.position)
                if unit == 0x0A || unit == 0x0D, !isInsideQuotes {
                    try endRow(&core, body)
                    continue
                }
                let wasLost = step(unit, at: core.position)
                core.position += core.width
                if wasLost { try resync(&core, body) }
            }
        } while try isLast && !core.isFinished && endFile(&core, body)
        if core.isFinished { return }
        if !core.isTooLarge, core.position - rowStart > limit(core) { try overflow(&core, body) }
        if core.isTooLarge { core.keepFrom = core.position } else { core.keepFrom = needsTitles ? 0 : rowStart }
    }

    /// Skips what cannot end a cell.
    private func skipCell(_ core: inout FramerCore) {
        switch state {
        case .plain:
            if let delimiter { core.skip(toControlOr: delimiter, quote, quote) }
        case .quoted: core.skip(to: quote)
        default: break
        }
    }

    private var isInsideQuotes: Bool {
        if case .quoted = state { return true }
        return false
    }

    private func limit(_ core: FramerCore) -> Int {
        needsTitles ? core.limits.titlesBytesMax : core.limits.recordBytesMax
    }

    private func isDelimiter(_ unit: UInt8) -> Bool {
        if let delimiter { return unit == delimiter }
        return candidates.contains(unit)
    }

    /// Takes one unit of a row; answers whether it showed that the row is lost.
    private mutating func step(_ unit: UInt8, at place: Int) -> Bool {
        switch state {
        case .cellStart, .plain:
            if isDelimiter(unit) {
                if needsTitles, let index = candidates.firstIndex(of: unit) { counts[index] += 1 }
                state = .cellStart
            } else if unit == quote {
                guard case .cellStart = state else {
                    state = .lost(.csvQuote, place: place)
                    return true
                }
                hasContent = true
                state = .quoted
            } else {
                hasContent = true
                state = .plain
            }
        case .quoted:
            if unit == quote { state = .quoteInQuoted }
        case .quoteInQuoted:
            if unit == quote {
                state = .quoted
            } else if isDelimiter(unit) {
                if needsTitles, let index = candidates.firstIndex(of: unit) { counts[index] += 1 }
                state = .cellStart
            } else {
                state = .lost(.csvQuote, place: place)
                return true
            }
        case .lost: break
        }
        return false
    }

    /// At a line end outside quotes: the row is whole, or it is lost and ends here.
    private mutating func endRow(_ core: inout FramerCore, _ body: FrameBody) rethrows {
        if case .lost(let code, let place) = state {
            try emitFault(&core, code, place, to: core.position, body)
        } else if hasContent {
            if needsTitles {
                try endTitles(&core, body)
            } else {
                try core.emit(from: rowStart, to: core.position, body)
            }
        }
        core.position += core.width
        beginRow(core)
        if !needsTitles { core.keepFrom = rowStart }
    }

    private mutating func beginRow(_ core: FramerCore) {
        rowStart = core.position
        hasContent = false
        state = .cellStart
    }

    private mutating func endTitles(_ core: inout FramerCore, _ body: FrameBody) rethrows {
        if isFirstRow {
            isFirstRow = false
            if let declared = CSVDialect.separatorLine(core, from: rowStart, to: core.position) {
                delimiter = delimiter ?? declared
                return
            }
        }
        guard core.position <= core.limits.titlesBytesMax else {
            try core.emit(from: 0, to: core.position, fault: .fileUnreadable, body)
            core.isFinished = true
            return
        }
        delimiter = delimiter ?? CSVDialect.likeliest(counts)
        core.setTitles(core.copy(from: 0, to: core.position))
        needsTitles = false
    }

    /// A row's quotes do not add up: it ends with its first line, and what came after is looked at again.
    private mutating func resync(_ core: inout FramerCore, _ body: FrameBody) rethrows {
        guard case .lost(let code, let place) = state, !core.isTooLarge,
            let lineEnd = core.firstLineEnd(from: rowStart, to: core.position)
        else { return }
        try emitFault(&core, code, place, to: lineEnd, body)
        core.position = lineEnd + core.width
        beginRow(core)
    }

    private mutating func emitFault(
        _ core: inout FramerCore, _ code: RejectionCode, _ place: Int, to end: Int, _ body: FrameBody
    ) rethrows {
        try core.emit(from: rowStart, to: end, fault: code, faultPlace: place, body)
        // Without titles no row can be read.
        if needsTitles { core.isFinished = true }
    }

    /// A row over the limit: a quote that never closes ends with its line, anything else is skipped to its end.
    private mutating func overflow(_ core: inout FramerCore, _ body: FrameBody) rethrows {
        if needsTitles {
            try core.emit(from: 0, to: core.position, fault: .fileUnreadable, body)
            core.isFinished = true
            return
        }
        if isInsideQuotes, let lineEnd = core.firstLineEnd(from: rowStart, to: core.position) {
            try emitFault(&core, .csvQuote, core.position, to: lineEnd, body)
            core.position = lineEnd + core.width
            beginRow(core)
            return
        }
        core.keepFrom = rowStart
        core.beginTooLarge()
        state = .lost(.recordTooLarge, place: rowStart)
    }

    /// At the end of the file; answers whether there is something to look at again.
    private mutating func endFile(_ core: inout FramerCore, _ body: FrameBody) rethrows -> Bool {
        if isInsideQuotes {
            let lineEnd = core.firstLineEnd(from: rowStart, to: core.position)
            if let lineEnd, !core.isTooLarge {
                try emitFault(&core, .csvQuote, core.position, to: lineEnd, body)
                core.position = lineEnd + core.width
                beginRow(core)
                if !core.isFinished { return true }
            } else {
                try emitFault(&core, .fileTruncated, core.position, to: core.end, body)
            }
        } else if case .lost(let code, let place) = state {
            try emitFault(&core, code, place, to: core.end, body)
        } else if hasContent {
            if needsTitles { try endTitles(&core, body) } else { try core.emit(from: rowStart, to: core.end, body) }
        }
        if core.number == 0, needsTitles { try core.emit(from: 0, to: core.end, fault: .fileEmpty, body) }
        core.isFinished = true
        return false
    }
}

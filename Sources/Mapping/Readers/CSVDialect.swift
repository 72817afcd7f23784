// Which delimiter a file uses: a `sep=` line says so, else the sign that is most frequent outside quotes in the
// title row. Framer and record reader decide alike, from the same bytes.

import Records

enum CSVDialect {
    /// In order of preference where two are as frequent.
    static let candidates: [UInt8] = [UInt8(ascii: ";"), UInt8(ascii: ","), 0x09, UInt8(ascii: "|")]

    static func likeliest(_ counts: [Int]) -> UInt8 {
        var best = 0
        for index in counts.indices where counts[index] > counts[best] { best = index }
        return counts[best] == 0 ? UInt8(ascii: ",") : candidates[best]
    }

    /// The delimiter that a `sep=;` line declares; nil where the line is none.
    static func separatorLine(_ core: FramerCore, from start: Int, to end: Int) -> UInt8? {
        guard end - start == 5 * core.width else { return nil }
        return separator((0..<5).map { core.unit(at: start + $0 * core.width) })
    }

    /// The same for decoded text.
    static func separator(_ line: [UInt8]) -> UInt8? {
        let word = Array("sep=".utf8)
        guard line.count == 5, line[4] < 0x80, line[4] != 0x22 else { return nil }
        for index in 0..<4 where line[index] | 0x20 != word[index] | 0x20 { return nil }
        return line[4]
    }

    /// The delimiter by the signs outside quotes in a decoded title row.
    static func detect(_ row: Span<UInt8>, quote: UInt8) -> UInt8 {
        var counts = [Int](repeating: 0, count: candidates.count)
        var isQuoted = false
        for index in row.indices {
            let byte = row[index]
            if byte == quote { isQuoted.toggle() }
            if !isQuoted, let place = candidates.firstIndex(of: byte) { counts[place] += 1 }
        }
        return likeliest(counts)
    }
}

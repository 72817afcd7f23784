// The shared code tables beside the adapters (`Adapters/codes/*.csv`): comma-separated UTF-8 with a title row
// and quotes as in RFC 4180. Read when the configuration is loaded, never per record.

import Records

/// A code table's file, row by row.
struct CodeFile {
    let titles: [String]
    let rows: [[String]]

    /// Larger files are refused: a code table is kept in memory whole.
    static let bytesMax = 16 << 20
    static let rowsMax = 500_000

    /// Reads a file; faults name it.
    init(_ bytes: [UInt8], file: String) throws(ConfigurationFault) {
        func fault(_ detail: String, row: Int) -> ConfigurationFault {
            ConfigurationFault(
                file: file, pointer: "", detail: "line \(row + 1): \(detail)",
                fix: "write comma-separated UTF-8 with a title row; double the quotes inside quotes")
        }
        guard bytes.count <= CodeFile.bytesMax else { throw fault("larger than 16 MiB", row: 0) }
        var rows: [[String]] = []
        var row: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var place = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if isQuoted {
                if byte != UInt8(ascii: "\"") {
                    cell.append(byte)
                } else if place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
                    cell.append(byte)
                    place += 1
                } else {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where cell.isEmpty: isQuoted = true
            case UInt8(ascii: ","), UInt8(ascii: "\n"):
                guard let text = String(validating: cell, as: UTF8.self) else {
                    throw fault("not UTF-8", row: rows.count)
                }
                row.append(text)
                cell.removeAll(keepingCapacity: true)
                if byte == UInt8(ascii: "\n") {
                    if row != [""] { rows.append(row) }
                    row = []
                    if rows.count > CodeFile.rowsMax { throw fault("too many rows", row: rows.count) }
                }
            case UInt8(ascii: "\r"): break
            default: cell.append(byte)
            }
        }
        if isQuoted { throw fault("a quote is not closed", row: rows.count) }
        if !cell.isEmpty || !row.isEmpty {
            row.append(String(decoding: cell, as: UTF8.self))
            rows.append(row)
        }
        guard let titles = rows.first else { throw fault("no title row", row: 0) }
        for (number, row) in rows.enumerated() where row.count != titles.count {
            throw fault("\(row.count) cells where the title row has \(titles.count)", row: number)
        }
        self.titles = titles
        self.rows = Array(rows.dropFirst())
    }

    /// The place of a column.
    func column(_ title: String) -> Int? { titles.firstIndex(of: title) }
}

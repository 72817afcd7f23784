// Standard output in large writes, diagnostics on stderr at once, and tables for people.
import Foundation
import JSON
import Synchronization

enum Output {
    private static let pending = Mutex<[UInt8]>([])

    static func bytes(_ bytes: some Collection<UInt8>) {
        pending.withLock { buffer in
            buffer.append(contentsOf: bytes)
            if buffer.count > 1 << 16 { drain(&buffer) }
        }
    }

    static func line(_ text: String) {
        bytes(Array(text.utf8) + [UInt8(ascii: "\n")])
    }

    /// One JSON document on a line of its own.
    static func json(_ value: JSONValue) {
        bytes(value.write() + [UInt8(ascii: "\n")])
    }

    static func flush() {
        pending.withLock { drain(&$0) }
    }

    static func diagnostic(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    static func diagnostic(_ value: JSONValue) {
        FileHandle.standardError.write(Data(value.write() + [UInt8(ascii: "\n")]))
    }

    private static func drain(_ buffer: inout [UInt8]) {
        // A reader that went away (`| head`) is no failure of ours.
        try? FileHandle.standardOutput.write(contentsOf: Data(buffer))
        buffer.removeAll(keepingCapacity: true)
    }

    /// A table with aligned columns; a column whose cells are all numbers is set right.
    static func table(_ titles: [String], _ rows: [[String]]) {
        let widths = titles.indices.map { column in
            ([titles] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        let numeric = titles.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { $0[column].isEmpty || $0[column] == "-" || Double($0[column]) != nil }
        }
        func render(_ cells: [String]) -> String {
            cells.indices.map { column in
                numeric[column] ? cells[column].leftPadded(to: widths[column]) : cells[column].padded(to: widths[column])
            }.joined(separator: "  ").trimmingTrailingSpaces
        }
        line(render(titles))
        line(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "))
        rows.forEach { line(render($0)) }
    }
}

extension String {
    var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

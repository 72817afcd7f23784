// Ways of writing: elements, members, rows.

import JSON
import Mapping

extension [UInt8] {
    mutating func add(_ text: String) { append(contentsOf: text.utf8) }

    /// `<NAME>text</NAME>`, escaped.
    mutating func element(_ name: StaticString, _ text: String, undecodable: Bool = false) {
        append(UInt8(ascii: "<"))
        addStatic(name)
        append(UInt8(ascii: ">"))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): add("&amp;")
            case UInt8(ascii: "<"): add("&lt;")
            case UInt8(ascii: ">"): add("&gt;")
            default: append(byte)
            }
        }
        if undecodable { append(0x81) }
        append(UInt8(ascii: "<"))
        append(UInt8(ascii: "/"))
        addStatic(name)
        append(UInt8(ascii: ">"))
    }

    mutating func addStatic(_ text: StaticString) {
        text.withUTF8Buffer { buffer in unsafe append(contentsOf: buffer) }
    }

    /// `"name":"text"` and a comma before it where something stands before.
    mutating func member(_ name: StaticString, _ text: String, fault: SampleFault? = nil) {
        if let last, last != UInt8(ascii: "{") { append(UInt8(ascii: ",")) }
        JSONWriter.appendKey(name, to: &self)
        JSONWriter.appendString(text, to: &self)
        if fault == .undecodable { insert(0x81, at: count - 1) }
        // A quote is lost, and with it the end of the text.
        if fault == .malformed { removeLast() }
    }

    /// A row of cells in an encoding, quoted where needed, with a line end.
    mutating func row(
        _ cells: [String], delimiter: Character, encoding: TextEncoding, fault: SampleFault? = nil,
        named column: Int = 1
    ) {
        for (index, cell) in cells.enumerated() {
            if fault == .columns, index >= cells.count - 3 { break }
            if index > 0 { add(String(delimiter)) }
            let isLost = fault == .malformed && index == column
            let isQuoted = cell.contains(delimiter) || cell.contains("\"")
            if isQuoted || isLost { append(UInt8(ascii: "\"")) }
            let text =
                isQuoted
                ? cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") : cell
            _ = Mapping.encode(text, as: encoding, to: &self)
            if fault == .undecodable, index == column { append(0x81) }
            if isQuoted, !isLost { append(UInt8(ascii: "\"")) }
        }
        add("\r\n")
    }
}

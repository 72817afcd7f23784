// Why a document is not JSON, and where: the byte, and on demand the line, the column and the excerpt.

/// Where and why parsing stopped (RFC 8259, and our own limits).
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was wrong at the byte.
    public enum Kind: String, Sendable, CaseIterable {
        case empty = "the document is empty"
        case tooLarge = "the document is longer than the limit"
        case tooDeep = "arrays and objects are nested deeper than the limit"
        case byteOrderMark = "the document starts with a byte order mark"
        case invalidUTF8 = "the bytes are not UTF-8"
        case unexpectedEnd = "the document ends too early"
        case unexpectedByte = "this cannot stand here"
        case invalidLiteral = "only true, false and null are written without quotes"
        case invalidNumber = "the number is not written as JSON demands"
        case numberTooLong = "the number has more digits than the limit"
        case controlCharacter = "a control character stands in a string without being escaped"
        case invalidEscape = "the escape sequence is not one of JSON's"
        case loneSurrogate = "the escape names half of a surrogate pair"
        case duplicateKey = "the object has this key twice"
        case trailingData = "something follows the end of the document"
    }

    public var kind: Kind
    /// The first byte that cannot be accepted, from 0.
    public var byteOffset: Int

    public init(_ kind: Kind, at byteOffset: Int) {
        self.kind = kind
        self.byteOffset = byteOffset
    }

    public var description: String { "byte \(byteOffset): \(kind.rawValue)" }

    /// Line and column, both from 1; the column counts code points. `bytes` is the document that was parsed.
    public func position(in bytes: Span<UInt8>) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        for place in 0..<min(byteOffset, bytes.count) {
            if bytes[place] == 0x0A {
                line += 1
                column = 1
            } else if bytes[place] & 0xC0 != 0x80 {
                column += 1
            }
        }
        return (line, column)
    }

    /// The line of the error, cut to `width` characters around it, over a caret that points at the byte.
    /// Shows document text: for a person at a terminal, never for a log.
    public func excerpt(in bytes: Span<UInt8>, width: Int = 72) -> String {
        let target = min(byteOffset, bytes.count)
        var start = target
        while start > 0, bytes[start - 1] != 0x0A, target - start < width / 2 { start -= 1 }
        while start < target, bytes[start] & 0xC0 == 0x80 { start += 1 }
        var end = target
        while end < bytes.count, bytes[end] != 0x0A, end - start < width { end += 1 }
        var shown: [UInt8] = []
        var caretColumn = 0
        for place in start..<end {
            let byte = bytes[place]
            if place < target, byte & 0xC0 != 0x80 { caretColumn += 1 }
            shown.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte)
        }
        return String(decoding: shown, as: UTF8.self) + "\n" + String(repeating: " ", count: caretColumn) + "^"
    }
}

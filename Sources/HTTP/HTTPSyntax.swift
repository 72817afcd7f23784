// The grammar of RFC 9110 and 9112 on bytes, in its strict reading: what two parsers could read differently
// is refused, because that is what request smuggling lives on.

/// Byte classes and the small grammars.
public enum HTTPSyntax {
    /// The methods served; others are answered 501.
    public static let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]

    /// tchar of RFC 9110 §5.6.2.
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e...0x60, 0x7c, 0x7e: true
        default: false
        }
    }

    /// Without leading and trailing spaces and tabs.
    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var result = bytes
        while let first = result.first, first == 0x20 || first == 0x09 { result.removeFirst() }
        while let last = result.last, last == 0x20 || last == 0x09 { result.removeLast() }
        return result
    }

    /// A field line. Refused: folding, space before the colon, control characters, text that is not UTF-8.
    static func field(_ line: ArraySlice<UInt8>) throws(HTTPRefusal) -> HTTPField {
        guard let colon = line.firstIndex(of: 0x3a), colon > line.startIndex else {
            throw HTTPRefusal(400, "a field line has no name")
        }
        let name = line[..<colon]
        guard name.allSatisfy(isToken) else {
            throw HTTPRefusal(400, "a field name has a character that is not allowed")
        }
        let value = trimmed(line[line.index(after: colon)...])
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
            throw HTTPRefusal(400, "a field value has a control character")
        }
        guard let text = String(validating: value, as: UTF8.self) else {
            throw HTTPRefusal(400, "a field value is not UTF-8")
        }
        return HTTPField(String(decoding: name, as: UTF8.self), text)
    }

    /// 1*DIGIT within Int; nil for signs, spaces, lists and overflow.
    static func decimal(_ text: some Collection<UInt8>) -> Int? {
        guard !text.isEmpty, text.count <= 18 else { return nil }
        var value = 0
        for byte in text {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    /// Origin form: a path of printable ASCII without a fragment.
    static func isTarget(_ target: ArraySlice<UInt8>) -> Bool {
        guard target.first == 0x2f else { return false }
        return target.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x23 }
    }

    /// A Host value: a name or an address literal with an optional port.
    static func isHost(_ text: some Collection<UInt8>) -> Bool {
        guard !text.isEmpty, text.count <= 260 else { return false }
        var bytes = Array(text)[...]
        if bytes.first == 0x5b {
            guard let end = bytes.firstIndex(of: 0x5d), end > 1 else { return false }
            let isLiteral = bytes[1..<end].allSatisfy { isHexadecimal($0) || $0 == 0x3a || $0 == 0x2e }
            guard isLiteral else { return false }
            bytes = bytes[(end + 1)...]
        } else {
            let name = bytes.prefix { $0 != 0x3a }
            guard !name.isEmpty, name.allSatisfy({ isUnreserved($0) }) else { return false }
            bytes = bytes.dropFirst(name.count)
        }
        guard let colon = bytes.first else { return true }
        guard colon == 0x3a, let port = decimal(bytes.dropFirst()) else { return false }
        return port <= 65_535
    }

    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: true
        default: false
        }
    }

    static func isHexadecimal(_ byte: UInt8) -> Bool { hexadecimal(byte) != nil }

    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// Percent-decoding (and `+` as a space, as in queries); nil for a broken escape or text that is not UTF-8.
    public static func percentDecoded(_ text: some Collection<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var rest = text.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case 0x25:
                guard let high = rest.next().flatMap(hexadecimal), let low = rest.next().flatMap(hexadecimal) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case 0x2b: bytes.append(0x20)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A JSON string literal: the layer below has no JSON writer and needs one line of it for problems.
    static func jsonString(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

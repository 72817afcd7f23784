// RFC 8259 once more, as plainly as it can be written: byte by byte, with sets of decoded keys. The parser that is
// fuzzed must accept what this accepts, under the same limits, and nothing else.

struct PlainJSON {
    private let bytes: [UInt8]
    private var place = 0
    private var depth = 0
    private struct Refused: Error {}

    /// Whether the bytes are one document under the parser's default limits.
    static func accepts(_ bytes: [UInt8]) -> Bool {
        var reader = PlainJSON(bytes)
        do {
            reader.skipSpace()
            try reader.value()
            reader.skipSpace()
            return reader.place == bytes.count
        } catch {
            return false
        }
    }

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { place += 1 }
    }

    private mutating func take(_ text: String) throws(Refused) {
        for byte in text.utf8 {
            guard next == byte else { throw Refused() }
            place += 1
        }
    }

    private mutating func value() throws(Refused) {
        switch next {
        case UInt8(ascii: "{"): try container(closing: UInt8(ascii: "}"))
        case UInt8(ascii: "["): try container(closing: UInt8(ascii: "]"))
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try take("true")
        case UInt8(ascii: "f"): try take("false")
        case UInt8(ascii: "n"): try take("null")
        default: try number()
        }
    }

    private mutating func container(closing: UInt8) throws(Refused) {
        depth += 1
        if depth > 128 { throw Refused() }
        place += 1
        skipSpace()
        var keys = Set<[UInt32]>()
        var isFirst = true
        while next != closing {
            if !isFirst {
                try take(",")
                skipSpace()
            }
            isFirst = false
            if closing == UInt8(ascii: "}") {
                guard keys.insert(try string()).inserted else { throw Refused() }
                skipSpace()
                try take(":")
                skipSpace()
            }
            try value()
            skipSpace()
        }
        place += 1
        depth -= 1
    }

    private mutating func number() throws(Refused) {
        let start = place
        if next == UInt8(ascii: "-") { place += 1 }
        if next == UInt8(ascii: "0") { place += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            place += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            place += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
            try digits()
        }
        if place - start > 1_000 { throw Refused() }
    }

    private mutating func digits() throws(Refused) {
        let start = place
        while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
        if place == start { throw Refused() }
    }

    /// The string's scalars.
    private mutating func string() throws(Refused) -> [UInt32] {
        try take("\"")
        var scalars: [UInt32] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            if byte < 0x20 { throw Refused() }
            scalars.append(byte == UInt8(ascii: "\\") ? try escape() : try scalar())
        }
        try take("\"")
        return scalars
    }

    private mutating func escape() throws(Refused) -> UInt32 {
        place += 1
        guard let letter = next else { throw Refused() }
        place += 1
        let plain: [UInt8: UInt32] = [0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9]
        if let scalar = plain[letter] { return scalar }
        guard letter == UInt8(ascii: "u") else { throw Refused() }
        let unit = try hexadecimal()
        if unit < 0xD800 || unit > 0xDFFF { return unit }
        try take("\\u")
        let second = try hexadecimal()
        guard unit < 0xDC00, second >= 0xDC00, second <= 0xDFFF else { throw Refused() }
        return 0x10000 + (unit - 0xD800) * 0x400 + (second - 0xDC00)
    }

    private mutating func hexadecimal() throws(Refused) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
                throw Refused()
            }
            value = value * 16 + UInt32(digit)
            place += 1
        }
        return value
    }

    /// One character of UTF-8, by the standard library's decoder.
    private mutating func scalar() throws(Refused) -> UInt32 {
        var decoder = UTF8()
        var rest = bytes[place..<min(place + 4, bytes.count)].makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&rest) else { throw Refused() }
        place += UTF8.width(scalar)
        return scalar.value
    }
}

// Decoding the inside of a JSON string (RFC 8259 §7). The source has been parsed, so every escape is known
// to be well formed; what is not is copied as it stands rather than trapped on.

enum StringEscapes {
    @inline(__always)
    static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x37
        case 0x61...0x66: byte &- 0x57
        default: nil
        }
    }

    /// Appends the UTF-8 of a string's inside, escapes decoded.
    static func append(_ raw: Span<UInt8>, to text: inout [UInt8]) {
        var place = 0
        while place < raw.count {
            let byte = raw[place]
            if byte != 0x5C || place + 1 >= raw.count {
                text.append(byte)
                place += 1
                continue
            }
            let escaped = raw[place + 1]
            place += 2
            switch escaped {
            case 0x62: text.append(0x08)
            case 0x66: text.append(0x0C)
            case 0x6E: text.append(0x0A)
            case 0x72: text.append(0x0D)
            case 0x74: text.append(0x09)
            case 0x75:
                var scalar = unit(raw, place)
                place += 4
                if scalar & 0xFC00 == 0xD800, place + 6 <= raw.count {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + unit(raw, place + 2) & 0x3FF
                    place += 6
                }
                appendScalar(scalar, to: &text)
            default: text.append(escaped)
            }
        }
    }

    private static func unit(_ raw: Span<UInt8>, _ place: Int) -> UInt32 {
        var value: UInt32 = 0
        for offset in place..<min(place + 4, raw.count) {
            value = value << 4 | UInt32(hexadecimalDigit(raw[offset]) ?? 0)
        }
        return value
    }

    /// Appends one code point as UTF-8.
    static func appendScalar(_ scalar: UInt32, to text: inout [UInt8]) {
        func low(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | (scalar >> shift & 0x3F)) }
        switch scalar {
        case 0..<0x80: text.append(UInt8(truncatingIfNeeded: scalar))
        case 0x80..<0x800:
            text.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
            text.append(low(0))
        case 0x800..<0x10000:
            text.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
            text.append(low(6))
            text.append(low(0))
        default:
            text.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
            text.append(low(12))
            text.append(low(6))
            text.append(low(0))
        }
    }
}

// Base64 (RFC 4648 §4) as XML carries it: line breaks and blanks anywhere, padding demanded.

/// Appends the decoded bytes; answers the place in the text where it stops being base64, nil where all is.
func decodeBase64(_ text: Span<UInt8>, to bytes: inout [UInt8]) -> Int? {
    var group: UInt32 = 0
    var count = 0
    var padding = 0
    var place = 0
    while place < text.count {
        let sign = text[place]
        let value: UInt32
        switch sign {
        case 0x41...0x5A: value = UInt32(sign) - 0x41
        case 0x61...0x7A: value = UInt32(sign) - 0x61 + 26
        case 0x30...0x39: value = UInt32(sign) - 0x30 + 52
        case UInt8(ascii: "+"): value = 62
        case UInt8(ascii: "/"): value = 63
        case UInt8(ascii: "="):
            guard count >= 2, count + padding < 4 else { return place }
            padding += 1
            place += 1
            continue
        case 0x20, 0x09, 0x0A, 0x0D:
            place += 1
            continue
        default: return place
        }
        guard padding == 0 else { return place }
        group = group << 6 | value
        count += 1
        if count == 4 {
            bytes.append(UInt8(group >> 16 & 0xFF))
            bytes.append(UInt8(group >> 8 & 0xFF))
            bytes.append(UInt8(group & 0xFF))
            group = 0
            count = 0
        }
        place += 1
    }
    if count == 0 { return nil }
    guard count + padding == 4, count > 1 else { return place }
    if count == 2 {
        guard group & 0xF == 0 else { return place }
        bytes.append(UInt8(group >> 4 & 0xFF))
    } else {
        guard group & 0x3 == 0 else { return place }
        bytes.append(UInt8(group >> 10 & 0xFF))
        bytes.append(UInt8(group >> 2 & 0xFF))
    }
    return nil
}

/// Appends bytes as base64 with padding, without line breaks.
public func encodeBase64(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
    func sign(_ value: UInt32) -> UInt8 {
        switch value & 0x3F {
        case 0..<26: UInt8(value & 0x3F) + 0x41
        case 26..<52: UInt8(value & 0x3F) + 0x61 - 26
        case 52..<62: UInt8(value & 0x3F) + 0x30 - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
    var place = 0
    while place < bytes.count {
        let rest = bytes.count - place
        var group = UInt32(bytes[place]) << 16
        if rest > 1 { group |= UInt32(bytes[place + 1]) << 8 }
        if rest > 2 { group |= UInt32(bytes[place + 2]) }
        text.append(sign(group >> 18))
        text.append(sign(group >> 12))
        text.append(rest > 1 ? sign(group >> 6) : UInt8(ascii: "="))
        text.append(rest > 2 ? sign(group) : UInt8(ascii: "="))
        place += 3
    }
}

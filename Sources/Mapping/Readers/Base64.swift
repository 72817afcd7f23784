// Base64 (RFC 4648 §4) as XML carries it: line breaks and blanks anywhere, padding demanded.

private let signs = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

/// The value of every sign; 64 for padding, 65 for blanks, 255 for everything else.
private let signValues: [UInt8] = {
    var table = [UInt8](repeating: 255, count: 256)
    for (value, sign) in signs.enumerated() {
        table[Int(sign)] = UInt8(value)
    }
    table[Int(UInt8(ascii: "="))] = 64
    for blank: UInt8 in [0x20, 0x09, 0x0A, 0x0D] { table[Int(blank)] = 65 }
    return table
}()

/// Appends the decoded bytes; answers the place in the text where it stops being base64, nil where all is.
func decodeBase64(_ text: Span<UInt8>, to bytes: inout [UInt8]) -> Int? {
    let values = signValues
    bytes.reserveCapacity(bytes.count + text.count / 4 * 3 + 3)
    var place = 0
    // Whole groups without blanks or padding: nearly all of a document.
    while place + 4 <= text.count {
        let first = UInt32(values[Int(text[place])])
        let second = UInt32(values[Int(text[place + 1])])
        let third = UInt32(values[Int(text[place + 2])])
        let fourth = UInt32(values[Int(text[place + 3])])
        guard first | second | third | fourth < 64 else { break }
        let group = first << 18 | second << 12 | third << 6 | fourth
        bytes.append(UInt8(truncatingIfNeeded: group >> 16))
        bytes.append(UInt8(truncatingIfNeeded: group >> 8))
        bytes.append(UInt8(truncatingIfNeeded: group))
        place += 4
    }
    return decodeBase64Rest(text, from: place, to: &bytes)
}

/// The same sign by sign: blanks may stand anywhere, padding only at the end.
private func decodeBase64Rest(_ text: Span<UInt8>, from start: Int, to bytes: inout [UInt8]) -> Int? {
    var group: UInt32 = 0
    var count = 0
    var padding = 0
    var place = start
    while place < text.count {
        let value = UInt32(signValues[Int(text[place])])
        if value == 255 { return place }
        if value == 64 {
            guard count >= 2, count + padding < 4 else { return place }
            padding += 1
        } else if value < 64 {
            guard padding == 0 else { return place }
            group = group << 6 | value
            count += 1
            if count == 4 {
                bytes.append(UInt8(truncatingIfNeeded: group >> 16))
                bytes.append(UInt8(truncatingIfNeeded: group >> 8))
                bytes.append(UInt8(truncatingIfNeeded: group))
                group = 0
                count = 0
            }
        }
        place += 1
    }
    if count == 0 { return padding == 0 ? nil : place }
    guard count + padding == 4, count > 1 else { return place }
    if count == 2 {
        guard group & 0xF == 0 else { return place }
        bytes.append(UInt8(truncatingIfNeeded: group >> 4))
    } else {
        guard group & 0x3 == 0 else { return place }
        bytes.append(UInt8(truncatingIfNeeded: group >> 10))
        bytes.append(UInt8(truncatingIfNeeded: group >> 2))
    }
    return nil
}

/// Appends bytes as base64 with padding, without line breaks.
public func encodeBase64(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
    let alphabet = signs
    func sign(_ value: UInt32) -> UInt8 { alphabet[Int(value & 0x3F)] }
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

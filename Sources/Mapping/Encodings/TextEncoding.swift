// The way back: Unicode to an agency's encoding, for sample files and tests.

/// Appends a text in an encoding, without byte order mark; answers the place (in scalars) of the first letter
/// that the encoding cannot write. TCVN3 writes capitals with tone marks as the capital fonts do: as the small
/// letter's byte.
public func encode(
    _ text: String, as encoding: TextEncoding, order: ByteOrder = .little, to bytes: inout [UInt8]
) -> Int? {
    if encoding == .utf8 || encoding == .auto {
        bytes.append(contentsOf: text.utf8)
        return nil
    }
    var previous: UInt32 = 0
    for (place, character) in text.unicodeScalars.enumerated() {
        let scalar = character.value
        let isWritten: Bool
        switch encoding {
        case .utf8, .auto: isWritten = true
        case .utf16: isWritten = encodeUTF16(scalar, order, to: &bytes)
        case .windows1258: isWritten = encodeWindows1258(scalar, to: &bytes)
        case .tcvn3: isWritten = encodeTCVN3(scalar, to: &bytes)
        case .vni: isWritten = encodeVNI(scalar, to: &bytes)
        case .viqr: isWritten = encodeVIQR(scalar, after: previous, to: &bytes)
        }
        if !isWritten { return place }
        previous = scalar
    }
    return nil
}

private func encodeUTF16(_ scalar: UInt32, _ order: ByteOrder, to bytes: inout [UInt8]) -> Bool {
    func append(_ unit: UInt32) {
        let (low, high) = (UInt8(unit & 0xFF), UInt8(unit >> 8 & 0xFF))
        bytes.append(order == .little ? low : high)
        bytes.append(order == .little ? high : low)
    }
    if scalar < 0x1_0000 {
        append(scalar)
    } else {
        append(0xD800 + (scalar - 0x1_0000) >> 10)
        append(0xDC00 + (scalar - 0x1_0000) & 0x3FF)
    }
    return true
}

private func encodeTCVN3(_ scalar: UInt32, to bytes: inout [UInt8]) -> Bool {
    if scalar < 0x80 {
        bytes.append(UInt8(scalar))
        return true
    }
    if let found = byte(of: scalar, in: tcvn3Letters) {
        bytes.append(found)
        return true
    }
    guard let place = vowelPlace(scalar), place >= 72,
        let found = byte(of: UInt32(vietnameseVowels[place - 72]), in: tcvn3Letters)
    else { return false }
    bytes.append(found)
    return true
}

private func encodeWindows1258(_ scalar: UInt32, to bytes: inout [UInt8]) -> Bool {
    if scalar < 0x80 {
        bytes.append(UInt8(scalar))
        return true
    }
    // Letters with a byte of their own keep it, à and á among them; ấ is â and the mark.
    if let found = byte(of: scalar, in: windows1258Letters) {
        bytes.append(found)
        return true
    }
    guard let place = vowelPlace(scalar) else { return false }
    let marks: [UInt8] = [0, 0xCC, 0xEC, 0xD2, 0xDE, 0xF2]
    let plain = UInt32(vietnameseVowels[place - place % 6])
    guard plain < 0x80 || byte(of: plain, in: windows1258Letters) != nil, marks[place % 6] != 0 else { return false }
    bytes.append(plain < 0x80 ? UInt8(plain) : byte(of: plain, in: windows1258Letters) ?? 0)
    bytes.append(marks[place % 6])
    return true
}

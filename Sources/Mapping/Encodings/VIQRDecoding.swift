// VIQR (RFC 1456) to Unicode: marks are ASCII signs after the vowel, `dd` is đ, a backslash keeps a sign plain.
// The RFC's mode switches are not taken: exports of registers never used them.

private func viqrShape(_ base: Int, _ sign: UInt8) -> Int? {
    switch (base, sign) {
    case (Vowel.a, UInt8(ascii: "(")): Vowel.aBreve
    case (Vowel.a, UInt8(ascii: "^")): Vowel.aCircumflex
    case (Vowel.e, UInt8(ascii: "^")): Vowel.eCircumflex
    case (Vowel.o, UInt8(ascii: "^")): Vowel.oCircumflex
    case (Vowel.o, UInt8(ascii: "+")), (Vowel.o, UInt8(ascii: "*")): Vowel.oHorn
    case (Vowel.u, UInt8(ascii: "+")), (Vowel.u, UInt8(ascii: "*")): Vowel.uHorn
    default: nil
    }
}

private func viqrTone(_ sign: UInt8) -> Int? {
    switch sign {
    case UInt8(ascii: "`"): Tone.grave
    case UInt8(ascii: "'"): Tone.acute
    case UInt8(ascii: "?"): Tone.hook
    case UInt8(ascii: "~"): Tone.tilde
    case UInt8(ascii: "."): Tone.dot
    default: nil
    }
}

private func viqrVowel(_ byte: UInt8) -> Int? {
    switch byte | 0x20 {
    case 0x61: Vowel.a
    case 0x65: Vowel.e
    case 0x69: Vowel.i
    case 0x6F: Vowel.o
    case 0x75: Vowel.u
    case 0x79: Vowel.y
    default: nil
    }
}

/// Appends the text; answers the place of the first byte that is not ASCII.
func decodeVIQR(_ bytes: Span<UInt8>, to text: inout [UInt8]) -> Int? {
    var place = 0
    while place < bytes.count {
        let byte = bytes[place]
        if byte >= 0x80 { return place }
        if byte == UInt8(ascii: "\\"), place + 1 < bytes.count, bytes[place + 1] < 0x80 {
            text.append(bytes[place + 1])
            place += 2
            continue
        }
        if byte | 0x20 == 0x64, place + 1 < bytes.count, bytes[place + 1] | 0x20 == 0x64, bytes[place + 1] >= 0x41 {
            appendUTF8(byte == 0x64 ? smallStroke : capitalStroke, to: &text)
            place += 2
            continue
        }
        guard byte >= 0x41, let plain = viqrVowel(byte) else {
            text.append(byte)
            place += 1
            continue
        }
        var base = plain
        var tone = Tone.level
        place += 1
        if place < bytes.count, let shaped = viqrShape(base, bytes[place]) {
            base = shaped
            place += 1
        }
        if place < bytes.count, let found = viqrTone(bytes[place]) {
            tone = found
            place += 1
        }
        appendUTF8(vowel(base, tone, isCapital: byte & 0x20 == 0), to: &text)
    }
    return nil
}

/// Appends a letter in VIQR, escaping what would read as a mark after what was appended before; false where
/// VIQR has none.
func encodeVIQR(_ scalar: UInt32, after previous: UInt32, to bytes: inout [UInt8]) -> Bool {
    if scalar < 0x80 {
        let sign = UInt8(scalar)
        let followsVowel = vowelPlace(previous) != nil
        let isMark = viqrTone(sign) != nil || sign == 0x28 || sign == 0x5E || sign == 0x2B || sign == 0x2A
        let doublesD = sign | 0x20 == 0x64 && (previous == 0x64 || previous == 0x44)
        if sign == UInt8(ascii: "\\") || followsVowel && isMark || doublesD { bytes.append(UInt8(ascii: "\\")) }
        bytes.append(sign)
        return true
    }
    if scalar == smallStroke || scalar == capitalStroke {
        let letter: UInt8 = scalar == smallStroke ? 0x64 : 0x44
        bytes.append(letter)
        bytes.append(letter)
        return true
    }
    guard let place = vowelPlace(scalar) else { return false }
    let plains: [(letter: UInt8, shape: UInt8)] = [
        (0x61, 0), (0x61, 0x28), (0x61, 0x5E), (0x65, 0), (0x65, 0x5E), (0x69, 0), (0x6F, 0), (0x6F, 0x5E),
        (0x6F, 0x2B), (0x75, 0), (0x75, 0x2B), (0x79, 0),
    ]
    let plain = plains[(place % 72) / 6]
    bytes.append(place >= 72 ? plain.letter - 0x20 : plain.letter)
    if plain.shape != 0 { bytes.append(plain.shape) }
    let tones: [UInt8] = [0, 0x60, 0x27, 0x3F, 0x7E, 0x2E]
    if tones[place % 6] != 0 { bytes.append(tones[place % 6]) }
    return true
}

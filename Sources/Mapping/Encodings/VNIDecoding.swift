// VNI for Windows to Unicode: a letter, then one byte for its tone and shape together; a few letters have a byte
// of their own. Small and capital marks differ by 0x20; the letter decides the case.

/// What a mark byte (small form) does to a letter: the shape it asks for and the tone.
private enum VNIMark {
    /// A tone on the plain vowel, or on ơ and ư.
    case tone(Int)
    /// Circumflex (a, e, o) and tone.
    case circumflex(Int)
    /// Breve (a) and tone.
    case breve(Int)
}

private func vniMark(_ small: UInt8) -> VNIMark? {
    switch small {
    case 0xF8: .tone(Tone.grave)
    case 0xF9: .tone(Tone.acute)
    case 0xFB: .tone(Tone.hook)
    case 0xF5: .tone(Tone.tilde)
    case 0xEF: .tone(Tone.dot)
    case 0xE2: .circumflex(Tone.level)
    case 0xE0: .circumflex(Tone.grave)
    case 0xE1: .circumflex(Tone.acute)
    case 0xE5: .circumflex(Tone.hook)
    case 0xE3: .circumflex(Tone.tilde)
    case 0xE4: .circumflex(Tone.dot)
    case 0xEA: .breve(Tone.level)
    case 0xE8: .breve(Tone.grave)
    case 0xE9: .breve(Tone.acute)
    case 0xFA: .breve(Tone.hook)
    case 0xFC: .breve(Tone.tilde)
    case 0xEB: .breve(Tone.dot)
    default: nil
    }
}

/// Letters with a byte of their own, by the small form: vowel and tone; đ is apart.
private func vniLetter(_ small: UInt8) -> (vowel: Int, tone: Int)? {
    switch small {
    case 0xF4: (Vowel.oHorn, Tone.level)
    case 0xF6: (Vowel.uHorn, Tone.level)
    case 0xEC: (Vowel.i, Tone.grave)
    case 0xED: (Vowel.i, Tone.acute)
    case 0xE6: (Vowel.i, Tone.hook)
    case 0xF3: (Vowel.i, Tone.tilde)
    case 0xF2: (Vowel.i, Tone.dot)
    case 0xEE: (Vowel.y, Tone.dot)
    default: nil
    }
}

private func plainVowel(_ byte: UInt8) -> Int? {
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

/// A vowel under a mark; nil where VNI has no such letter.
private func marked(_ base: Int, _ mark: VNIMark) -> (vowel: Int, tone: Int)? {
    switch mark {
    case .tone(let tone):
        return base == Vowel.i || base == Vowel.y && tone == Tone.dot ? nil : (base, tone)
    case .circumflex(let tone):
        guard base == Vowel.a || base == Vowel.e || base == Vowel.o else { return nil }
        return (base == Vowel.a ? Vowel.aCircumflex : base + 1, tone)
    case .breve(let tone):
        return base == Vowel.a ? (Vowel.aBreve, tone) : nil
    }
}

/// Appends the text; answers the place of the first byte that means nothing where it stands.
func decodeVNI(_ bytes: Span<UInt8>, to text: inout [UInt8]) -> Int? {
    var place = 0
    while place < bytes.count {
        let byte = bytes[place]
        var letter: (vowel: Int, tone: Int)?
        var isCapital = byte & 0x20 == 0
        if byte < 0x80 {
            letter = plainVowel(byte).map { ($0, Tone.level) }
            if letter == nil {
                text.append(byte)
                place += 1
                continue
            }
        } else if byte == 0xA0 {
            appendUTF8(0xA0, to: &text)
            place += 1
            continue
        } else if byte | 0x20 == 0xF1, byte >= 0xC0 {
            appendUTF8(byte == 0xF1 ? smallStroke : capitalStroke, to: &text)
            place += 1
            continue
        } else {
            guard byte >= 0xC0, let own = vniLetter(byte | 0x20) else { return place }
            letter = own
            isCapital = byte & 0x20 == 0
        }
        guard var found = letter else { return place }
        place += 1
        let takesMark = byte < 0x80 || found.vowel == Vowel.oHorn || found.vowel == Vowel.uHorn
        if takesMark, place < bytes.count, bytes[place] >= 0xC0, let mark = vniMark(bytes[place] | 0x20) {
            guard let whole = marked(found.vowel, mark) else { return place }
            found = whole
            place += 1
        }
        appendUTF8(vowel(found.vowel, found.tone, isCapital: isCapital), to: &text)
    }
    return nil
}

/// Appends a letter in VNI; false where VNI has none.
func encodeVNI(_ scalar: UInt32, to bytes: inout [UInt8]) -> Bool {
    if scalar < 0x80 || scalar == 0xA0 {
        bytes.append(UInt8(scalar))
        return true
    }
    if scalar == smallStroke || scalar == capitalStroke {
        bytes.append(scalar == smallStroke ? 0xF1 : 0xD1)
        return true
    }
    guard let place = vowelPlace(scalar) else { return false }
    let shift: UInt8 = place >= 72 ? 0x20 : 0
    let (base, tone) = ((place % 72) / 6, place % 6)
    for own in UInt8(0xC0)...UInt8(0xDF) {
        if let letter = vniLetter(own | 0x20), letter.vowel == base, letter.tone == tone {
            bytes.append((own | 0x20) - shift)
            return true
        }
    }
    let plain: UInt8
    switch base {
    case Vowel.a, Vowel.aBreve, Vowel.aCircumflex: plain = 0x61
    case Vowel.e, Vowel.eCircumflex: plain = 0x65
    case Vowel.i: plain = 0x69
    case Vowel.o, Vowel.oCircumflex: plain = 0x6F
    case Vowel.oHorn: plain = 0xF4
    case Vowel.u: plain = 0x75
    case Vowel.uHorn: plain = 0xF6
    default: plain = 0x79
    }
    bytes.append(plain - shift)
    for mark in UInt8(0xE0)...UInt8(0xFF) {
        guard let meaning = vniMark(mark) else { continue }
        let start = plain < 0x80 ? plainVowel(plain) ?? base : base
        if let whole = marked(start, meaning), whole.vowel == base, whole.tone == tone {
            bytes.append(mark - shift)
            return true
        }
    }
    return tone == Tone.level
}

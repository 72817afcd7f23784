// How Vietnamese a decoded text looks: which of several legacy codes was meant. Every code turns the bytes of
// another into letters too, but into letters that do not follow one another in Vietnamese.

/// Points for Vietnamese letters in plausible places, against letters and signs that Vietnamese does not write.
func vietnameseScore(_ text: Span<UInt8>) -> Int {
    var score = 0
    var previous: UInt32 = 0
    var place = 0
    while place < text.count {
        let scalar = nextScalar(text, &place)
        defer { previous = scalar }
        guard scalar >= 0x80, scalar != 0xA0 else { continue }
        guard let letter = vowelPlace(scalar) else {
            if scalar == smallStroke || scalar == capitalStroke {
                score += isSmallLetter(previous) ? -3 : 2
            } else {
                score -= 3
            }
            continue
        }
        score += 2
        if letter >= 72, isSmallLetter(previous) { score -= 4 }
        if let before = vowelPlace(previous), !mayFollow(before % 72, letter % 72) { score -= 5 }
    }
    return score
}

private func isSmallLetter(_ scalar: UInt32) -> Bool {
    if scalar >= 0x61, scalar <= 0x7A || scalar == smallStroke { return true }
    return vowelPlace(scalar).map { $0 < 72 } ?? (scalar == smallStroke)
}

/// Whether a marked vowel may follow a vowel within a syllable: iê, yê, uô, ươ, oà, uý, giá and their like.
private func mayFollow(_ first: Int, _ second: Int) -> Bool {
    let (before, after) = (first / 6, second / 6)
    if first % 6 != Tone.level { return false }
    switch before {
    case Vowel.i: return after != Vowel.i && after != Vowel.y
    case Vowel.y: return after == Vowel.eCircumflex
    case Vowel.o: return after == Vowel.a || after == Vowel.aBreve || after == Vowel.e || after == Vowel.o
    case Vowel.u: return after != Vowel.u && after != Vowel.uHorn
    case Vowel.uHorn: return after == Vowel.oHorn
    default: return false
    }
}

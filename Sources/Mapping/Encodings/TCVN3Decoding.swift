// TCVN3 (ABC fonts) to Unicode. The code has no capitals with tone marks: writers switched to a "capital font"
// (.VnTimeH) in which the same bytes look like capitals. The switch is not in the bytes, so it is inferred from
// the letters around: a word whose letters of certain case are all capitals, or a word of uncertain case in a
// phrase of such words, becomes capital throughout; a word that begins with an uncertain letter in a phrase
// where every other word begins with a capital gets a capital first letter. Everything else stays small.

/// A phrase is what lies between separators: letters, blanks, hyphens and full stops.
struct TCVN3Decoder {
    private struct Word {
        var range: Range<Int>
        var capitals: Int
        var smalls: Int
        var startsUncertain: Bool
        var startsCapital: Bool
    }
    private var words: [Word] = []

    /// Appends the text; answers the place of the first byte that means nothing.
    mutating func decode(_ bytes: Span<UInt8>, to text: inout [UInt8]) -> Int? {
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if !isLetter(byte) {
                if byte >= 0x80 {
                    guard byte == 0xA0 else { return place }
                    appendUTF8(0xA0, to: &text)
                } else {
                    text.append(byte)
                }
                place += 1
                continue
            }
            var end = place
            while end < bytes.count, isLetter(bytes[end]) || isJoiner(bytes[end]) { end += 1 }
            decodePhrase(bytes, place..<end, to: &text)
            place = end
        }
        return nil
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        if byte < 0x80 { return byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }
        return byte != 0xA0 && tcvn3Letters[Int(byte) - 0x80] != 0
    }

    private func isJoiner(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x2D || byte == 0x2E }

    /// Letters with tone marks show a capital and a small form with one byte.
    private func isUncertain(_ byte: UInt8) -> Bool { byte >= 0xB5 }

    private func isCapital(_ byte: UInt8) -> Bool { byte >= 0xA1 && byte <= 0xA7 || byte >= 0x41 && byte <= 0x5A }

    private mutating func split(_ bytes: Span<UInt8>, _ phrase: Range<Int>) {
        words.removeAll(keepingCapacity: true)
        var place = phrase.lowerBound
        while place < phrase.upperBound {
            guard isLetter(bytes[place]) else {
                place += 1
                continue
            }
            var word = Word(
                range: place..<place, capitals: 0, smalls: 0, startsUncertain: isUncertain(bytes[place]),
                startsCapital: isCapital(bytes[place]))
            while place < phrase.upperBound, isLetter(bytes[place]) {
                if isCapital(bytes[place]) {
                    word.capitals += 1
                } else if !isUncertain(bytes[place]) {
                    word.smalls += 1
                }
                place += 1
            }
            word.range = word.range.lowerBound..<place
            words.append(word)
        }
    }

    private mutating func decodePhrase(_ bytes: Span<UInt8>, _ phrase: Range<Int>, to text: inout [UInt8]) {
        split(bytes, phrase)
        var hasSmall = false
        var hasCapitalWord = false
        var othersStartCapital = words.count > 1
        for word in words {
            if word.smalls > 0 { hasSmall = true }
            if word.smalls == 0, word.capitals > 1 { hasCapitalWord = true }
            if !word.startsUncertain, !word.startsCapital { othersStartCapital = false }
        }
        if !words.contains(where: \.startsCapital) { othersStartCapital = false }
        var place = phrase.lowerBound
        for word in words {
            while place < word.range.lowerBound {
                text.append(bytes[place])
                place += 1
            }
            let isAllCapital = word.smalls == 0 && (word.capitals > 1 || hasCapitalWord && !hasSmall)
            let isFirstCapital = word.startsUncertain && othersStartCapital
            while place < word.range.upperBound {
                let byte = bytes[place]
                if byte < 0x80 {
                    text.append(byte)
                } else {
                    let letter = UInt32(tcvn3Letters[Int(byte) - 0x80])
                    let raise = isUncertain(byte) && (isAllCapital || isFirstCapital && place == word.range.lowerBound)
                    appendUTF8(raise ? capital(letter) : letter, to: &text)
                }
                place += 1
            }
        }
        while place < phrase.upperBound {
            text.append(bytes[place])
            place += 1
        }
    }
}

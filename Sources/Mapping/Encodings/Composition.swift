// NFC for what Vietnamese sources write: letters with combining marks become the composed letters.
// Texts without combining marks from U+0300 on are left untouched, and so is a mark that fits no letter of the
// table; that covers all of Vietnamese and every Latin letter that Unicode composes. Other scripts are not
// composed here: what arrives in NFC stays in NFC.

/// Canonical combining class of the marks in the table; 0 for anything else.
private func combiningClass(_ scalar: UInt32) -> UInt8 {
    switch scalar {
    case 0x0300...0x0314, 0x033D...0x0344, 0x0346, 0x034A...0x034C, 0x0350...0x0352, 0x0357, 0x035B, 0x0363...0x036F:
        return 230
    case 0x0315, 0x031A, 0x0358: return 232
    case 0x031B: return 216
    case 0x0321, 0x0322, 0x0327, 0x0328: return 202
    case 0x0334...0x0338: return 1
    case 0x0316...0x0319, 0x031C...0x0320, 0x0323...0x0326, 0x0329...0x0333, 0x0339...0x033C, 0x0347...0x0349,
        0x034D, 0x034E, 0x0353...0x0356, 0x0359, 0x035A:
        return 220
    case 0x0345: return 240
    case 0x035C, 0x035F, 0x0362: return 233
    case 0x035D, 0x035E, 0x0360, 0x0361: return 234
    default: return 0
    }
}

/// The letter that a letter and a mark make, where there is one.
func composed(_ letter: UInt32, _ mark: UInt32) -> UInt32? {
    guard letter < 0x1_0000 else { return nil }
    let wanted = UInt64(letter) << 16 | UInt64(mark)
    var low = 0
    var high = latinCompositions.count
    while low < high {
        let middle = (low + high) / 2
        let found = latinCompositions[middle] >> 16
        if found == wanted { return UInt32(latinCompositions[middle] & 0xFFFF) }
        if found < wanted { low = middle + 1 } else { high = middle }
    }
    return nil
}

/// The letter and mark that make a letter; rebuilt once from the composition table.
private let latinDecompositions: [UInt32: (letter: UInt32, mark: UInt32)] = {
    var table: [UInt32: (letter: UInt32, mark: UInt32)] = [:]
    for entry in latinCompositions {
        table[UInt32(entry & 0xFFFF)] = (UInt32(entry >> 32), UInt32(entry >> 16 & 0xFFFF))
    }
    return table
}()

/// Takes scalars one by one and appends their composed form as UTF-8.
struct Composer {
    private var starter: UInt32?
    private var marks: [UInt32] = []
    /// More marks than this on one letter are passed on uncomposed: no language stacks so many.
    private static let marksMax = 30

    /// Appends a scalar; the last letter is held back until the next letter or `finish`.
    mutating func append(_ scalar: UInt32, to text: inout [UInt8]) {
        if combiningClass(scalar) == 0 {
            finish(&text)
            starter = scalar
            return
        }
        guard starter != nil, marks.count < Self.marksMax else {
            finish(&text)
            appendUTF8(scalar, to: &text)
            return
        }
        marks.append(scalar)
    }

    /// Appends what is held back.
    mutating func finish(_ text: inout [UInt8]) {
        guard let held = starter else { return }
        starter = nil
        if marks.isEmpty {
            appendUTF8(held, to: &text)
            return
        }
        var letter = held
        var all: [UInt32] = []
        while let parts = latinDecompositions[letter] {
            all.append(parts.mark)
            letter = parts.letter
        }
        all.reverse()
        all.append(contentsOf: marks)
        marks.removeAll(keepingCapacity: true)
        sortByClass(&all)
        var left: [UInt32] = []
        var blockedClass: UInt8 = 0
        for mark in all {
            let markClass = combiningClass(mark)
            if left.isEmpty || blockedClass < markClass, let whole = composed(letter, mark) {
                letter = whole
            } else {
                left.append(mark)
                blockedClass = markClass
            }
        }
        appendUTF8(letter, to: &text)
        for mark in left { appendUTF8(mark, to: &text) }
    }

    /// Canonical ordering: by class, marks of one class keep their order.
    private func sortByClass(_ marks: inout [UInt32]) {
        var index = 1
        while index < marks.count {
            var place = index
            while place > 0, combiningClass(marks[place - 1]) > combiningClass(marks[place]) {
                marks.swapAt(place - 1, place)
                place -= 1
            }
            index += 1
        }
    }
}

/// Appends one scalar as UTF-8; the scalar must be valid.
func appendUTF8(_ scalar: UInt32, to text: inout [UInt8]) {
    switch scalar {
    case 0..<0x80:
        text.append(UInt8(scalar))
    case 0x80..<0x800:
        text.append(UInt8(0xC0 | scalar >> 6))
        text.append(UInt8(0x80 | scalar & 0x3F))
    case 0x800..<0x1_0000:
        text.append(UInt8(0xE0 | scalar >> 12))
        text.append(UInt8(0x80 | scalar >> 6 & 0x3F))
        text.append(UInt8(0x80 | scalar & 0x3F))
    default:
        text.append(UInt8(0xF0 | scalar >> 18 & 0x07))
        text.append(UInt8(0x80 | scalar >> 12 & 0x3F))
        text.append(UInt8(0x80 | scalar >> 6 & 0x3F))
        text.append(UInt8(0x80 | scalar & 0x3F))
    }
}

/// Reads the scalar at a place of valid UTF-8 and moves the place behind it.
func nextScalar(_ bytes: Span<UInt8>, _ place: inout Int) -> UInt32 {
    let first = UInt32(bytes[place])
    var length = 1
    var scalar = first
    if first >= 0xF0 {
        length = 4
        scalar = first & 0x07
    } else if first >= 0xE0 {
        length = 3
        scalar = first & 0x0F
    } else if first >= 0xC0 {
        length = 2
        scalar = first & 0x1F
    }
    var index = place + 1
    let end = min(place + length, bytes.count)
    while index < end {
        scalar = scalar << 6 | UInt32(bytes[index] & 0x3F)
        index += 1
    }
    place += length
    return scalar
}

/// Brings what was appended since `start` into NFC where it holds marks: escapes and references may bring them in.
func recompose(_ text: inout [UInt8], from start: Int) {
    var hasMark = false
    for index in start..<text.count where text[index] == 0xCC || text[index] == 0xCD { hasMark = true }
    if !hasMark { return }
    let written = Array(text[start...])
    text.removeLast(text.count - start)
    _ = decodeUTF8(written.span, to: &text)
}

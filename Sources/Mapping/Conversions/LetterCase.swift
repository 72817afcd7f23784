// Upper and lower case of the letters that Vietnamese is written with, on UTF-8 in NFC.
// The general algorithm needs tables of the whole of Unicode and a String; these letters follow four rules.

/// Case mapping of Vietnamese text.
enum LetterCase {
    case upper, lower

    /// Appends a text in this case; letters of other scripts stay as they are.
    func append(_ text: Span<UInt8>, to output: inout [UInt8]) {
        var place = 0
        while place < text.count {
            let byte = text[place]
            if byte < 0x80 {
                output.append(mapped(ascii: byte))
                place += 1
            } else if byte & 0xe0 == 0xc0, place + 1 < text.count {
                let scalar = mapped(UInt32(byte & 0x1f) << 6 | UInt32(text[place + 1] & 0x3f))
                output.append(0xc0 | UInt8(truncatingIfNeeded: scalar >> 6))
                output.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3f))
                place += 2
            } else if byte == 0xe1, place + 2 < text.count {
                let scalar = mapped(
                    0x1000 | UInt32(text[place + 1] & 0x3f) << 6 | UInt32(text[place + 2] & 0x3f))
                output.append(0xe0 | UInt8(truncatingIfNeeded: scalar >> 12))
                output.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3f))
                output.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3f))
                place += 3
            } else {
                output.append(byte)
                place += 1
            }
        }
    }

    private func mapped(ascii byte: UInt8) -> UInt8 {
        switch self {
        case .upper: byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte
        case .lower: byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
        }
    }

    private func mapped(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0xc0...0xd6, 0xd8...0xde: return self == .lower ? scalar + 0x20 : scalar
        case 0xe0...0xf6, 0xf8...0xfe: return self == .upper ? scalar - 0x20 : scalar
        // Ă Đ Ĩ Ũ Ơ and the block of letters with two marks: capital even, small odd.
        case 0x102, 0x103, 0x110, 0x111, 0x128, 0x129, 0x168, 0x169, 0x1a0, 0x1a1, 0x1ea0...0x1ef9:
            return self == .upper ? scalar & ~1 : scalar | 1
        case 0x1af, 0x1b0: return self == .upper ? 0x1af : 0x1b0
        default: return scalar
        }
    }
}

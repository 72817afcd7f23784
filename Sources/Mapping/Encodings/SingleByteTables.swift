// What the bytes from 0x80 on mean in the two single-byte codes; 0 marks a byte that means nothing.

/// TCVN 5712 VN3 (the ABC fonts): bytes 0x80–0xFF. Capitals with tone marks have no byte of their own.
let tcvn3Letters: [UInt16] = {
    var table = [UInt16](repeating: 0, count: 128)
    table[0x20] = 0xA0
    for (place, scalar) in "ĂÂÊÔƠƯĐăâêôơưđ".unicodeScalars.enumerated() {
        table[0x21 + place] = UInt16(scalar.value)
    }
    let toned: [(first: Int, letters: String)] = [
        (0xB5, "àảãáạ"), (0xBB, "ằẳẵắ"), (0xC6, "ặầẩẫấậè"), (0xCE, "ẻẽéẹềểễếệìỉ"), (0xDC, "ĩíịò"),
        (0xE1, "ỏõóọồổỗốộờởỡớợù"), (0xF1, "ủũúụừửữứựỳỷỹýỵ"),
    ]
    for run in toned {
        for (place, scalar) in run.letters.unicodeScalars.enumerated() {
            table[run.first - 0x80 + place] = UInt16(scalar.value)
        }
    }
    return table
}()

/// Windows-1258: bytes 0x80–0xFF. Tone marks are combining characters after the vowel.
let windows1258Letters: [UInt16] = {
    var table = [UInt16](repeating: 0, count: 128)
    for byte in 0xA0...0xFF { table[byte - 0x80] = UInt16(byte) }
    let others: [(byte: Int, scalar: UInt16)] = [
        (0x80, 0x20AC), (0x82, 0x201A), (0x83, 0x0192), (0x84, 0x201E), (0x85, 0x2026), (0x86, 0x2020),
        (0x87, 0x2021), (0x88, 0x02C6), (0x89, 0x2030), (0x8B, 0x2039), (0x8C, 0x0152), (0x91, 0x2018),
        (0x92, 0x2019), (0x93, 0x201C), (0x94, 0x201D), (0x95, 0x2022), (0x96, 0x2013), (0x97, 0x2014),
        (0x98, 0x02DC), (0x99, 0x2122), (0x9B, 0x203A), (0x9C, 0x0153), (0x9F, 0x0178), (0xC3, 0x0102),
        (0xCC, 0x0300), (0xD0, 0x0110), (0xD2, 0x0309), (0xD5, 0x01A0), (0xDD, 0x01AF), (0xDE, 0x0303),
        (0xE3, 0x0103), (0xEC, 0x0301), (0xF0, 0x0111), (0xF2, 0x0323), (0xF5, 0x01A1), (0xFD, 0x01B0),
        (0xFE, 0x20AB),
    ]
    for other in others { table[other.byte - 0x80] = other.scalar }
    return table
}()

/// The byte of a letter in a single-byte code, by search: encoding is for test data, decoding is the hot way.
func byte(of scalar: UInt32, in table: [UInt16]) -> UInt8? {
    guard scalar != 0, let place = table.firstIndex(where: { UInt32($0) == scalar }) else { return nil }
    return UInt8(place + 0x80)
}

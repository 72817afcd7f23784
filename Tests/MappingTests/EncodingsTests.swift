// Vietnamese text in every encoding, both ways; what cannot be decoded is refused with its place.

import Mapping
import Records
import Testing

private let alphabet =
    "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
    + "AÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬEÈÉẺẼẸÊỀẾỂỄỆIÌÍỈĨỊOÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢUÙÚỦŨỤƯỪỨỬỮỰYỲÝỶỸỴĐ"

private func decoded(
    _ bytes: [UInt8], _ encoding: TextEncoding, legacy: [TextEncoding] = [], mark: ByteOrderMark = .none
) throws(DecodingFault) -> [UInt8] {
    var decoder = TextDecoder(encoding: encoding, legacyEncodings: legacy)
    var text: [UInt8] = []
    if let fault = decoder.decode(bytes.span, mark: mark, to: &text) { throw fault }
    return text
}

private func encoded(_ text: String, _ encoding: TextEncoding) -> [UInt8] {
    var bytes: [UInt8] = []
    #expect(encode(text, as: encoding, to: &bytes) == nil)
    return bytes
}

@Test(
    "every letter comes back from VNI, VIQR, Windows-1258, UTF-16 and UTF-8",
    arguments: [
        TextEncoding.vni, .viqr, .windows1258, .utf16, .utf8,
    ])
func everyLetterComesBack(encoding: TextEncoding) throws {
    // Blanks keep VIQR's signs apart.
    for letter in alphabet {
        let text = "x\(letter) y"
        let mark = encoding == .utf16 ? ByteOrderMark.utf16(.little) : .none
        #expect(try decoded(encoded(text, encoding), encoding, mark: mark) == Array(text.utf8), "\(letter)")
    }
}

@Test func knownBytesOfTheLegacyCodesAreKnownNames() throws {
    let name = Array("Nguyễn Thị Ánh Đào".utf8)
    #expect(
        try decoded(
            Array("Nguye".utf8) + [0xE3] + Array("n Th".utf8) + [0xF2] + Array(" A".utf8) + [0xD9]
                + Array("nh ".utf8) + [0xD1] + Array("a".utf8) + [0xF8] + Array("o".utf8), .vni) == name)
    #expect(try decoded(Array("Nguye^~n Thi. A'nh DDa`o".utf8), .viqr) == name)
    #expect(
        try decoded(
            Array("Nguy".utf8) + [0xEA, 0xDE] + Array("n Thi".utf8) + [0xF2] + Array(" ".utf8)
                + [0x41, 0xEC] + Array("nh ".utf8) + [0xD0] + Array("a".utf8) + [0xCC] + Array("o".utf8), .windows1258)
            == name)
    #expect(
        try decoded(
            Array("Nguy".utf8) + [0xD4] + Array("n Th".utf8) + [0xDE] + Array(" ".utf8)
                + [0xB8] + Array("nh ".utf8) + [0xA7, 0xB5] + Array("o".utf8), .tcvn3) == name)
}

@Test func capitalFontsOfTCVN3AreInferredFromTheLettersAround() throws {
    #expect(try decoded(encoded("NGUYỄN THỊ ÁNH", .tcvn3), .tcvn3) == Array("NGUYỄN THỊ ÁNH".utf8))
    #expect(try decoded(encoded("LÊ HÀ", .tcvn3), .tcvn3) == Array("LÊ HÀ".utf8))
    #expect(try decoded(encoded("Hà Thị Bé", .tcvn3), .tcvn3) == Array("Hà Thị Bé".utf8))
    #expect(try decoded(encoded("xã Cát Khánh", .tcvn3), .tcvn3) == Array("xã Cát Khánh".utf8))
}

@Test func decomposedLettersAreComposedInCanonicalOrder() throws {
    #expect(try decoded(Array("a\u{302}\u{323}".utf8), .utf8) == Array("\u{1EAD}".utf8))
    #expect(try decoded(Array("a\u{323}\u{302}".utf8), .utf8) == Array("\u{1EAD}".utf8))
    #expect(try decoded(Array("u\u{31B}\u{301}n".utf8), .utf8) == Array("\u{1EE9}n".utf8))
    #expect(try decoded(Array("\u{1B0}\u{323}".utf8), .utf8) == Array("\u{1EF1}".utf8))
    // A mark that fits no letter stays.
    #expect(try decoded(Array("q\u{301}".utf8), .utf8) == Array("q\u{301}".utf8))
}

@Test func undecodableBytesAreRefusedWithTheirPlace() {
    let cases: [(bytes: [UInt8], encoding: TextEncoding, place: Int)] = [
        ([0x61, 0xC3, 0x28], .utf8, 1), ([0x61, 0x80], .tcvn3, 1), ([0x62, 0xE2], .vni, 1),
        ([0x61, 0x62, 0x90], .windows1258, 2),
        ([0x61, 0xE1], .viqr, 1), ([0xC0, 0xAF], .auto, 0),
    ]
    for item in cases {
        #expect(throws: DecodingFault(code: .encodingUndecodable, place: item.place)) {
            try decoded(item.bytes, item.encoding)
        }
    }
    #expect(throws: DecodingFault(code: .encodingUndecodable, place: 2)) {
        try decoded([0x61, 0x00, 0x00, 0xD8], .utf16, mark: .utf16(.little))
    }
}

@Test(
    "the likeliest legacy code is found",
    arguments: [
        "Nguyễn Văn Hùng, thị trấn Phù Mỹ, huyện Phù Mỹ", "Trần Thị Bích Phượng;21583;Phường Lê Lợi", "Đỗ Quốc Cường",
        "Lê Thị Hồng Nhung", "Võ Ngọc Ẩn; xã Nhơn Hải", "Huỳnh Thị Diễm My",
    ])
func theLikeliestLegacyCodeIsFound(text: String) throws {
    for encoding in [TextEncoding.tcvn3, .vni, .windows1258] {
        let found = try decoded(encoded(text, encoding), .auto, legacy: [.tcvn3, .vni, .windows1258])
        #expect(String(decoding: found, as: UTF8.self).unicodeScalars.elementsEqual(text.unicodeScalars), "\(encoding)")
    }
}

// The Vietnamese alphabet as numbers: which letter is which vowel with which tone, so that each legacy code is
// only a small table beside it. Order of tones: none, huyền, sắc, hỏi, ngã, nặng.

/// The twelve vowels by twelves of six tones, small then capital: index = (capital ? 72 : 0) + vowel * 6 + tone.
let vietnameseVowels: [UInt16] =
    ("aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"
    + "AÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬEÈÉẺẼẸÊỀẾỂỄỆIÌÍỈĨỊOÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢUÙÚỦŨỤƯỪỨỬỮỰYỲÝỶỸỴ").unicodeScalars.map {
        UInt16($0.value)
    }

/// Places of the vowels in `vietnameseVowels`, divided by six.
enum Vowel {
    static let a = 0, aBreve = 1, aCircumflex = 2, e = 3, eCircumflex = 4, i = 5
    static let o = 6, oCircumflex = 7, oHorn = 8, u = 9, uHorn = 10, y = 11
}

enum Tone {
    static let level = 0, grave = 1, acute = 2, hook = 3, tilde = 4, dot = 5
}

let smallStroke: UInt32 = 0x0111
let capitalStroke: UInt32 = 0x0110

/// Scalar to 1 + place in `vietnameseVowels`; 0 where it is no vowel. Scalars under 0x2000.
private let vowelPlaces: [UInt8] = {
    var table = [UInt8](repeating: 0, count: 0x2000)
    for (place, scalar) in vietnameseVowels.enumerated() { table[Int(scalar)] = UInt8(place + 1) }
    return table
}()

/// The place of a vowel in `vietnameseVowels`; nil for everything else.
func vowelPlace(_ scalar: UInt32) -> Int? {
    guard scalar < 0x2000 else { return nil }
    let place = Int(vowelPlaces[Int(scalar)])
    return place == 0 ? nil : place - 1
}

/// The letter of a vowel, a tone and a case.
func vowel(_ base: Int, _ tone: Int, isCapital: Bool) -> UInt32 {
    UInt32(vietnameseVowels[(isCapital ? 72 : 0) + base * 6 + tone])
}

/// The capital of a small Vietnamese or ASCII letter; anything else is returned as it is.
func capital(_ scalar: UInt32) -> UInt32 {
    if scalar >= 0x61, scalar <= 0x7A { return scalar - 0x20 }
    if scalar == smallStroke { return capitalStroke }
    guard let place = vowelPlace(scalar), place < 72 else { return scalar }
    return UInt32(vietnameseVowels[place + 72])
}

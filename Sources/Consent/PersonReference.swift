// The subject reference as a value of two words: what the consent table is keyed by and what 32 hex digits
// on the bus are read into.

/// A subject reference (personRef): 16 bytes of a keyed hash, on the bus 32 lower-case hex digits.
public struct PersonReference: Sendable, Hashable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The characters of a written reference.
    public static let characterCount = 32

    /// Reads exactly 32 lower-case hex digits; nil for anything else.
    public init?(hex: Span<UInt8>) {
        guard hex.count == PersonReference.characterCount else { return nil }
        self.init(hex: hex, at: 0)
    }

    /// Reads 32 lower-case hex digits from a place; nil where there are fewer or another byte.
    public init?(hex bytes: Span<UInt8>, at start: Int) {
        guard start >= 0, start <= bytes.count - PersonReference.characterCount else { return nil }
        guard let high = PersonReference.word(bytes, start), let low = PersonReference.word(bytes, start + 16) else {
            return nil
        }
        self.init(high: high, low: low)
    }

    /// Reads exactly 32 lower-case hex digits; nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(hex: bytes.span)
    }

    private static func word(_ bytes: Span<UInt8>, _ start: Int) -> UInt64? {
        var value: UInt64 = 0
        var invalid: UInt8 = 0
        for place in start..<start + 16 {
            let byte = bytes[place]
            // Upper case is refused: one person must have one spelling, or a key comparison would miss him.
            let digit = byte &- 0x30
            let letter = byte &- 0x61
            let nibble = digit < 10 ? digit : letter &+ 10
            if digit >= 10 && letter >= 6 { invalid = 1 }
            value = value << 4 | UInt64(nibble & 15)
        }
        return invalid == 0 ? value : nil
    }

    /// Appends the 32 hex digits.
    public func append(to output: inout [UInt8]) {
        PersonReference.append(high >> 32, to: &output)
        PersonReference.append(high & 0xFFFF_FFFF, to: &output)
        PersonReference.append(low >> 32, to: &output)
        PersonReference.append(low & 0xFFFF_FFFF, to: &output)
    }

    /// Appends the eight digits of a 32-bit number, all at once in one word: an identifier or two are written
    /// for every decision.
    private static func append(_ number: UInt64, to output: inout [UInt8]) {
        var word = (number | number << 16) & 0x0000_FFFF_0000_FFFF
        // The bytes must come out first digit first, and a word's first byte in memory is its lowest.
        word = word >> 32 | word << 32
        word = (word | word << 8) & 0x00FF_00FF_00FF_00FF
        word = (word >> 16 & 0x0000_FFFF_0000_FFFF) | (word & 0x0000_FFFF_0000_FFFF) << 16
        word = (word | word << 4) & 0x0F0F_0F0F_0F0F_0F0F
        word = (word >> 8 & 0x00FF_00FF_00FF_00FF) | (word & 0x00FF_00FF_00FF_00FF) << 8
        // 0x01 in each byte whose digit is a letter.
        let letters = (word &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        var digits = (word &+ 0x3030_3030_3030_3030 &+ letters &* 0x27).littleEndian
        unsafe withUnsafeBytes(of: &digits) { unsafe output.append(contentsOf: $0) }
    }

    /// The 32 hex digits as text, for cold paths.
    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

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
        PersonReference.append(high, to: &output)
        PersonReference.append(low, to: &output)
    }

    private static func append(_ word: UInt64, to output: inout [UInt8]) {
        var shift: UInt64 = 60
        for _ in 0..<16 {
            let nibble = UInt8(truncatingIfNeeded: word >> shift) & 15
            output.append(nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble)
            shift = shift &- 4
        }
    }

    /// The 32 hex digits as text, for cold paths.
    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

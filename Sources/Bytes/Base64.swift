// Base64 (RFC 4648), standard and URL-safe alphabets. Decoding is strict: padding must be as the
// alphabet demands and the unused bits of the last character must be zero.

/// Base64 text of bytes.
public enum Base64 {
    private static let standard = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlSafe = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Padded text in the standard alphabet, or unpadded text in the URL-safe one.
    public static func encode(_ bytes: [UInt8], urlSafe isURLSafe: Bool = false) -> String {
        let alphabet = isURLSafe ? urlSafe : standard
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let first = UInt32(bytes[index]) << 16
            let second = left > 1 ? UInt32(bytes[index + 1]) << 8 : 0
            let third = left > 2 ? UInt32(bytes[index + 2]) : 0
            let group = first | second | third
            text.append(alphabet[Int(group >> 18)])
            text.append(alphabet[Int(group >> 12 & 63)])
            if left > 1 { text.append(alphabet[Int(group >> 6 & 63)]) }
            if left > 2 { text.append(alphabet[Int(group & 63)]) }
            if left < 3, !isURLSafe { text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - left)) }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that the text stands for.
    public static func decode(_ text: some Sequence<UInt8>, urlSafe isURLSafe: Bool = false) throws(ByteError)
        -> [UInt8]
    {
        var bytes: [UInt8] = []
        var group: UInt32 = 0
        var characters = 0
        var padding = 0
        for character in text {
            if character == UInt8(ascii: "="), !isURLSafe {
                padding += 1
                continue
            }
            guard padding == 0, let value = value(character, isURLSafe) else { throw .notInAlphabet }
            group = group << 6 | value
            characters += 1
            if characters % 4 == 0 {
                bytes.append(UInt8(truncatingIfNeeded: group >> 16))
                bytes.append(UInt8(truncatingIfNeeded: group >> 8))
                bytes.append(UInt8(truncatingIfNeeded: group))
                group = 0
            }
        }
        let rest = characters % 4
        guard rest != 1 else { throw .truncated }
        guard isURLSafe || padding == (rest == 0 ? 0 : 4 - rest) else { throw .truncated }
        if rest == 2 {
            guard group & 15 == 0 else { throw .notInAlphabet }
            bytes.append(UInt8(truncatingIfNeeded: group >> 4))
        } else if rest == 3 {
            guard group & 3 == 0 else { throw .notInAlphabet }
            bytes.append(UInt8(truncatingIfNeeded: group >> 10))
            bytes.append(UInt8(truncatingIfNeeded: group >> 2))
        }
        return bytes
    }

    public static func decode(_ text: String, urlSafe isURLSafe: Bool = false) throws(ByteError) -> [UInt8] {
        try decode(text.utf8, urlSafe: isURLSafe)
    }

    private static func value(_ character: UInt8, _ isURLSafe: Bool) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0") + 52)
        case UInt8(ascii: isURLSafe ? "-" : "+"): 62
        case UInt8(ascii: isURLSafe ? "_" : "/"): 63
        default: nil
        }
    }
}

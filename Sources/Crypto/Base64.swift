// Base64 (RFC 4648 §4) on bytes: HTTP credentials, Kafka and PEM-like texts.

/// Standard base64 with padding.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Appends the encoding of bytes.
    public static func append(_ bytes: [UInt8], to output: inout [UInt8]) {
        var place = 0
        while place < bytes.count {
            let left = min(3, bytes.count - place)
            var group = UInt32(bytes[place]) << 16
            if left > 1 { group |= UInt32(bytes[place + 1]) << 8 }
            if left > 2 { group |= UInt32(bytes[place + 2]) }
            output.append(alphabet[Int(group >> 18 & 63)])
            output.append(alphabet[Int(group >> 12 & 63)])
            output.append(left > 1 ? alphabet[Int(group >> 6 & 63)] : 0x3d)
            output.append(left > 2 ? alphabet[Int(group & 63)] : 0x3d)
            place += 3
        }
    }

    /// The encoding of bytes as text.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        append(bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes behind an encoding; nil for anything but canonical base64 with its padding.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var padding = 0
        for (place, character) in text.enumerated() {
            let value: UInt32
            switch character {
            case 0x41...0x5a: value = UInt32(character) - 0x41
            case 0x61...0x7a: value = UInt32(character) - 0x47
            case 0x30...0x39: value = UInt32(character) + 4
            case 0x2b: value = 62
            case 0x2f: value = 63
            case 0x3d where place >= text.count - 2:
                padding += 1
                value = 0
            default: return nil
            }
            if padding > 0 && character != 0x3d { return nil }
            group = group << 6 | value
            if place % 4 == 3 {
                result.append(UInt8(truncatingIfNeeded: group >> 16))
                result.append(UInt8(truncatingIfNeeded: group >> 8))
                result.append(UInt8(truncatingIfNeeded: group))
                group = 0
            }
        }
        // Bits beyond the last byte must be zero, or two texts would stand for the same bytes.
        if padding > 0 {
            guard result.suffix(padding).allSatisfy({ $0 == 0 }) else { return nil }
            result.removeLast(padding)
        }
        return result
    }
}

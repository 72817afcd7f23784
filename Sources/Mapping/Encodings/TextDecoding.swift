// Bytes of a source to UTF-8 in NFC, and which encoding they are in when nobody says so. A byte that means
// nothing is a fault with its place, never a question mark.

public import Records

/// What makes a text undecodable: the code and the byte's place in the bytes given.
public struct DecodingFault: Error, Sendable, Equatable {
    public var code: RejectionCode
    public var place: Int

    public init(code: RejectionCode, place: Int) {
        self.code = code
        self.place = place
    }
}

/// The order of bytes in UTF-16, as a byte order mark or the zero bytes of ASCII letters show it.
public enum ByteOrder: Sendable, Equatable {
    case little, big
}

/// What the first bytes of a file say of its encoding.
public enum ByteOrderMark: Sendable, Equatable {
    case none, utf8
    case utf16(ByteOrder)

    /// Reads the mark at the start of bytes.
    public init(of bytes: Span<UInt8>) {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            self = .utf8
        } else if bytes.count >= 2, bytes[0] == 0xFF, bytes[1] == 0xFE {
            self = .utf16(.little)
        } else if bytes.count >= 2, bytes[0] == 0xFE, bytes[1] == 0xFF {
            self = .utf16(.big)
        } else {
            self = .none
        }
    }

    public var byteCount: Int {
        switch self {
        case .none: 0
        case .utf8: 3
        case .utf16: 2
        }
    }
}

/// Decodes texts of one encoding; keeps its scratch memory.
public struct TextDecoder: Sendable {
    public let encoding: TextEncoding
    let legacyEncodings: [TextEncoding]
    /// Whether UTF-8 is brought into NFC; without it UTF-8 passes byte for byte.
    let composes: Bool
    private var scratch: [UInt8] = []

    public init(encoding: TextEncoding, legacyEncodings: [TextEncoding] = [], composes: Bool = true) {
        self.composes = composes
        self.encoding = encoding
        self.legacyEncodings = legacyEncodings
    }

    /// Whether the bytes are already what `decode` would append: UTF-8 without marks to be composed.
    public static func isPlainUTF8(_ bytes: Span<UInt8>) -> Bool {
        var hasMark = false
        var isASCII = true
        for index in bytes.indices {
            let byte = bytes[index]
            if byte >= 0x80 {
                isASCII = false
                if byte == 0xCC || byte == 0xCD { hasMark = true }
            }
        }
        return isASCII || !hasMark && firstInvalidUTF8(bytes) == nil
    }

    /// Appends the bytes as UTF-8 in NFC. `mark` is the byte order mark at the file's start, which these bytes
    /// do not begin with.
    public mutating func decode(
        _ bytes: Span<UInt8>, mark: ByteOrderMark, to text: inout [UInt8]
    ) -> DecodingFault? {
        switch (encoding, mark) {
        case (.utf16, .utf16(let order)), (.auto, .utf16(let order)):
            return decodeUTF16(bytes, order, to: &text).map(undecodable)
        case (.utf16, _):
            guard let order = guessedByteOrder(bytes) else { return DecodingFault(code: .encodingUnknown, place: 0) }
            return decodeUTF16(bytes, order, to: &text).map(undecodable)
        case (.utf8, _), (.auto, .utf8):
            return decodeUTF8(bytes, composes: composes, to: &text).map(undecodable)
        case (.auto, .none):
            guard let wrong = firstInvalidUTF8(bytes) else {
                return decodeUTF8(bytes, composes: composes, to: &text).map(undecodable)
            }
            guard let likeliest = likeliestLegacy(bytes) else { return undecodable(wrong) }
            return decodeLegacy(bytes, likeliest, to: &text).map(undecodable)
        default:
            return decodeLegacy(bytes, encoding, to: &text).map(undecodable)
        }
    }

    private func undecodable(_ place: Int) -> DecodingFault { DecodingFault(code: .encodingUndecodable, place: place) }

    private mutating func likeliestLegacy(_ bytes: Span<UInt8>) -> TextEncoding? {
        var best: (encoding: TextEncoding, score: Int)?
        for candidate in legacyEncodings {
            scratch.removeAll(keepingCapacity: true)
            guard decodeLegacy(bytes, candidate, to: &scratch) == nil else { continue }
            let score = vietnameseScore(scratch.span)
            if score > 0, best.map({ score > $0.score }) ?? true { best = (candidate, score) }
        }
        return best?.encoding
    }
}

/// Appends a text of one of the legacy encodings; answers the place of the first byte that means nothing.
func decodeLegacy(_ bytes: Span<UInt8>, _ encoding: TextEncoding, to text: inout [UInt8]) -> Int? {
    switch encoding {
    case .tcvn3:
        var decoder = TCVN3Decoder()
        return decoder.decode(bytes, to: &text)
    case .vni: return decodeVNI(bytes, to: &text)
    case .viqr: return decodeVIQR(bytes, to: &text)
    case .windows1258: return decodeWindows1258(bytes, to: &text)
    case .utf16: return decodeUTF16(bytes, guessedByteOrder(bytes) ?? .little, to: &text)
    case .utf8, .auto: return decodeUTF8(bytes, to: &text)
    }
}

/// The place of the first byte that is not UTF-8; nil where all are.
public func firstInvalidUTF8(_ bytes: Span<UInt8>) -> Int? {
    do {
        _ = try UTF8Span(validating: bytes)
        return nil
    } catch {
        return error.byteOffsets.lowerBound
    }
}

/// Appends UTF-8, composing marks; answers the place of the first invalid byte.
func decodeUTF8(_ bytes: Span<UInt8>, composes: Bool = true, to text: inout [UInt8]) -> Int? {
    if let wrong = firstInvalidUTF8(bytes) { return wrong }
    var hasMark = false
    for index in bytes.indices where bytes[index] == 0xCC || bytes[index] == 0xCD { hasMark = true }
    if !hasMark || !composes {
        text.append(bytes)
        return nil
    }
    var composer = Composer()
    var place = 0
    while place < bytes.count { composer.append(nextScalar(bytes, &place), to: &text) }
    composer.finish(&text)
    return nil
}

func decodeWindows1258(_ bytes: Span<UInt8>, to text: inout [UInt8]) -> Int? {
    var composer = Composer()
    for place in bytes.indices {
        let byte = bytes[place]
        let scalar = byte < 0x80 ? UInt32(byte) : UInt32(windows1258Letters[Int(byte) - 0x80])
        if scalar == 0, byte >= 0x80 { return place }
        composer.append(scalar, to: &text)
    }
    composer.finish(&text)
    return nil
}

func decodeUTF16(_ bytes: Span<UInt8>, _ order: ByteOrder, to text: inout [UInt8]) -> Int? {
    var composer = Composer()
    var place = 0
    func unit(_ at: Int) -> UInt32 {
        order == .little
            ? UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 : UInt32(bytes[at]) << 8 | UInt32(bytes[at + 1])
    }
    while place < bytes.count {
        guard place + 1 < bytes.count else { return place }
        var scalar = unit(place)
        var length = 2
        if scalar >= 0xD800, scalar < 0xE000 {
            guard scalar < 0xDC00, place + 3 < bytes.count else { return place }
            let low = unit(place + 2)
            guard low >= 0xDC00, low < 0xE000 else { return place }
            scalar = 0x1_0000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
            length = 4
        }
        composer.append(scalar, to: &text)
        place += length
    }
    composer.finish(&text)
    return nil
}

/// The byte order of UTF-16 without a mark: where the zero bytes of its ASCII part lie.
func guessedByteOrder(_ bytes: Span<UInt8>) -> ByteOrder? {
    var zeros = (even: 0, odd: 0)
    for place in 0..<min(bytes.count, 512) where bytes[place] == 0 {
        if place % 2 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
    }
    if zeros.odd > zeros.even { return .little }
    return zeros.even > zeros.odd ? .big : nil
}

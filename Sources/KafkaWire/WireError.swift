// What can be wrong with a message. Whoever meets one closes the connection: after a frame that cannot
// be decoded nothing on the stream can be trusted.

import Bytes

/// Why a Kafka message could not be decoded.
public enum WireError: Error, Equatable, Sendable {
    /// The message ends before its last field.
    case truncated
    /// A length or count is negative or exceeds the bytes that are left.
    case lengthOutOfRange
    /// More array elements in one message than `WireLimits` allows.
    case tooManyElements
    /// A string is not UTF-8.
    case notUTF8
    /// A field that may not be null is null.
    case unexpectedNull
    /// Bytes are left after the last field.
    case trailingBytes
    /// An API key or version that is not spoken here.
    case unsupported

    init(_ error: ByteError) {
        switch error {
        case .truncated: self = .truncated
        case .notUTF8: self = .notUTF8
        case .varintOverlong, .lengthOutOfRange, .notInAlphabet: self = .lengthOutOfRange
        }
    }
}

/// Bounds that hold for every message, whatever the frame size.
public enum WireLimits {
    /// Array elements in one message, nested ones included: keeps the decoded form of a hostile frame small.
    public static let arrayElementsMax = 200_000
    /// Tagged fields in one structure.
    public static let taggedFieldsMax = 64
}

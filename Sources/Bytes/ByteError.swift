// What can be wrong with bytes from outside. One closed enumeration for every reader and decoder of
// this module, so that callers translate it once.

/// Why bytes could not be read as what they claim to be.
public enum ByteError: Error, Equatable, Sendable {
    /// Fewer bytes are left than the value needs.
    case truncated
    /// A variable-length integer runs past the width of its type.
    case varintOverlong
    /// A length or count is negative, or larger than the bytes that are left.
    case lengthOutOfRange
    /// Text that is not UTF-8.
    case notUTF8
    /// A character outside the alphabet, or wrong padding, in hex or base64.
    case notInAlphabet
}

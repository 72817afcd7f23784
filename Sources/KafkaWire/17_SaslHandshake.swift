// SaslHandshake (key 17), versions 0-1, never flexible: which SASL mechanism to use.
// After version 0 the exchange goes on in bare frames, after version 1 in SaslAuthenticate requests.

/// The mechanism that the client wants.
public struct SaslHandshakeRequest: WireMessage {
    public static let apiKey = APIKey.saslHandshake
    public var mechanism: String = ""

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.string(&mechanism)
        try coder.tags()
    }
}

/// The mechanisms that the broker offers.
public struct SaslHandshakeResponse: WireMessage {
    public static let apiKey = APIKey.saslHandshake
    public var error: ErrorCode = .none
    public var mechanisms: [String] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.error(&error)
        try coder.strings(&mechanisms)
        try coder.tags()
    }
}

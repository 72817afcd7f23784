// SaslAuthenticate (key 36), versions 0-2, flexible from 2: one message of a SASL exchange. Version 1 adds
// how long the authentication lasts.

/// The client's message.
public struct SaslAuthenticateRequest: WireMessage {
    public static let apiKey = APIKey.saslAuthenticate
    public var token: [UInt8] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.bytes(&token)
        try coder.tags()
    }
}

/// The broker's message.
public struct SaslAuthenticateResponse: WireMessage {
    public static let apiKey = APIKey.saslAuthenticate
    public var error: ErrorCode = .none
    public var errorMessage: String?
    public var token: [UInt8] = []
    /// Within so long the client is to authenticate again; 0 is never.
    public var sessionLifetimeMilliseconds: Int64 = 0

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.error(&error)
        try coder.nullableString(&errorMessage)
        try coder.bytes(&token)
        if coder.version >= 1 { try coder.integer(&sessionLifetimeMilliseconds) }
        try coder.tags()
    }
}

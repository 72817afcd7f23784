// ExpireDelegationToken (key 40), versions 1-2, flexible from 2.

/// The token, by its keyed hash.
public struct ExpireDelegationTokenRequest: WireMessage {
    public static let apiKey = APIKey.expireDelegationToken
    public var keyedHash: [UInt8] = []
    public var periodMilliseconds: Int64 = 0

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.bytes(&keyedHash)
        try coder.integer(&periodMilliseconds)
        try coder.tags()
    }
}

/// Until when it holds now.
public struct ExpireDelegationTokenResponse: WireMessage {
    public static let apiKey = APIKey.expireDelegationToken
    public var error: ErrorCode = .none
    public var expiryTimestamp: Int64 = 0
    public var throttleTimeMilliseconds: Int32 = 0

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.error(&error)
        try coder.integer(&expiryTimestamp)
        try coder.integer(&throttleTimeMilliseconds)
        try coder.tags()
    }
}

// RenewDelegationToken (key 39), versions 1-2, flexible from 2.

/// The token, by its keyed hash.
public struct RenewDelegationTokenRequest: WireMessage {
    public static let apiKey = APIKey.renewDelegationToken
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
public struct RenewDelegationTokenResponse: WireMessage {
    public static let apiKey = APIKey.renewDelegationToken
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

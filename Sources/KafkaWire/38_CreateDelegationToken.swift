// CreateDelegationToken (key 38), versions 1-3, flexible from 2. 3 adds an owner other than the asker.

/// For whom the token is to be.
public struct CreateDelegationTokenRequest: WireMessage {
    public static let apiKey = APIKey.createDelegationToken
    public var ownerType: String?
    public var ownerName: String?
    public var renewers: [Renewer] = []
    public var lifetimeMillisecondsMax: Int64 = 0

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 3 { try coder.nullableString(&ownerType) }
        if coder.version >= 3 { try coder.nullableString(&ownerName) }
        try coder.array(&renewers)
        try coder.integer(&lifetimeMillisecondsMax)
        try coder.tags()
    }

    public struct Renewer: WireFields {
        public var principalType: String = ""
        public var principalName: String = ""

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&principalType)
            try coder.string(&principalName)
            try coder.tags()
        }
    }
}

/// The token, or why there is none.
public struct CreateDelegationTokenResponse: WireMessage {
    public static let apiKey = APIKey.createDelegationToken
    public var error: ErrorCode = .none
    public var principalType: String = ""
    public var principalName: String = ""
    public var requesterType: String = ""
    public var requesterName: String = ""
    public var issueTimestamp: Int64 = 0
    public var expiryTimestamp: Int64 = 0
    public var timestampMax: Int64 = 0
    public var tokenID: String = ""
    public var keyedHash: [UInt8] = []
    public var throttleTimeMilliseconds: Int32 = 0

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.error(&error)
        try coder.string(&principalType)
        try coder.string(&principalName)
        if coder.version >= 3 { try coder.string(&requesterType) }
        if coder.version >= 3 { try coder.string(&requesterName) }
        try coder.integer(&issueTimestamp)
        try coder.integer(&expiryTimestamp)
        try coder.integer(&timestampMax)
        try coder.string(&tokenID)
        try coder.bytes(&keyedHash)
        try coder.integer(&throttleTimeMilliseconds)
        try coder.tags()
    }
}

// DescribeDelegationToken (key 41), versions 1-3, flexible from 2. 3 adds who asked for the token.

/// Whose tokens; null means everybody's.
public struct DescribeDelegationTokenRequest: WireMessage {
    public static let apiKey = APIKey.describeDelegationToken
    public var owners: [Principal]?

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.nullableArray(&owners)
        try coder.tags()
    }

    public struct Principal: WireFields {
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

/// The tokens.
public struct DescribeDelegationTokenResponse: WireMessage {
    public static let apiKey = APIKey.describeDelegationToken
    public var error: ErrorCode = .none
    public var tokens: [Token] = []
    public var throttleTimeMilliseconds: Int32 = 0

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.error(&error)
        try coder.array(&tokens)
        try coder.integer(&throttleTimeMilliseconds)
        try coder.tags()
    }

    public struct Token: WireFields {
        public var principalType: String = ""
        public var principalName: String = ""
        public var requesterType: String = ""
        public var requesterName: String = ""
        public var issueTimestamp: Int64 = 0
        public var expiryTimestamp: Int64 = 0
        public var timestampMax: Int64 = 0
        public var tokenID: String = ""
        public var keyedHash: [UInt8] = []
        public var renewers: [Principal] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&principalType)
            try coder.string(&principalName)
            if coder.version >= 3 { try coder.string(&requesterType) }
            if coder.version >= 3 { try coder.string(&requesterName) }
            try coder.integer(&issueTimestamp)
            try coder.integer(&expiryTimestamp)
            try coder.integer(&timestampMax)
            try coder.string(&tokenID)
            try coder.bytes(&keyedHash)
            try coder.array(&renewers)
            try coder.tags()
        }

        public struct Principal: WireFields {
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
}

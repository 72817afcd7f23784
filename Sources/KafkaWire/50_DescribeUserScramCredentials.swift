// DescribeUserScramCredentials (key 50), version 0, flexible. Mechanisms: 1 SCRAM-SHA-256, 2 SCRAM-SHA-512.

/// The users; null or none means all.
public struct DescribeUserScramCredentialsRequest: WireMessage {
    public static let apiKey = APIKey.describeUserScramCredentials
    public var users: [User]?

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.nullableArray(&users)
        try coder.tags()
    }

    public struct User: WireFields {
        public var name: String = ""

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.tags()
        }
    }
}

/// Which mechanisms each user has; never what they are made from.
public struct DescribeUserScramCredentialsResponse: WireMessage {
    public static let apiKey = APIKey.describeUserScramCredentials
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var errorMessage: String?
    public var results: [Result] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.error(&error)
        try coder.nullableString(&errorMessage)
        try coder.array(&results)
        try coder.tags()
    }

    public struct Result: WireFields {
        public var user: String = ""
        public var error: ErrorCode = .none
        public var errorMessage: String?
        public var credentials: [Credential] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&user)
            try coder.error(&error)
            try coder.nullableString(&errorMessage)
            try coder.array(&credentials)
            try coder.tags()
        }

        public struct Credential: WireFields {
            public var mechanism: Int8 = 0
            public var iterations: Int32 = 0

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&mechanism)
                try coder.integer(&iterations)
                try coder.tags()
            }
        }
    }
}

// AlterUserScramCredentials (key 51), version 0, flexible. Mechanisms: 1 SCRAM-SHA-256, 2 SCRAM-SHA-512.

/// What to remove and what to set; the password arrives salted.
public struct AlterUserScramCredentialsRequest: WireMessage {
    public static let apiKey = APIKey.alterUserScramCredentials
    public var deletions: [Deletion] = []
    public var upsertions: [Upsertion] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&deletions)
        try coder.array(&upsertions)
        try coder.tags()
    }

    public struct Deletion: WireFields {
        public var name: String = ""
        public var mechanism: Int8 = 0

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.integer(&mechanism)
            try coder.tags()
        }
    }

    public struct Upsertion: WireFields {
        public var name: String = ""
        public var mechanism: Int8 = 0
        public var iterations: Int32 = 0
        public var salt: [UInt8] = []
        public var saltedPassword: [UInt8] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.integer(&mechanism)
            try coder.integer(&iterations)
            try coder.bytes(&salt)
            try coder.bytes(&saltedPassword)
            try coder.tags()
        }
    }
}

/// One result a user.
public struct AlterUserScramCredentialsResponse: WireMessage {
    public static let apiKey = APIKey.alterUserScramCredentials
    public var throttleTimeMilliseconds: Int32 = 0
    public var results: [Result] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.array(&results)
        try coder.tags()
    }

    public struct Result: WireFields {
        public var user: String = ""
        public var error: ErrorCode = .none
        public var errorMessage: String?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&user)
            try coder.error(&error)
            try coder.nullableString(&errorMessage)
            try coder.tags()
        }
    }
}

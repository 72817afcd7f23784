// CreateAcls (key 30), versions 1-3, flexible from 2: new access rules. Version 3 adds the resource type for users.

/// The rules to create.
public struct CreateAclsRequest: WireMessage {
    public static let apiKey = APIKey.createAcls
    public var creations: [Creation] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&creations)
        try coder.tags()
    }

    public struct Creation: WireFields {
        public var resourceType: Int8 = 0
        public var resourceName = ""
        public var patternType: Int8 = 3
        public var principal = ""
        public var host = ""
        public var operation: Int8 = 0
        public var permission: Int8 = 0

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.integer(&resourceType)
            try coder.string(&resourceName)
            try coder.integer(&patternType)
            try coder.string(&principal)
            try coder.string(&host)
            try coder.integer(&operation)
            try coder.integer(&permission)
            try coder.tags()
        }
    }
}

/// One result for each rule, in their order.
public struct CreateAclsResponse: WireMessage {
    public static let apiKey = APIKey.createAcls
    public var throttleTimeMilliseconds: Int32 = 0
    public var results: [Result] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.array(&results)
        try coder.tags()
    }

    public struct Result: WireFields {
        public var error: ErrorCode = .none
        public var errorMessage: String?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.error(&error)
            try coder.nullableString(&errorMessage)
            try coder.tags()
        }
    }
}

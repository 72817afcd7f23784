// DeleteAcls (key 31), versions 1-3, flexible from 2: removes the access rules that filters match. Version 3 adds
// the resource type for users.

/// The filters.
public struct DeleteAclsRequest: WireMessage {
    public static let apiKey = APIKey.deleteAcls
    public var filters: [AccessRuleFilter] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&filters)
        try coder.tags()
    }
}

/// What each filter has removed.
public struct DeleteAclsResponse: WireMessage {
    public static let apiKey = APIKey.deleteAcls
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
        public var removed: [Removed] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.error(&error)
            try coder.nullableString(&errorMessage)
            try coder.array(&removed)
            try coder.tags()
        }

        public struct Removed: WireFields {
            public var error: ErrorCode = .none
            public var errorMessage: String?
            public var resourceType: Int8 = 0
            public var resourceName = ""
            public var patternType: Int8 = 3
            public var principal = ""
            public var host = ""
            public var operation: Int8 = 0
            public var permission: Int8 = 0

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.error(&error)
                try coder.nullableString(&errorMessage)
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
}

// DescribeAcls (key 29), versions 1-3, flexible from 2: the access rules that a filter matches. Version 3 adds
// the resource type for users. `AccessRuleFilter` is DeleteAcls' too.

/// Which access rules are meant: a null name, principal or host matches any.
public struct AccessRuleFilter: WireFields {
    public var resourceType: Int8 = 1
    public var resourceName: String?
    public var patternType: Int8 = 3
    public var principal: String?
    public var host: String?
    public var operation: Int8 = 1
    public var permission: Int8 = 1

    public init() {}

    /// The fields without the tags that end the structure.
    mutating func inner(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&resourceType)
        try coder.nullableString(&resourceName)
        try coder.integer(&patternType)
        try coder.nullableString(&principal)
        try coder.nullableString(&host)
        try coder.integer(&operation)
        try coder.integer(&permission)
    }

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try inner(&coder)
        try coder.tags()
    }
}

/// The filter.
public struct DescribeAclsRequest: WireMessage {
    public static let apiKey = APIKey.describeAcls
    public var filter = AccessRuleFilter()

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try filter.inner(&coder)
        try coder.tags()
    }
}

/// The rules, by resource pattern.
public struct DescribeAclsResponse: WireMessage {
    public static let apiKey = APIKey.describeAcls
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var errorMessage: String?
    public var resources: [Resource] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.error(&error)
        try coder.nullableString(&errorMessage)
        try coder.array(&resources)
        try coder.tags()
    }

    public struct Resource: WireFields {
        public var resourceType: Int8 = 0
        public var resourceName = ""
        public var patternType: Int8 = 3
        public var rules: [Rule] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.integer(&resourceType)
            try coder.string(&resourceName)
            try coder.integer(&patternType)
            try coder.array(&rules)
            try coder.tags()
        }

        public struct Rule: WireFields {
            public var principal = ""
            public var host = ""
            public var operation: Int8 = 0
            public var permission: Int8 = 0

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.string(&principal)
                try coder.string(&host)
                try coder.integer(&operation)
                try coder.integer(&permission)
                try coder.tags()
            }
        }
    }
}

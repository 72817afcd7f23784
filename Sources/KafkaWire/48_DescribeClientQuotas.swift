// DescribeClientQuotas (key 48), versions 0-1, flexible from 1.
// Match types: 0 this name, 1 the default of the entity type, 2 any name that is given.

/// The filter; `isStrict` leaves out entities that have a component the filter does not name.
public struct DescribeClientQuotasRequest: WireMessage {
    public static let apiKey = APIKey.describeClientQuotas
    public var components: [Component] = []
    public var isStrict: Bool = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&components)
        try coder.boolean(&isStrict)
        try coder.tags()
    }

    public struct Component: WireFields {
        public var entityType: String = ""
        public var matchType: Int8 = 0
        public var match: String?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&entityType)
            try coder.integer(&matchType)
            try coder.nullableString(&match)
            try coder.tags()
        }
    }
}

/// The quotas of the entities that fit.
public struct DescribeClientQuotasResponse: WireMessage {
    public static let apiKey = APIKey.describeClientQuotas
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var errorMessage: String?
    public var entries: [Entry]?

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.error(&error)
        try coder.nullableString(&errorMessage)
        try coder.nullableArray(&entries)
        try coder.tags()
    }

    public struct Entry: WireFields {
        public var entity: [Component] = []
        public var values: [Value] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.array(&entity)
            try coder.array(&values)
            try coder.tags()
        }

        public struct Component: WireFields {
            public var entityType: String = ""
            public var entityName: String?

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.string(&entityType)
                try coder.nullableString(&entityName)
                try coder.tags()
            }
        }

        public struct Value: WireFields {
            public var key: String = ""
            public var value: Double = 0

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.string(&key)
                try coder.double(&value)
                try coder.tags()
            }
        }
    }
}

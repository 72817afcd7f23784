// AlterClientQuotas (key 49), versions 0-1, flexible from 1. A null name means the default of the entity type.

/// The changes, all or none applied for an entity.
public struct AlterClientQuotasRequest: WireMessage {
    public static let apiKey = APIKey.alterClientQuotas
    public var entries: [Entry] = []
    public var validatesOnly: Bool = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&entries)
        try coder.boolean(&validatesOnly)
        try coder.tags()
    }

    public struct Entry: WireFields {
        public var entity: [Component] = []
        public var operations: [Operation] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.array(&entity)
            try coder.array(&operations)
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

        public struct Operation: WireFields {
            public var key: String = ""
            public var value: Double = 0
            public var isRemoval: Bool = false

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.string(&key)
                try coder.double(&value)
                try coder.boolean(&isRemoval)
                try coder.tags()
            }
        }
    }
}

/// One result an entity.
public struct AlterClientQuotasResponse: WireMessage {
    public static let apiKey = APIKey.alterClientQuotas
    public var throttleTimeMilliseconds: Int32 = 0
    public var entries: [Entry] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.array(&entries)
        try coder.tags()
    }

    public struct Entry: WireFields {
        public var error: ErrorCode = .none
        public var errorMessage: String?
        public var entity: [Component] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.error(&error)
            try coder.nullableString(&errorMessage)
            try coder.array(&entity)
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
    }
}

// AlterConfigs (key 33), versions 0-2, flexible from 2: replaces all settings of a resource.

/// The new settings.
public struct AlterConfigsRequest: WireMessage {
    public static let apiKey = APIKey.alterConfigs
    public var resources: [Resource] = []
    public var validatesOnly: Bool = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&resources)
        try coder.boolean(&validatesOnly)
        try coder.tags()
    }

    public struct Resource: WireFields {
        public var type: Int8 = 0
        public var name: String = ""
        public var configs: [Config] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.integer(&type)
            try coder.string(&name)
            try coder.array(&configs)
            try coder.tags()
        }

        public struct Config: WireFields {
            public var name: String = ""
            public var value: String?

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.string(&name)
                try coder.nullableString(&value)
                try coder.tags()
            }
        }
    }
}

/// One result a resource.
public struct AlterConfigsResponse: WireMessage {
    public static let apiKey = APIKey.alterConfigs
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
        public var type: Int8 = 0
        public var name: String = ""

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.error(&error)
            try coder.nullableString(&errorMessage)
            try coder.integer(&type)
            try coder.string(&name)
            try coder.tags()
        }
    }
}

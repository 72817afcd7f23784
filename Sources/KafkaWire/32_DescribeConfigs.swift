// DescribeConfigs (key 32), versions 1-4, flexible from 4. 3 adds types and documentation.
// Resource type 2 is a topic, 4 a broker.

/// The resources to describe.
public struct DescribeConfigsRequest: WireMessage {
    public static let apiKey = APIKey.describeConfigs
    public var resources: [Resource] = []
    public var includesSynonyms: Bool = false
    public var includesDocumentation: Bool = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&resources)
        if coder.version >= 1 { try coder.boolean(&includesSynonyms) }
        if coder.version >= 3 { try coder.boolean(&includesDocumentation) }
        try coder.tags()
    }

    public struct Resource: WireFields {
        public var type: Int8 = 0
        public var name: String = ""
        public var keys: [String]?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.integer(&type)
            try coder.string(&name)
            try coder.nullableStrings(&keys)
            try coder.tags()
        }
    }
}

/// Their settings.
public struct DescribeConfigsResponse: WireMessage {
    public static let apiKey = APIKey.describeConfigs
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
        public var configs: [Config] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.error(&error)
            try coder.nullableString(&errorMessage)
            try coder.integer(&type)
            try coder.string(&name)
            try coder.array(&configs)
            try coder.tags()
        }

        public struct Config: WireFields {
            public var name: String = ""
            public var value: String?
            public var isReadOnly: Bool = false
            public var source: Int8 = -1
            public var isSensitive: Bool = false
            public var synonyms: [Synonym] = []
            public var type: Int8 = 0
            public var documentation: String?

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.string(&name)
                try coder.nullableString(&value)
                try coder.boolean(&isReadOnly)
                if coder.version >= 1 { try coder.integer(&source) }
                try coder.boolean(&isSensitive)
                if coder.version >= 1 { try coder.array(&synonyms) }
                if coder.version >= 3 { try coder.integer(&type) }
                if coder.version >= 3 { try coder.nullableString(&documentation) }
                try coder.tags()
            }

            public struct Synonym: WireFields {
                public var name: String = ""
                public var value: String?
                public var source: Int8 = 0

                public init() {}

                public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                    try coder.string(&name)
                    try coder.nullableString(&value)
                    try coder.integer(&source)
                    try coder.tags()
                }
            }
        }
    }
}

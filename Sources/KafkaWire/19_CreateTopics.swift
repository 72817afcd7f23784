// CreateTopics (key 19), versions 2-7, flexible from 5. 5 returns the settings; 7 the topic id.

/// The topics to create.
public struct CreateTopicsRequest: WireMessage {
    public static let apiKey = APIKey.createTopics
    public var topics: [Topic] = []
    public var timeoutMilliseconds: Int32 = 60_000
    public var validatesOnly: Bool = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&topics)
        try coder.integer(&timeoutMilliseconds)
        if coder.version >= 1 { try coder.boolean(&validatesOnly) }
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var partitionCount: Int32 = -1
        public var replicationFactor: Int16 = -1
        public var assignments: [Assignment] = []
        public var configs: [Config] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.integer(&partitionCount)
            try coder.integer(&replicationFactor)
            try coder.array(&assignments)
            try coder.array(&configs)
            try coder.tags()
        }

        public struct Assignment: WireFields {
            public var index: Int32 = 0
            public var brokerIDs: [Int32] = []

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.integers(&brokerIDs)
                try coder.tags()
            }
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

/// One result a topic.
public struct CreateTopicsResponse: WireMessage {
    public static let apiKey = APIKey.createTopics
    public var throttleTimeMilliseconds: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 2 { try coder.integer(&throttleTimeMilliseconds) }
        try coder.array(&topics)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var id: TopicID = .none
        public var error: ErrorCode = .none
        public var errorMessage: String?
        public var partitionCount: Int32 = -1
        public var replicationFactor: Int16 = -1
        public var configs: [Config]?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            if coder.version >= 7 { try coder.uuid(&id) }
            try coder.error(&error)
            if coder.version >= 1 { try coder.nullableString(&errorMessage) }
            if coder.version >= 5 { try coder.integer(&partitionCount) }
            if coder.version >= 5 { try coder.integer(&replicationFactor) }
            if coder.version >= 5 { try coder.nullableArray(&configs) }
            try coder.tags()
        }

        public struct Config: WireFields {
            public var name: String = ""
            public var value: String?
            public var isReadOnly: Bool = false
            public var source: Int8 = -1
            public var isSensitive: Bool = false

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.string(&name)
                try coder.nullableString(&value)
                try coder.boolean(&isReadOnly)
                try coder.integer(&source)
                try coder.boolean(&isSensitive)
                try coder.tags()
            }
        }
    }
}

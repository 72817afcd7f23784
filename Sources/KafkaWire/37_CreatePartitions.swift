// CreatePartitions (key 37), versions 0-3, flexible from 2: more partitions for a topic.

/// The new counts.
public struct CreatePartitionsRequest: WireMessage {
    public static let apiKey = APIKey.createPartitions
    public var topics: [Topic] = []
    public var timeoutMilliseconds: Int32 = 0
    public var validatesOnly: Bool = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&topics)
        try coder.integer(&timeoutMilliseconds)
        try coder.boolean(&validatesOnly)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var count: Int32 = 0
        public var assignments: [Assignment]?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.integer(&count)
            try coder.nullableArray(&assignments)
            try coder.tags()
        }

        public struct Assignment: WireFields {
            public var brokerIDs: [Int32] = []

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integers(&brokerIDs)
                try coder.tags()
            }
        }
    }
}

/// One result a topic.
public struct CreatePartitionsResponse: WireMessage {
    public static let apiKey = APIKey.createPartitions
    public var throttleTimeMilliseconds: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.array(&topics)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var error: ErrorCode = .none
        public var errorMessage: String?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.error(&error)
            try coder.nullableString(&errorMessage)
            try coder.tags()
        }
    }
}

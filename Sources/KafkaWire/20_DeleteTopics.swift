// DeleteTopics (key 20), versions 1-6, flexible from 4. 5 adds a message; 6 deletes by id too.

/// The topics to delete.
public struct DeleteTopicsRequest: WireMessage {
    public static let apiKey = APIKey.deleteTopics
    public var topics: [Topic] = []
    public var names: [String] = []
    public var timeoutMilliseconds: Int32 = 0

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 6 { try coder.array(&topics) }
        if coder.version <= 5 { try coder.strings(&names) }
        try coder.integer(&timeoutMilliseconds)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String?
        public var id: TopicID = .none

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.nullableString(&name)
            try coder.uuid(&id)
            try coder.tags()
        }
    }
}

/// One result a topic.
public struct DeleteTopicsResponse: WireMessage {
    public static let apiKey = APIKey.deleteTopics
    public var throttleTimeMilliseconds: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 1 { try coder.integer(&throttleTimeMilliseconds) }
        try coder.array(&topics)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String?
        public var id: TopicID = .none
        public var error: ErrorCode = .none
        public var errorMessage: String?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.nullableString(&name)
            if coder.version >= 6 { try coder.uuid(&id) }
            try coder.error(&error)
            if coder.version >= 5 { try coder.nullableString(&errorMessage) }
            try coder.tags()
        }
    }
}

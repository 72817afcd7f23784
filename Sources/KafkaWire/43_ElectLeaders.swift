// ElectLeaders (key 43), versions 0-2, flexible from 2. 1 adds the election's type: 0 preferred, 1 unclean.

/// The partitions; null means all.
public struct ElectLeadersRequest: WireMessage {
    public static let apiKey = APIKey.electLeaders
    public var electionType: Int8 = 0
    public var topics: [Topic]?
    public var timeoutMilliseconds: Int32 = 60_000

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 1 { try coder.integer(&electionType) }
        try coder.nullableArray(&topics)
        try coder.integer(&timeoutMilliseconds)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var partitions: [Int32] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.integers(&partitions)
            try coder.tags()
        }
    }
}

/// One result a partition.
public struct ElectLeadersResponse: WireMessage {
    public static let apiKey = APIKey.electLeaders
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        if coder.version >= 1 { try coder.error(&error) }
        try coder.array(&topics)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var partitions: [Partition] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.array(&partitions)
            try coder.tags()
        }

        public struct Partition: WireFields {
            public var index: Int32 = 0
            public var error: ErrorCode = .none
            public var errorMessage: String?

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.error(&error)
                try coder.nullableString(&errorMessage)
                try coder.tags()
            }
        }
    }
}

// ListPartitionReassignments (key 46), version 0, flexible.

/// The partitions; null means all.
public struct ListPartitionReassignmentsRequest: WireMessage {
    public static let apiKey = APIKey.listPartitionReassignments
    public var timeoutMilliseconds: Int32 = 60_000
    public var topics: [Topic]?

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&timeoutMilliseconds)
        try coder.nullableArray(&topics)
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

/// Those being reassigned.
public struct ListPartitionReassignmentsResponse: WireMessage {
    public static let apiKey = APIKey.listPartitionReassignments
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var errorMessage: String?
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.error(&error)
        try coder.nullableString(&errorMessage)
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
            public var replicas: [Int32] = []
            public var addingReplicas: [Int32] = []
            public var removingReplicas: [Int32] = []

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.integers(&replicas)
                try coder.integers(&addingReplicas)
                try coder.integers(&removingReplicas)
                try coder.tags()
            }
        }
    }
}

// DescribeTopicPartitions (key 75), version 0, flexible: topics page by page.

/// The topics (none means all), and where to go on.
public struct DescribeTopicPartitionsRequest: WireMessage {
    public static let apiKey = APIKey.describeTopicPartitions
    public var topics: [Topic] = []
    public var partitionLimit: Int32 = 2_000
    public var cursor: Cursor?

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&topics)
        try coder.integer(&partitionLimit)
        try coder.nullableStructure(&cursor)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.tags()
        }
    }

    public struct Cursor: WireFields {
        public var topicName: String = ""
        public var partitionIndex: Int32 = 0

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&topicName)
            try coder.integer(&partitionIndex)
            try coder.tags()
        }
    }
}

/// Their partitions, and where to ask on.
public struct DescribeTopicPartitionsResponse: WireMessage {
    public static let apiKey = APIKey.describeTopicPartitions
    public var throttleTimeMilliseconds: Int32 = 0
    public var topics: [Topic] = []
    public var nextCursor: Cursor?

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.array(&topics)
        try coder.nullableStructure(&nextCursor)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var error: ErrorCode = .none
        public var name: String?
        public var id: TopicID = .none
        public var isInternal: Bool = false
        public var partitions: [Partition] = []
        public var authorizedOperations: Int32 = Int32.min

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.error(&error)
            try coder.nullableString(&name)
            try coder.uuid(&id)
            try coder.boolean(&isInternal)
            try coder.array(&partitions)
            try coder.integer(&authorizedOperations)
            try coder.tags()
        }

        public struct Partition: WireFields {
            public var error: ErrorCode = .none
            public var index: Int32 = 0
            public var leaderID: Int32 = 0
            public var leaderEpoch: Int32 = -1
            public var replicas: [Int32] = []
            public var inSyncReplicas: [Int32] = []
            public var eligibleLeaderReplicas: [Int32]?
            public var lastKnownEligibleLeaderReplicas: [Int32]?
            public var offlineReplicas: [Int32] = []

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.error(&error)
                try coder.integer(&index)
                try coder.integer(&leaderID)
                try coder.integer(&leaderEpoch)
                try coder.integers(&replicas)
                try coder.integers(&inSyncReplicas)
                try coder.nullableIntegers(&eligibleLeaderReplicas)
                try coder.nullableIntegers(&lastKnownEligibleLeaderReplicas)
                try coder.integers(&offlineReplicas)
                try coder.tags()
            }
        }
    }

    public struct Cursor: WireFields {
        public var topicName: String = ""
        public var partitionIndex: Int32 = 0

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&topicName)
            try coder.integer(&partitionIndex)
            try coder.tags()
        }
    }
}

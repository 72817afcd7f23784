// DescribeTransactions (key 65), version 0, flexible from 0.

/// The transactional ids.
public struct DescribeTransactionsRequest: WireMessage {
    public static let apiKey = APIKey.describeTransactions
    public var transactionalIDs: [String] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.strings(&transactionalIDs)
        try coder.tags()
    }
}

/// Their states.
public struct DescribeTransactionsResponse: WireMessage {
    public static let apiKey = APIKey.describeTransactions
    public var throttleTimeMilliseconds: Int32 = 0
    public var states: [State] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.array(&states)
        try coder.tags()
    }

    public struct State: WireFields {
        public var error: ErrorCode = .none
        public var transactionalID: String = ""
        public var state: String = ""
        public var timeoutMilliseconds: Int32 = 0
        public var startTimeMilliseconds: Int64 = -1
        public var producerID: Int64 = -1
        public var producerEpoch: Int16 = -1
        public var topics: [Topic] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.error(&error)
            try coder.string(&transactionalID)
            try coder.string(&state)
            try coder.integer(&timeoutMilliseconds)
            try coder.integer(&startTimeMilliseconds)
            try coder.integer(&producerID)
            try coder.integer(&producerEpoch)
            try coder.array(&topics)
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
}

// DescribeProducers (key 61), version 0, flexible from 0: who writes to partitions with an identity.

/// The partitions.
public struct DescribeProducersRequest: WireMessage {
    public static let apiKey = APIKey.describeProducers
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&topics)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var partitionIndexes: [Int32] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.integers(&partitionIndexes)
            try coder.tags()
        }
    }
}

/// The producers known to each.
public struct DescribeProducersResponse: WireMessage {
    public static let apiKey = APIKey.describeProducers
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
            public var producers: [Producer] = []

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.error(&error)
                try coder.nullableString(&errorMessage)
                try coder.array(&producers)
                try coder.tags()
            }

            public struct Producer: WireFields {
                public var producerID: Int64 = 0
                public var producerEpoch: Int32 = 0
                public var lastSequence: Int32 = -1
                public var lastTimestamp: Int64 = -1
                public var coordinatorEpoch: Int32 = 0
                public var currentTransactionStartOffset: Int64 = -1

                public init() {}

                public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                    try coder.integer(&producerID)
                    try coder.integer(&producerEpoch)
                    try coder.integer(&lastSequence)
                    try coder.integer(&lastTimestamp)
                    try coder.integer(&coordinatorEpoch)
                    try coder.integer(&currentTransactionStartOffset)
                    try coder.tags()
                }
            }
        }
    }
}

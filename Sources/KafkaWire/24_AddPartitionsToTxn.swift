// AddPartitionsToTxn (key 24), versions 0-3, flexible from 3: partitions a transaction will write to.
// Below version 2 a fenced producer is told INVALID_PRODUCER_EPOCH, from 2 on PRODUCER_FENCED.

/// The partitions.
public struct AddPartitionsToTransactionRequest: WireMessage {
    public static let apiKey = APIKey.addPartitionsToTransaction
    public var transactionalID: String = ""
    public var producerID: Int64 = 0
    public var producerEpoch: Int16 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.string(&transactionalID)
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

/// One result a partition.
public struct AddPartitionsToTransactionResponse: WireMessage {
    public static let apiKey = APIKey.addPartitionsToTransaction
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

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.error(&error)
                try coder.tags()
            }
        }
    }
}

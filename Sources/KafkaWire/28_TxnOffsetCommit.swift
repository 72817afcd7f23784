// TxnOffsetCommit (key 28), versions 0-5, flexible from 3: positions that become visible on commit.
// 3 adds the member's identity (KIP-447), by which a member of an old generation is fenced;
// 4 knows TRANSACTION_ABORTABLE; 5 makes the offsets part of the transaction without AddOffsetsToTxn (KIP-890).

/// Offsets to remember if the transaction commits.
public struct TransactionOffsetCommitRequest: WireMessage {
    public static let apiKey = APIKey.transactionOffsetCommit
    public var transactionalID: String = ""
    public var groupID: String = ""
    public var producerID: Int64 = 0
    public var producerEpoch: Int16 = 0
    public var generation: Int32 = -1
    public var memberID: String = ""
    public var groupInstanceID: String?
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.string(&transactionalID)
        try coder.string(&groupID)
        try coder.integer(&producerID)
        try coder.integer(&producerEpoch)
        if coder.version >= 3 { try coder.integer(&generation) }
        if coder.version >= 3 { try coder.string(&memberID) }
        if coder.version >= 3 { try coder.nullableString(&groupInstanceID) }
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
            public var offset: Int64 = 0
            public var leaderEpoch: Int32 = -1
            public var metadata: String?

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.integer(&offset)
                if coder.version >= 2 { try coder.integer(&leaderEpoch) }
                try coder.nullableString(&metadata)
                try coder.tags()
            }
        }
    }
}

/// One error code a partition.
public struct TransactionOffsetCommitResponse: WireMessage {
    public static let apiKey = APIKey.transactionOffsetCommit
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

// AddPartitionsToTxn (key 24), versions 0-5, flexible from 3: partitions a transaction will write to.
// Below version 2 a fenced producer is told INVALID_PRODUCER_EPOCH, from 2 on PRODUCER_FENCED. Clients use
// versions up to 3, for one transaction; 4 and 5 are for brokers, carry several and can ask whether partitions
// belong to a transaction without adding them.

/// The transactions with their partitions; one in versions 0-3.
public struct AddPartitionsToTransactionRequest: WireMessage {
    public static let apiKey = APIKey.addPartitionsToTransaction
    public var transactions: [Transaction] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 4 {
            try coder.array(&transactions)
        } else {
            var only = transactions.first ?? Transaction()
            try only.identity(&coder)
            try coder.array(&only.topics)
            transactions = [only]
        }
        try coder.tags()
    }

    public struct Transaction: WireFields {
        public var transactionalID: String = ""
        public var producerID: Int64 = 0
        public var producerEpoch: Int16 = 0
        public var isVerifiedOnly = false
        public var topics: [Topic] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try identity(&coder)
            try coder.boolean(&isVerifiedOnly)
            try coder.array(&topics)
            try coder.tags()
        }

        fileprivate mutating func identity(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&transactionalID)
            try coder.integer(&producerID)
            try coder.integer(&producerEpoch)
        }
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
    public var error: ErrorCode = .none
    public var transactions: [Transaction] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        if coder.version >= 4 {
            try coder.error(&error)
            try coder.array(&transactions)
        } else {
            var only = transactions.first ?? Transaction()
            try coder.array(&only.topics)
            transactions = [only]
        }
        try coder.tags()
    }

    public struct Transaction: WireFields {
        public var transactionalID: String = ""
        public var topics: [Topic] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&transactionalID)
            try coder.array(&topics)
            try coder.tags()
        }
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

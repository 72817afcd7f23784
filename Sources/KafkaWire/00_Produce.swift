// Produce (key 0), versions 0-13, flexible from 9: record batches to append.
// Versions 0-2 carry formats older than batches (KIP-98) and are answered with an error by the broker.
// Version 3 adds the transactional id; 5 the log start offset; 8 per-record errors and a message.
// Version 10 adds tagged fields for a leader that moved (never sent: there is one broker); 11 knows
// TRANSACTION_ABORTABLE; 12 adds a partition to the producer's transaction by writing to it; 13 names topics by id.

/// What a producer sends: one batch for each of its partitions.
public struct ProduceRequest: WireMessage {
    public static let apiKey = APIKey.produce
    public var transactionalID: String?
    public var acks: Int16 = 0
    public var timeoutMilliseconds: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 3 { try coder.nullableString(&transactionalID) }
        try coder.integer(&acks)
        try coder.integer(&timeoutMilliseconds)
        try coder.array(&topics)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var id: TopicID = .none
        public var partitions: [Partition] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            if coder.version <= 12 { try coder.string(&name) } else { try coder.uuid(&id) }
            try coder.array(&partitions)
            try coder.tags()
        }

        public struct Partition: WireFields {
            public var index: Int32 = 0
            public var records: RecordsField = RecordsField()

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.records(&records)
                try coder.tags()
            }
        }
    }
}

/// Where each batch was appended.
public struct ProduceResponse: WireMessage {
    public static let apiKey = APIKey.produce
    public var topics: [Topic] = []
    public var throttleTimeMilliseconds: Int32 = 0

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&topics)
        if coder.version >= 1 { try coder.integer(&throttleTimeMilliseconds) }
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var id: TopicID = .none
        public var partitions: [Partition] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            if coder.version <= 12 { try coder.string(&name) } else { try coder.uuid(&id) }
            try coder.array(&partitions)
            try coder.tags()
        }

        public struct Partition: WireFields {
            public var index: Int32 = 0
            public var error: ErrorCode = .none
            public var baseOffset: Int64 = -1
            public var logAppendTimeMilliseconds: Int64 = -1
            public var logStartOffset: Int64 = -1
            public var recordErrors: [RecordError] = []
            public var errorMessage: String?

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.error(&error)
                try coder.integer(&baseOffset)
                if coder.version >= 2 { try coder.integer(&logAppendTimeMilliseconds) }
                if coder.version >= 5 { try coder.integer(&logStartOffset) }
                if coder.version >= 8 { try coder.array(&recordErrors) }
                if coder.version >= 8 { try coder.nullableString(&errorMessage) }
                try coder.tags()
            }

            public struct RecordError: WireFields {
                public var batchIndex: Int32 = 0
                public var message: String?

                public init() {}

                public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                    try coder.integer(&batchIndex)
                    try coder.nullableString(&message)
                    try coder.tags()
                }
            }
        }
    }
}

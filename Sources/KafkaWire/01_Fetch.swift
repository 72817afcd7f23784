// Fetch (key 1), versions 4-18, flexible from 12: record batches from given offsets on.
// Version 4 adds the isolation level and aborted transactions; 5 the log start offset; 7 incremental
// sessions (KIP-227); 9 leader epochs; 11 the rack; 12 is flexible; 13 names topics by id; 15 moves the replica id
// to a tagged field and 16-18 add some, which concern followers and brokers that moved: all are skipped.

/// What a consumer asks for.
public struct FetchRequest: WireMessage {
    public static let apiKey = APIKey.fetch
    public var replicaID: Int32 = -1
    public var maxWaitMilliseconds: Int32 = 0
    public var minBytes: Int32 = 0
    public var maxBytes: Int32 = Int32.max
    public var isolationLevel: Int8 = 0
    public var sessionID: Int32 = 0
    public var sessionEpoch: Int32 = -1
    public var topics: [Topic] = []
    public var forgottenTopics: [ForgottenTopic] = []
    public var rackID: String = ""

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version <= 14 { try coder.integer(&replicaID) }
        try coder.integer(&maxWaitMilliseconds)
        try coder.integer(&minBytes)
        if coder.version >= 3 { try coder.integer(&maxBytes) }
        if coder.version >= 4 { try coder.integer(&isolationLevel) }
        if coder.version >= 7 { try coder.integer(&sessionID) }
        if coder.version >= 7 { try coder.integer(&sessionEpoch) }
        try coder.array(&topics)
        if coder.version >= 7 { try coder.array(&forgottenTopics) }
        if coder.version >= 11 { try coder.string(&rackID) }
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var id: TopicID = .none
        public var partitions: [Partition] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            if coder.version <= 12 { try coder.string(&name) }
            if coder.version >= 13 { try coder.uuid(&id) }
            try coder.array(&partitions)
            try coder.tags()
        }

        public struct Partition: WireFields {
            public var index: Int32 = 0
            public var currentLeaderEpoch: Int32 = -1
            public var fetchOffset: Int64 = 0
            public var lastFetchedEpoch: Int32 = -1
            public var logStartOffset: Int64 = -1
            public var maxBytes: Int32 = 0

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                if coder.version >= 9 { try coder.integer(&currentLeaderEpoch) }
                try coder.integer(&fetchOffset)
                if coder.version >= 12 { try coder.integer(&lastFetchedEpoch) }
                if coder.version >= 5 { try coder.integer(&logStartOffset) }
                try coder.integer(&maxBytes)
                try coder.tags()
            }
        }
    }

    public struct ForgottenTopic: WireFields {
        public var name: String = ""
        public var id: TopicID = .none
        public var partitions: [Int32] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            if coder.version <= 12 { try coder.string(&name) }
            if coder.version >= 13 { try coder.uuid(&id) }
            try coder.integers(&partitions)
            try coder.tags()
        }
    }
}

/// Batches, cut at whole batches, and where each log ends. The broker writes it piece by piece, to read
/// the batches from the file straight into the response.
public struct FetchResponse: WireMessage {
    public static let apiKey = APIKey.fetch
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var sessionID: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        if coder.version >= 7 { try coder.error(&error) }
        if coder.version >= 7 { try coder.integer(&sessionID) }
        try coder.array(&topics)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var id: TopicID = .none
        public var partitions: [Partition] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            if coder.version <= 12 { try coder.string(&name) }
            if coder.version >= 13 { try coder.uuid(&id) }
            try coder.array(&partitions)
            try coder.tags()
        }

        public struct Partition: WireFields {
            public var index: Int32 = 0
            public var error: ErrorCode = .none
            public var highWatermark: Int64 = -1
            public var lastStableOffset: Int64 = -1
            public var logStartOffset: Int64 = -1
            public var abortedTransactions: [AbortedTransaction]?
            public var preferredReadReplica: Int32 = -1
            public var records: RecordsField = RecordsField()
            /// Where the log's history parts from what the client has (tagged field 0); nil when it does not.
            public var divergingEpoch: DivergingEpoch?

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.error(&error)
                try coder.integer(&highWatermark)
                if coder.version >= 4 { try coder.integer(&lastStableOffset) }
                if coder.version >= 5 { try coder.integer(&logStartOffset) }
                if coder.version >= 4 { try coder.nullableArray(&abortedTransactions) }
                if coder.version >= 11 { try coder.integer(&preferredReadReplica) }
                try coder.records(&records)
                try coder.tag(0, &divergingEpoch)
            }

            /// An epoch and where it ends in the log.
            public struct DivergingEpoch: WireFields {
                public var epoch: Int32 = -1
                public var endOffset: Int64 = -1

                public init() {}

                public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                    try coder.integer(&epoch)
                    try coder.integer(&endOffset)
                    try coder.tags()
                }
            }

            public struct AbortedTransaction: WireFields {
                public var producerID: Int64 = 0
                public var firstOffset: Int64 = 0

                public init() {}

                public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                    try coder.integer(&producerID)
                    try coder.integer(&firstOffset)
                    try coder.tags()
                }
            }
        }
    }
}

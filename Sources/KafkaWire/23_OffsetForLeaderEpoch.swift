// OffsetForLeaderEpoch (key 23), versions 2-4, flexible from 4: where a leader epoch ended.
// One broker is always the leader, in epoch 0, so the answer is the log's end.

/// Epochs asked about.
public struct OffsetForLeaderEpochRequest: WireMessage {
    public static let apiKey = APIKey.offsetForLeaderEpoch
    public var replicaID: Int32 = -2
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 3 { try coder.integer(&replicaID) }
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
            public var currentLeaderEpoch: Int32 = -1
            public var leaderEpoch: Int32 = 0

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                if coder.version >= 2 { try coder.integer(&currentLeaderEpoch) }
                try coder.integer(&leaderEpoch)
                try coder.tags()
            }
        }
    }
}

/// Their ends.
public struct OffsetForLeaderEpochResponse: WireMessage {
    public static let apiKey = APIKey.offsetForLeaderEpoch
    public var throttleTimeMilliseconds: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 2 { try coder.integer(&throttleTimeMilliseconds) }
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
            public var error: ErrorCode = .none
            public var index: Int32 = 0
            public var leaderEpoch: Int32 = -1
            public var endOffset: Int64 = -1

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.error(&error)
                try coder.integer(&index)
                if coder.version >= 1 { try coder.integer(&leaderEpoch) }
                try coder.integer(&endOffset)
                try coder.tags()
            }
        }
    }
}

// ListOffsets (key 2), versions 0-11, flexible from 6: offsets by timestamp. Version 0, with a number of offsets
// asked for and a list of them answered, is decoded but not announced.
// -1 asks for the end (under read_committed the last stable offset), -2 for the start and, from
// version 7, -3 for the record with the largest timestamp. The start of what lies on the broker's own disk (-4,
// from 8), the end of what lies elsewhere (-5, from 9) and the start of what is to go there (-6, from 11) are
// tiered storage's. From 10 the client says how long it waits.

/// Timestamps, or the special values, for partitions.
public struct ListOffsetsRequest: WireMessage {
    public static let apiKey = APIKey.listOffsets
    public var replicaID: Int32 = -1
    public var isolationLevel: Int8 = 0
    public var topics: [Topic] = []
    public var timeoutMilliseconds: Int32 = 0

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&replicaID)
        if coder.version >= 2 { try coder.integer(&isolationLevel) }
        try coder.array(&topics)
        if coder.version >= 10 { try coder.integer(&timeoutMilliseconds) }
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
            public var timestamp: Int64 = 0
            public var offsetsMax: Int32 = 1

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                if coder.version >= 4 { try coder.integer(&currentLeaderEpoch) }
                try coder.integer(&timestamp)
                if coder.version == 0 { try coder.integer(&offsetsMax) }
                try coder.tags()
            }
        }
    }
}

/// The first offset at or after each timestamp.
public struct ListOffsetsResponse: WireMessage {
    public static let apiKey = APIKey.listOffsets
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
            public var index: Int32 = 0
            public var error: ErrorCode = .none
            public var offsets: [Int64] = []
            public var timestamp: Int64 = -1
            public var offset: Int64 = -1
            public var leaderEpoch: Int32 = -1

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.error(&error)
                if coder.version == 0 { try coder.integers(&offsets) }
                if coder.version >= 1 { try coder.integer(&timestamp) }
                if coder.version >= 1 { try coder.integer(&offset) }
                if coder.version >= 4 { try coder.integer(&leaderEpoch) }
                try coder.tags()
            }
        }
    }
}

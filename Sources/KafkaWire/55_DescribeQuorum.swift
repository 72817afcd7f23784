// DescribeQuorum (key 55), versions 0-2, flexible from 0. 1 adds times, 2 messages, directories and nodes.

/// The partitions, `__cluster_metadata` 0 in practice.
public struct DescribeQuorumRequest: WireMessage {
    public static let apiKey = APIKey.describeQuorum
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
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

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.tags()
            }
        }
    }
}

/// Who votes and who follows.
public struct DescribeQuorumResponse: WireMessage {
    public static let apiKey = APIKey.describeQuorum
    public var error: ErrorCode = .none
    public var errorMessage: String?
    public var topics: [Topic] = []
    public var nodes: [Node] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.error(&error)
        if coder.version >= 2 { try coder.nullableString(&errorMessage) }
        try coder.array(&topics)
        if coder.version >= 2 { try coder.array(&nodes) }
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
            public var leaderID: Int32 = 0
            public var leaderEpoch: Int32 = 0
            public var highWatermark: Int64 = 0
            public var voters: [Replica] = []
            public var observers: [Replica] = []

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.error(&error)
                if coder.version >= 2 { try coder.nullableString(&errorMessage) }
                try coder.integer(&leaderID)
                try coder.integer(&leaderEpoch)
                try coder.integer(&highWatermark)
                try coder.array(&voters)
                try coder.array(&observers)
                try coder.tags()
            }

            public struct Replica: WireFields {
                public var id: Int32 = 0
                public var directoryID: TopicID = .none
                public var endOffset: Int64 = 0
                public var lastFetchTimestamp: Int64 = -1
                public var lastCaughtUpTimestamp: Int64 = -1

                public init() {}

                public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                    try coder.integer(&id)
                    if coder.version >= 2 { try coder.uuid(&directoryID) }
                    try coder.integer(&endOffset)
                    if coder.version >= 1 { try coder.integer(&lastFetchTimestamp) }
                    if coder.version >= 1 { try coder.integer(&lastCaughtUpTimestamp) }
                    try coder.tags()
                }
            }
        }
    }

    public struct Node: WireFields {
        public var id: Int32 = 0
        public var listeners: [Listener] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.integer(&id)
            try coder.array(&listeners)
            try coder.tags()
        }

        public struct Listener: WireFields {
            public var name: String = ""
            public var host: String = ""
            public var port: UInt16 = 0

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.string(&name)
                try coder.string(&host)
                try coder.integer(&port)
                try coder.tags()
            }
        }
    }
}

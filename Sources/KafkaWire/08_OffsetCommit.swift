// OffsetCommit (key 8), versions 2-10, flexible from 8: a group's positions.
// Versions 2-4 carry a retention time; 6 adds the leader epoch; 7 the static instance id; 9 is 8 for
// clients that know GROUP_ID_NOT_FOUND and STALE_MEMBER_EPOCH; 10 has topic ids instead of names.

/// Offsets to remember for a group.
public struct OffsetCommitRequest: WireMessage {
    public static let apiKey = APIKey.offsetCommit
    public var groupID: String = ""
    public var generation: Int32 = -1
    public var memberID: String = ""
    public var groupInstanceID: String?
    public var retentionTimeMilliseconds: Int64 = -1
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.string(&groupID)
        if coder.version >= 1 { try coder.integer(&generation) }
        if coder.version >= 1 { try coder.string(&memberID) }
        if coder.version >= 7 { try coder.nullableString(&groupInstanceID) }
        if (2...4).contains(coder.version) { try coder.integer(&retentionTimeMilliseconds) }
        try coder.array(&topics)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var id = TopicID.none
        public var partitions: [Partition] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            if coder.version <= 9 { try coder.string(&name) } else { try coder.uuid(&id) }
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
                if coder.version >= 6 { try coder.integer(&leaderEpoch) }
                try coder.nullableString(&metadata)
                try coder.tags()
            }
        }
    }
}

/// One error code a partition.
public struct OffsetCommitResponse: WireMessage {
    public static let apiKey = APIKey.offsetCommit
    public var throttleTimeMilliseconds: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 3 { try coder.integer(&throttleTimeMilliseconds) }
        try coder.array(&topics)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var id = TopicID.none
        public var partitions: [Partition] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            if coder.version <= 9 { try coder.string(&name) } else { try coder.uuid(&id) }
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

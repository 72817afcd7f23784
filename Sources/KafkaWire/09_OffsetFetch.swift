// OffsetFetch (key 9), versions 1-10, flexible from 6: a group's committed positions.
// Null topics (from version 2) ask for all; 7 adds requireStable (KIP-447); 8 takes several groups; 9 adds
// the member's identity (KIP-848); 10 has topic ids instead of names.

/// Which committed offsets to return.
public struct OffsetFetchRequest: WireMessage {
    public static let apiKey = APIKey.offsetFetch
    public var groupID: String = ""
    public var topics: [Topic]?
    public var groups: [Group] = []
    public var requiresStable: Bool = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version <= 7 { try coder.string(&groupID) }
        if coder.version <= 7 {
            if coder.version >= 2 { try coder.nullableArray(&topics) } else { try nonNullTopics(&coder) }
        }
        if coder.version >= 8 { try coder.array(&groups) }
        if coder.version >= 7 { try coder.boolean(&requiresStable) }
        try coder.tags()
    }

    /// Version 1 cannot ask for all topics.
    private mutating func nonNullTopics(_ coder: inout FieldCoder) throws(WireError) {
        var named = topics ?? []
        try coder.array(&named)
        topics = named
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

    public struct Group: WireFields {
        public var groupID: String = ""
        public var memberID: String?
        public var memberEpoch: Int32 = -1
        public var topics: [GroupTopic]?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&groupID)
            if coder.version >= 9 { try coder.nullableString(&memberID) }
            if coder.version >= 9 { try coder.integer(&memberEpoch) }
            try coder.nullableArray(&topics)
            try coder.tags()
        }

        public struct GroupTopic: WireFields {
            public var name: String = ""
            public var id = TopicID.none
            public var partitionIndexes: [Int32] = []

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                if coder.version <= 9 { try coder.string(&name) } else { try coder.uuid(&id) }
                try coder.integers(&partitionIndexes)
                try coder.tags()
            }
        }
    }
}

/// Committed offsets; -1 where there is none.
public struct OffsetFetchResponse: WireMessage {
    public static let apiKey = APIKey.offsetFetch
    public var throttleTimeMilliseconds: Int32 = 0
    public var topics: [Topic] = []
    public var error: ErrorCode = .none
    public var groups: [Group] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 3 { try coder.integer(&throttleTimeMilliseconds) }
        if coder.version <= 7 { try coder.array(&topics) }
        if (2...7).contains(coder.version) { try coder.error(&error) }
        if coder.version >= 8 { try coder.array(&groups) }
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
            public var offset: Int64 = -1
            public var leaderEpoch: Int32 = -1
            public var metadata: String?
            public var error: ErrorCode = .none

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.integer(&offset)
                if coder.version >= 5 { try coder.integer(&leaderEpoch) }
                try coder.nullableString(&metadata)
                try coder.error(&error)
                try coder.tags()
            }
        }
    }

    public struct Group: WireFields {
        public var groupID: String = ""
        public var topics: [GroupTopic] = []
        public var error: ErrorCode = .none

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&groupID)
            try coder.array(&topics)
            try coder.error(&error)
            try coder.tags()
        }

        public struct GroupTopic: WireFields {
            public var name: String = ""
            public var id = TopicID.none
            public var partitions: [GroupPartition] = []

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                if coder.version <= 9 { try coder.string(&name) } else { try coder.uuid(&id) }
                try coder.array(&partitions)
                try coder.tags()
            }

            public struct GroupPartition: WireFields {
                public var index: Int32 = 0
                public var offset: Int64 = -1
                public var leaderEpoch: Int32 = -1
                public var metadata: String?
                public var error: ErrorCode = .none

                public init() {}

                public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                    try coder.integer(&index)
                    try coder.integer(&offset)
                    try coder.integer(&leaderEpoch)
                    try coder.nullableString(&metadata)
                    try coder.error(&error)
                    try coder.tags()
                }
            }
        }
    }
}

// AlterPartitionReassignments (key 45), versions 0-1, flexible from 0. Null replicas cancel a reassignment.

/// Where the replicas are to be.
public struct AlterPartitionReassignmentsRequest: WireMessage {
    public static let apiKey = APIKey.alterPartitionReassignments
    public var timeoutMilliseconds: Int32 = 60_000
    public var allowsReplicationFactorChange: Bool = true
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&timeoutMilliseconds)
        if coder.version >= 1 { try coder.boolean(&allowsReplicationFactorChange) }
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
            public var replicas: [Int32]?

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.nullableIntegers(&replicas)
                try coder.tags()
            }
        }
    }
}

/// One result a partition.
public struct AlterPartitionReassignmentsResponse: WireMessage {
    public static let apiKey = APIKey.alterPartitionReassignments
    public var throttleTimeMilliseconds: Int32 = 0
    public var allowsReplicationFactorChange: Bool = true
    public var error: ErrorCode = .none
    public var errorMessage: String?
    public var topics: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        if coder.version >= 1 { try coder.boolean(&allowsReplicationFactorChange) }
        try coder.error(&error)
        try coder.nullableString(&errorMessage)
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
            public var errorMessage: String?

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.error(&error)
                try coder.nullableString(&errorMessage)
                try coder.tags()
            }
        }
    }
}

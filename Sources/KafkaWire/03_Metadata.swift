// Metadata (key 3), versions 0-13, flexible from 9: brokers, topics and partitions.
// Version 0 asks for all topics with an empty array, later ones with null. Version 4 adds the wish to
// create what is missing; 8-10 authorised operations; 10 topic ids; 12 asks by topic id; 13 answers with an error of its own.

/// Which topics to describe.
public struct MetadataRequest: WireMessage {
    public static let apiKey = APIKey.metadata
    public var topics: [Topic]?
    public var allowsAutoTopicCreation: Bool = true
    public var includesClusterAuthorizedOperations: Bool = false
    public var includesTopicAuthorizedOperations: Bool = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.nullableArray(&topics)
        if coder.version >= 4 { try coder.boolean(&allowsAutoTopicCreation) }
        if (8...10).contains(coder.version) { try coder.boolean(&includesClusterAuthorizedOperations) }
        if coder.version >= 8 { try coder.boolean(&includesTopicAuthorizedOperations) }
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var id: TopicID = .none
        public var name: String?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            if coder.version >= 10 { try coder.uuid(&id) }
            try coder.nullableString(&name)
            try coder.tags()
        }
    }
}

/// The cluster as its clients see it.
public struct MetadataResponse: WireMessage {
    public static let apiKey = APIKey.metadata
    public var throttleTimeMilliseconds: Int32 = 0
    public var brokers: [Broker] = []
    public var clusterID: String?
    public var controllerID: Int32 = -1
    public var topics: [Topic] = []
    public var clusterAuthorizedOperations: Int32 = Int32.min
    public var error: ErrorCode = .none

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 3 { try coder.integer(&throttleTimeMilliseconds) }
        try coder.array(&brokers)
        if coder.version >= 2 { try coder.nullableString(&clusterID) }
        if coder.version >= 1 { try coder.integer(&controllerID) }
        try coder.array(&topics)
        if (8...10).contains(coder.version) { try coder.integer(&clusterAuthorizedOperations) }
        if coder.version >= 13 { try coder.error(&error) }
        try coder.tags()
    }

    public struct Broker: WireFields {
        public var nodeID: Int32 = 0
        public var host: String = ""
        public var port: Int32 = 0
        public var rack: String?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.integer(&nodeID)
            try coder.string(&host)
            try coder.integer(&port)
            if coder.version >= 1 { try coder.nullableString(&rack) }
            try coder.tags()
        }
    }

    public struct Topic: WireFields {
        public var error: ErrorCode = .none
        public var name: String?
        public var id: TopicID = .none
        public var isInternal: Bool = false
        public var partitions: [Partition] = []
        public var authorizedOperations: Int32 = Int32.min

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.error(&error)
            try coder.nullableString(&name)
            if coder.version >= 10 { try coder.uuid(&id) }
            if coder.version >= 1 { try coder.boolean(&isInternal) }
            try coder.array(&partitions)
            if coder.version >= 8 { try coder.integer(&authorizedOperations) }
            try coder.tags()
        }

        public struct Partition: WireFields {
            public var error: ErrorCode = .none
            public var index: Int32 = 0
            public var leaderID: Int32 = 0
            public var leaderEpoch: Int32 = -1
            public var replicas: [Int32] = []
            public var inSyncReplicas: [Int32] = []
            public var offlineReplicas: [Int32] = []

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.error(&error)
                try coder.integer(&index)
                try coder.integer(&leaderID)
                if coder.version >= 7 { try coder.integer(&leaderEpoch) }
                try coder.integers(&replicas)
                try coder.integers(&inSyncReplicas)
                if coder.version >= 5 { try coder.integers(&offlineReplicas) }
                try coder.tags()
            }
        }
    }
}

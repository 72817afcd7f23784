// ConsumerGroupHeartbeat (key 68), versions 0-1, flexible from 0: the one request of a member of the consumer
// protocol (KIP-848). Null or -1 means unchanged since the last. Epoch 0 joins, -1 leaves, -2 leaves for a
// static member's restart. 1 adds the subscription by regular expression, and ids that the client makes.

/// Partitions of a topic, by its id.
public struct TopicIDPartitions: WireFields {
    public var id = TopicID.none
    public var partitions: [Int32] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.uuid(&id)
        try coder.integers(&partitions)
        try coder.tags()
    }
}

/// What a member wants, and what it has.
public struct ConsumerGroupHeartbeatRequest: WireMessage {
    public static let apiKey = APIKey.consumerGroupHeartbeat
    public var groupID: String = ""
    public var memberID: String = ""
    public var memberEpoch: Int32 = 0
    public var instanceID: String?
    public var rackID: String?
    public var rebalanceTimeoutMilliseconds: Int32 = -1
    public var subscribedTopics: [String]?
    public var subscribedPattern: String?
    public var assignor: String?
    public var ownedPartitions: [TopicIDPartitions]?

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.string(&groupID)
        try coder.string(&memberID)
        try coder.integer(&memberEpoch)
        try coder.nullableString(&instanceID)
        try coder.nullableString(&rackID)
        try coder.integer(&rebalanceTimeoutMilliseconds)
        try coder.nullableStrings(&subscribedTopics)
        if coder.version >= 1 { try coder.nullableString(&subscribedPattern) }
        try coder.nullableString(&assignor)
        try coder.nullableArray(&ownedPartitions)
        try coder.tags()
    }
}

/// The member's epoch, and its assignment when that has changed.
public struct ConsumerGroupHeartbeatResponse: WireMessage {
    public static let apiKey = APIKey.consumerGroupHeartbeat
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var errorMessage: String?
    public var memberID: String?
    public var memberEpoch: Int32 = 0
    public var heartbeatIntervalMilliseconds: Int32 = 0
    public var assignment: [TopicIDPartitions]?

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.error(&error)
        try coder.nullableString(&errorMessage)
        try coder.nullableString(&memberID)
        try coder.integer(&memberEpoch)
        try coder.integer(&heartbeatIntervalMilliseconds)
        // A structure that may be null: one byte says whether it is there.
        var presence: Int8 = assignment == nil ? -1 : 1
        try coder.integer(&presence)
        if presence >= 0 {
            var partitions = assignment ?? []
            try coder.array(&partitions)
            assignment = partitions
            try coder.tags()
        } else {
            assignment = nil
        }
        try coder.tags()
    }
}

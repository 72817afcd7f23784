// ConsumerGroupDescribe (key 69), versions 0-1, flexible from 0: groups of the consumer protocol (KIP-848) with
// what their members have and shall have. 1 adds which protocol a member speaks.

/// The groups to describe.
public struct ConsumerGroupDescribeRequest: WireMessage {
    public static let apiKey = APIKey.consumerGroupDescribe
    public var groups: [String] = []
    public var includesAuthorizedOperations = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.strings(&groups)
        try coder.boolean(&includesAuthorizedOperations)
        try coder.tags()
    }
}

/// Their state.
public struct ConsumerGroupDescribeResponse: WireMessage {
    public static let apiKey = APIKey.consumerGroupDescribe
    public var throttleTimeMilliseconds: Int32 = 0
    public var groups: [Group] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.array(&groups)
        try coder.tags()
    }

    public struct Group: WireFields {
        public var error: ErrorCode = .none
        public var errorMessage: String?
        public var groupID: String = ""
        public var state: String = ""
        public var epoch: Int32 = 0
        public var assignmentEpoch: Int32 = 0
        public var assignor: String = ""
        public var members: [Member] = []
        public var authorizedOperations: Int32 = Int32.min

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.error(&error)
            try coder.nullableString(&errorMessage)
            try coder.string(&groupID)
            try coder.string(&state)
            try coder.integer(&epoch)
            try coder.integer(&assignmentEpoch)
            try coder.string(&assignor)
            try coder.array(&members)
            try coder.integer(&authorizedOperations)
            try coder.tags()
        }
    }

    public struct Member: WireFields {
        public var memberID: String = ""
        public var instanceID: String?
        public var rackID: String?
        public var epoch: Int32 = 0
        public var clientID: String = ""
        public var clientHost: String = ""
        public var subscribedTopics: [String] = []
        public var subscribedPattern: String?
        public var assignment = Assignment()
        public var target = Assignment()
        /// 0 for one of the classic protocol, 1 for one of the consumer protocol.
        public var type: Int8 = -1

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&memberID)
            try coder.nullableString(&instanceID)
            try coder.nullableString(&rackID)
            try coder.integer(&epoch)
            try coder.string(&clientID)
            try coder.string(&clientHost)
            try coder.strings(&subscribedTopics)
            try coder.nullableString(&subscribedPattern)
            try assignment.fields(&coder)
            try target.fields(&coder)
            if coder.version >= 1 { try coder.integer(&type) }
            try coder.tags()
        }
    }

    public struct Assignment: WireFields {
        public var topics: [Topic] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.array(&topics)
            try coder.tags()
        }
    }

    public struct Topic: WireFields {
        public var id = TopicID.none
        public var name: String = ""
        public var partitions: [Int32] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.uuid(&id)
            try coder.string(&name)
            try coder.integers(&partitions)
            try coder.tags()
        }
    }
}

// AddRaftVoter (key 80), versions 0-1, flexible from 0.

/// The controller to add.
public struct AddRaftVoterRequest: WireMessage {
    public static let apiKey = APIKey.addRaftVoter
    public var clusterID: String?
    public var timeoutMilliseconds: Int32 = 0
    public var voterID: Int32 = 0
    public var voterDirectoryID: TopicID = .none
    public var listeners: [Listener] = []
    public var acknowledgesWhenCommitted: Bool = true

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.nullableString(&clusterID)
        try coder.integer(&timeoutMilliseconds)
        try coder.integer(&voterID)
        try coder.uuid(&voterDirectoryID)
        try coder.array(&listeners)
        if coder.version >= 1 { try coder.boolean(&acknowledgesWhenCommitted) }
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

/// Whether it votes.
public struct AddRaftVoterResponse: WireMessage {
    public static let apiKey = APIKey.addRaftVoter
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var errorMessage: String?

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.error(&error)
        try coder.nullableString(&errorMessage)
        try coder.tags()
    }
}

// FindCoordinator (key 10), versions 0-6, flexible from 3: who coordinates a group or transaction.
// Key type 0 is a group, 1 a transactional id; version 4 takes several keys;
// 5 and 6 are as 4, for clients that know more errors and key types (2 is a share group's).

/// The group ids or transactional ids asked about.
public struct FindCoordinatorRequest: WireMessage {
    public static let apiKey = APIKey.findCoordinator
    public var key: String = ""
    public var keyType: Int8 = 0
    public var keys: [String] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version <= 3 { try coder.string(&key) }
        if coder.version >= 1 { try coder.integer(&keyType) }
        if coder.version >= 4 { try coder.strings(&keys) }
        try coder.tags()
    }
}

/// The coordinating broker.
public struct FindCoordinatorResponse: WireMessage {
    public static let apiKey = APIKey.findCoordinator
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var errorMessage: String?
    public var nodeID: Int32 = -1
    public var host: String = ""
    public var port: Int32 = -1
    public var coordinators: [Coordinator] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 1 { try coder.integer(&throttleTimeMilliseconds) }
        if coder.version <= 3 { try coder.error(&error) }
        if (1...3).contains(coder.version) { try coder.nullableString(&errorMessage) }
        if coder.version <= 3 { try coder.integer(&nodeID) }
        if coder.version <= 3 { try coder.string(&host) }
        if coder.version <= 3 { try coder.integer(&port) }
        if coder.version >= 4 { try coder.array(&coordinators) }
        try coder.tags()
    }

    public struct Coordinator: WireFields {
        public var key: String = ""
        public var nodeID: Int32 = 0
        public var host: String = ""
        public var port: Int32 = 0
        public var error: ErrorCode = .none
        public var errorMessage: String?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&key)
            try coder.integer(&nodeID)
            try coder.string(&host)
            try coder.integer(&port)
            try coder.error(&error)
            try coder.nullableString(&errorMessage)
            try coder.tags()
        }
    }
}

// LeaveGroup (key 13), versions 0-5, flexible from 4: members leave. From version 3 several at once.

/// Who leaves.
public struct LeaveGroupRequest: WireMessage {
    public static let apiKey = APIKey.leaveGroup
    public var groupID: String = ""
    public var memberID: String = ""
    public var members: [Member] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.string(&groupID)
        if coder.version <= 2 { try coder.string(&memberID) }
        if coder.version >= 3 { try coder.array(&members) }
        try coder.tags()
    }

    public struct Member: WireFields {
        public var memberID: String = ""
        public var groupInstanceID: String?
        public var reason: String?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&memberID)
            try coder.nullableString(&groupInstanceID)
            if coder.version >= 5 { try coder.nullableString(&reason) }
            try coder.tags()
        }
    }
}

/// One error code a member from version 3 on.
public struct LeaveGroupResponse: WireMessage {
    public static let apiKey = APIKey.leaveGroup
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var members: [Member] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 1 { try coder.integer(&throttleTimeMilliseconds) }
        try coder.error(&error)
        if coder.version >= 3 { try coder.array(&members) }
        try coder.tags()
    }

    public struct Member: WireFields {
        public var memberID: String = ""
        public var groupInstanceID: String?
        public var error: ErrorCode = .none

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&memberID)
            try coder.nullableString(&groupInstanceID)
            try coder.error(&error)
            try coder.tags()
        }
    }
}

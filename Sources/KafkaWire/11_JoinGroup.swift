// JoinGroup (key 11), versions 0-9, flexible from 6: become a member of a consumer group.
// From version 4 a first join without a member id is answered with MEMBER_ID_REQUIRED and an id;
// 5 adds static membership; 7 the protocol type in the response; 8 a reason; 9 skipAssignment.

/// A member's wish to join, with the protocols that it speaks.
public struct JoinGroupRequest: WireMessage {
    public static let apiKey = APIKey.joinGroup
    public var groupID: String = ""
    public var sessionTimeoutMilliseconds: Int32 = 0
    public var rebalanceTimeoutMilliseconds: Int32 = -1
    public var memberID: String = ""
    public var groupInstanceID: String?
    public var protocolType: String = ""
    public var protocols: [GroupProtocol] = []
    public var reason: String?

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.string(&groupID)
        try coder.integer(&sessionTimeoutMilliseconds)
        if coder.version >= 1 { try coder.integer(&rebalanceTimeoutMilliseconds) }
        try coder.string(&memberID)
        if coder.version >= 5 { try coder.nullableString(&groupInstanceID) }
        try coder.string(&protocolType)
        try coder.array(&protocols)
        if coder.version >= 8 { try coder.nullableString(&reason) }
        try coder.tags()
    }

    public struct GroupProtocol: WireFields {
        public var name: String = ""
        public var metadata: [UInt8] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.bytes(&metadata)
            try coder.tags()
        }
    }
}

/// The generation that the member is part of; for the leader also all members.
public struct JoinGroupResponse: WireMessage {
    public static let apiKey = APIKey.joinGroup
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var generation: Int32 = -1
    public var protocolType: String?
    public var protocolName: String?
    public var leader: String = ""
    public var skipsAssignment: Bool = false
    public var memberID: String = ""
    public var members: [Member] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 2 { try coder.integer(&throttleTimeMilliseconds) }
        try coder.error(&error)
        try coder.integer(&generation)
        if coder.version >= 7 { try coder.nullableString(&protocolType) }
        if coder.version >= 7 {
            try coder.nullableString(&protocolName)
        } else {
            var name = protocolName ?? ""
            try coder.string(&name)
            protocolName = name
        }
        try coder.string(&leader)
        if coder.version >= 9 { try coder.boolean(&skipsAssignment) }
        try coder.string(&memberID)
        try coder.array(&members)
        try coder.tags()
    }

    public struct Member: WireFields {
        public var memberID: String = ""
        public var groupInstanceID: String?
        public var metadata: [UInt8] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&memberID)
            if coder.version >= 5 { try coder.nullableString(&groupInstanceID) }
            try coder.bytes(&metadata)
            try coder.tags()
        }
    }
}

// SyncGroup (key 14), versions 0-5, flexible from 4: the leader hands in, everybody takes, assignments.
// 3 adds the static instance id; 5 the protocol type and name, which must agree with the group's.

/// A member's wish for its assignment; the leader's carries everybody's.
public struct SyncGroupRequest: WireMessage {
    public static let apiKey = APIKey.syncGroup
    public var groupID: String = ""
    public var generation: Int32 = 0
    public var memberID: String = ""
    public var groupInstanceID: String?
    public var protocolType: String?
    public var protocolName: String?
    public var assignments: [Assignment] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.string(&groupID)
        try coder.integer(&generation)
        try coder.string(&memberID)
        if coder.version >= 3 { try coder.nullableString(&groupInstanceID) }
        if coder.version >= 5 { try coder.nullableString(&protocolType) }
        if coder.version >= 5 { try coder.nullableString(&protocolName) }
        try coder.array(&assignments)
        try coder.tags()
    }

    public struct Assignment: WireFields {
        public var memberID: String = ""
        public var assignment: [UInt8] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&memberID)
            try coder.bytes(&assignment)
            try coder.tags()
        }
    }
}

/// The member's assignment.
public struct SyncGroupResponse: WireMessage {
    public static let apiKey = APIKey.syncGroup
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var protocolType: String?
    public var protocolName: String?
    public var assignment: [UInt8] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 1 { try coder.integer(&throttleTimeMilliseconds) }
        try coder.error(&error)
        if coder.version >= 5 { try coder.nullableString(&protocolType) }
        if coder.version >= 5 { try coder.nullableString(&protocolName) }
        try coder.bytes(&assignment)
        try coder.tags()
    }
}

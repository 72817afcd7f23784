// Heartbeat (key 12), versions 0-4, flexible from 4: a member is alive. 3 adds the static instance id.

/// A sign of life.
public struct HeartbeatRequest: WireMessage {
    public static let apiKey = APIKey.heartbeat
    public var groupID: String = ""
    public var generation: Int32 = 0
    public var memberID: String = ""
    public var groupInstanceID: String?

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.string(&groupID)
        try coder.integer(&generation)
        try coder.string(&memberID)
        if coder.version >= 3 { try coder.nullableString(&groupInstanceID) }
        try coder.tags()
    }
}

/// REBALANCE_IN_PROGRESS tells the member to join again.
public struct HeartbeatResponse: WireMessage {
    public static let apiKey = APIKey.heartbeat
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 1 { try coder.integer(&throttleTimeMilliseconds) }
        try coder.error(&error)
        try coder.tags()
    }
}

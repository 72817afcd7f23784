// RemoveRaftVoter (key 81), version 0, flexible.

/// The controller to remove.
public struct RemoveRaftVoterRequest: WireMessage {
    public static let apiKey = APIKey.removeRaftVoter
    public var clusterID: String?
    public var voterID: Int32 = 0
    public var voterDirectoryID: TopicID = .none

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.nullableString(&clusterID)
        try coder.integer(&voterID)
        try coder.uuid(&voterDirectoryID)
        try coder.tags()
    }
}

/// Whether it is gone.
public struct RemoveRaftVoterResponse: WireMessage {
    public static let apiKey = APIKey.removeRaftVoter
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

// DeleteGroups (key 42), versions 0-2, flexible from 2: forgets empty groups.

/// The groups.
public struct DeleteGroupsRequest: WireMessage {
    public static let apiKey = APIKey.deleteGroups
    public var groups: [String] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.strings(&groups)
        try coder.tags()
    }
}

/// One result a group.
public struct DeleteGroupsResponse: WireMessage {
    public static let apiKey = APIKey.deleteGroups
    public var throttleTimeMilliseconds: Int32 = 0
    public var results: [Result] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.array(&results)
        try coder.tags()
    }

    public struct Result: WireFields {
        public var groupID: String = ""
        public var error: ErrorCode = .none

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&groupID)
            try coder.error(&error)
            try coder.tags()
        }
    }
}

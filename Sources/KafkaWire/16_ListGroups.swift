// ListGroups (key 16), versions 0-4, flexible from 3: all groups. 4 filters by state.

/// The states wanted; none means all.
public struct ListGroupsRequest: WireMessage {
    public static let apiKey = APIKey.listGroups
    public var statesFilter: [String] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 4 { try coder.strings(&statesFilter) }
        try coder.tags()
    }
}

/// The groups.
public struct ListGroupsResponse: WireMessage {
    public static let apiKey = APIKey.listGroups
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var groups: [Group] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 1 { try coder.integer(&throttleTimeMilliseconds) }
        try coder.error(&error)
        try coder.array(&groups)
        try coder.tags()
    }

    public struct Group: WireFields {
        public var groupID: String = ""
        public var protocolType: String = ""
        public var state: String = ""

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&groupID)
            try coder.string(&protocolType)
            if coder.version >= 4 { try coder.string(&state) }
            try coder.tags()
        }
    }
}

// ListGroups (key 16), versions 0-5, flexible from 3: all groups. 4 filters by state, 5 by type.

/// The states and types wanted; none means all.
public struct ListGroupsRequest: WireMessage {
    public static let apiKey = APIKey.listGroups
    public var statesFilter: [String] = []
    public var typesFilter: [String] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 4 { try coder.strings(&statesFilter) }
        if coder.version >= 5 { try coder.strings(&typesFilter) }
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
        public var type: String = ""

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&groupID)
            try coder.string(&protocolType)
            if coder.version >= 4 { try coder.string(&state) }
            if coder.version >= 5 { try coder.string(&type) }
            try coder.tags()
        }
    }
}

// DescribeGroups (key 15), versions 0-6, flexible from 5: state and members of groups.
// A group that does not exist is described as Dead, from version 6 with GROUP_ID_NOT_FOUND.

/// The groups to describe.
public struct DescribeGroupsRequest: WireMessage {
    public static let apiKey = APIKey.describeGroups
    public var groups: [String] = []
    public var includesAuthorizedOperations: Bool = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.strings(&groups)
        if coder.version >= 3 { try coder.boolean(&includesAuthorizedOperations) }
        try coder.tags()
    }
}

/// Their state.
public struct DescribeGroupsResponse: WireMessage {
    public static let apiKey = APIKey.describeGroups
    public var throttleTimeMilliseconds: Int32 = 0
    public var groups: [Group] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 1 { try coder.integer(&throttleTimeMilliseconds) }
        try coder.array(&groups)
        try coder.tags()
    }

    public struct Group: WireFields {
        public var error: ErrorCode = .none
        public var errorMessage: String?
        public var groupID: String = ""
        public var state: String = ""
        public var protocolType: String = ""
        public var protocolName: String = ""
        public var members: [Member] = []
        public var authorizedOperations: Int32 = Int32.min

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.error(&error)
            if coder.version >= 6 { try coder.nullableString(&errorMessage) }
            try coder.string(&groupID)
            try coder.string(&state)
            try coder.string(&protocolType)
            try coder.string(&protocolName)
            try coder.array(&members)
            if coder.version >= 3 { try coder.integer(&authorizedOperations) }
            try coder.tags()
        }

        public struct Member: WireFields {
            public var memberID: String = ""
            public var groupInstanceID: String?
            public var clientID: String = ""
            public var clientHost: String = ""
            public var metadata: [UInt8] = []
            public var assignment: [UInt8] = []

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.string(&memberID)
                if coder.version >= 4 { try coder.nullableString(&groupInstanceID) }
                try coder.string(&clientID)
                try coder.string(&clientHost)
                try coder.bytes(&metadata)
                try coder.bytes(&assignment)
                try coder.tags()
            }
        }
    }
}

// ListConfigResources (key 74), versions 0-1, flexible from 0. 0 knows client metrics alone; 1 takes any types:
// 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.

/// The types; none means all.
public struct ListConfigResourcesRequest: WireMessage {
    public static let apiKey = APIKey.listConfigResources
    public var types: [Int8] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 1 { try coder.integers(&types) }
        try coder.tags()
    }
}

/// What has, or can have, settings.
public struct ListConfigResourcesResponse: WireMessage {
    public static let apiKey = APIKey.listConfigResources
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var resources: [Resource] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.error(&error)
        try coder.array(&resources)
        try coder.tags()
    }

    public struct Resource: WireFields {
        public var name: String = ""
        public var type: Int8 = 16

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            if coder.version >= 1 { try coder.integer(&type) }
            try coder.tags()
        }
    }
}

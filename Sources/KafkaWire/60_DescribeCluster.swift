// DescribeCluster (key 60), versions 0-2, flexible from 0. 1 adds the endpoint type (1 = brokers), 2 fenced brokers.

/// What to include.
public struct DescribeClusterRequest: WireMessage {
    public static let apiKey = APIKey.describeCluster
    public var includesAuthorizedOperations: Bool = false
    public var endpointType: Int8 = 1
    public var includesFencedBrokers: Bool = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.boolean(&includesAuthorizedOperations)
        if coder.version >= 1 { try coder.integer(&endpointType) }
        if coder.version >= 2 { try coder.boolean(&includesFencedBrokers) }
        try coder.tags()
    }
}

/// The cluster.
public struct DescribeClusterResponse: WireMessage {
    public static let apiKey = APIKey.describeCluster
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var errorMessage: String?
    public var endpointType: Int8 = 1
    public var clusterID: String = ""
    public var controllerID: Int32 = -1
    public var brokers: [Broker] = []
    public var authorizedOperations: Int32 = Int32.min

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.error(&error)
        try coder.nullableString(&errorMessage)
        if coder.version >= 1 { try coder.integer(&endpointType) }
        try coder.string(&clusterID)
        try coder.integer(&controllerID)
        try coder.array(&brokers)
        try coder.integer(&authorizedOperations)
        try coder.tags()
    }

    public struct Broker: WireFields {
        public var id: Int32 = 0
        public var host: String = ""
        public var port: Int32 = 0
        public var rack: String?
        public var isFenced: Bool = false

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.integer(&id)
            try coder.string(&host)
            try coder.integer(&port)
            try coder.nullableString(&rack)
            if coder.version >= 2 { try coder.boolean(&isFenced) }
            try coder.tags()
        }
    }
}

// UnregisterBroker (key 64), version 0, flexible.

/// Which broker has left for good.
public struct UnregisterBrokerRequest: WireMessage {
    public static let apiKey = APIKey.unregisterBroker
    public var brokerID: Int32 = 0

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&brokerID)
        try coder.tags()
    }
}

/// Whether it is forgotten.
public struct UnregisterBrokerResponse: WireMessage {
    public static let apiKey = APIKey.unregisterBroker
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

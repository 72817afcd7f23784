// AddOffsetsToTxn (key 25), versions 0-4, flexible from 3: a transaction will commit a group's offsets.

/// The group.
public struct AddOffsetsToTransactionRequest: WireMessage {
    public static let apiKey = APIKey.addOffsetsToTransaction
    public var transactionalID: String = ""
    public var producerID: Int64 = 0
    public var producerEpoch: Int16 = 0
    public var groupID: String = ""

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.string(&transactionalID)
        try coder.integer(&producerID)
        try coder.integer(&producerEpoch)
        try coder.string(&groupID)
        try coder.tags()
    }
}

/// The result.
public struct AddOffsetsToTransactionResponse: WireMessage {
    public static let apiKey = APIKey.addOffsetsToTransaction
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.error(&error)
        try coder.tags()
    }
}

// EndTxn (key 26), versions 0-5, flexible from 3: commit or abort. From 5 on (KIP-890) each end raises the
// producer's epoch, so the answer carries the identity for the next transaction.

/// The decision.
public struct EndTransactionRequest: WireMessage {
    public static let apiKey = APIKey.endTransaction
    public var transactionalID: String = ""
    public var producerID: Int64 = 0
    public var producerEpoch: Int16 = 0
    public var isCommitted: Bool = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.string(&transactionalID)
        try coder.integer(&producerID)
        try coder.integer(&producerEpoch)
        try coder.boolean(&isCommitted)
        try coder.tags()
    }
}

/// The result.
public struct EndTransactionResponse: WireMessage {
    public static let apiKey = APIKey.endTransaction
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var producerID: Int64 = -1
    public var producerEpoch: Int16 = -1

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.error(&error)
        try coder.integer(&producerID, from: 5)
        try coder.integer(&producerEpoch, from: 5)
        try coder.tags()
    }
}

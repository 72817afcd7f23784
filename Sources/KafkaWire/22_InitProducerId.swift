// InitProducerId (key 22), versions 0-6, flexible from 2: an identity for an idempotent or
// transactional producer. 3 lets a producer raise its own epoch (KIP-360); 4 answers PRODUCER_FENCED; 5 knows
// TRANSACTION_ABORTABLE; 6 asks for two-phase commit, which Kafka 4.3 does not announce yet.

/// Who wants an identity; a transactional id aborts what its predecessor left open.
public struct InitProducerIDRequest: WireMessage {
    public static let apiKey = APIKey.initProducerID
    public var transactionalID: String?
    public var transactionTimeoutMilliseconds: Int32 = 0
    public var producerID: Int64 = -1
    public var producerEpoch: Int16 = -1
    public var enablesTwoPhaseCommit = false
    public var keepsPreparedTransaction = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.nullableString(&transactionalID)
        try coder.integer(&transactionTimeoutMilliseconds)
        if coder.version >= 3 { try coder.integer(&producerID) }
        if coder.version >= 3 { try coder.integer(&producerEpoch) }
        if coder.version >= 6 { try coder.boolean(&enablesTwoPhaseCommit) }
        if coder.version >= 6 { try coder.boolean(&keepsPreparedTransaction) }
        try coder.tags()
    }
}

/// The identity.
public struct InitProducerIDResponse: WireMessage {
    public static let apiKey = APIKey.initProducerID
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var producerID: Int64 = -1
    public var producerEpoch: Int16 = -1
    public var ongoingProducerID: Int64 = -1
    public var ongoingProducerEpoch: Int16 = -1

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.error(&error)
        try coder.integer(&producerID)
        try coder.integer(&producerEpoch)
        try coder.integer(&ongoingProducerID, from: 6)
        try coder.integer(&ongoingProducerEpoch, from: 6)
        try coder.tags()
    }
}

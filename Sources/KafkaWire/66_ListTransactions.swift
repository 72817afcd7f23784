// ListTransactions (key 66), versions 0-2, flexible from 0. 1 filters by duration, 2 by a pattern of the id.

/// The filters.
public struct ListTransactionsRequest: WireMessage {
    public static let apiKey = APIKey.listTransactions
    public var stateFilters: [String] = []
    public var producerIDFilters: [Int64] = []
    public var durationFilterMilliseconds: Int64 = -1
    public var transactionalIDPattern: String?

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.strings(&stateFilters)
        try coder.integers(&producerIDFilters)
        if coder.version >= 1 { try coder.integer(&durationFilterMilliseconds) }
        if coder.version >= 2 { try coder.nullableString(&transactionalIDPattern) }
        try coder.tags()
    }
}

/// The transactions.
public struct ListTransactionsResponse: WireMessage {
    public static let apiKey = APIKey.listTransactions
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var unknownStateFilters: [String] = []
    public var states: [State] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.error(&error)
        try coder.strings(&unknownStateFilters)
        try coder.array(&states)
        try coder.tags()
    }

    public struct State: WireFields {
        public var transactionalID: String = ""
        public var producerID: Int64 = 0
        public var state: String = ""

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&transactionalID)
            try coder.integer(&producerID)
            try coder.string(&state)
            try coder.tags()
        }
    }
}

// WriteTxnMarkers (key 27), versions 1-2, flexible from 1: ends transactions in partitions without asking their
// coordinator. A broker's request; an administrator sends it to end a transaction that hangs. Version 2 tells
// whether the producer raises its epoch with each transaction (KIP-1228).

/// The markers to write.
public struct WriteTransactionMarkersRequest: WireMessage {
    public static let apiKey = APIKey.writeTransactionMarkers
    public var markers: [Marker] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&markers)
        try coder.tags()
    }

    public struct Marker: WireFields {
        public var producerID: Int64 = 0
        public var producerEpoch: Int16 = 0
        public var isCommitted = false
        public var topics: [Topic] = []
        public var coordinatorEpoch: Int32 = 0
        public var transactionVersion: Int8 = 0

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.integer(&producerID)
            try coder.integer(&producerEpoch)
            try coder.boolean(&isCommitted)
            try coder.array(&topics)
            try coder.integer(&coordinatorEpoch)
            try coder.integer(&transactionVersion, from: 2)
            try coder.tags()
        }

        public struct Topic: WireFields {
            public var name: String = ""
            public var partitions: [Int32] = []

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.string(&name)
                try coder.integers(&partitions)
                try coder.tags()
            }
        }
    }
}

/// One error code a partition.
public struct WriteTransactionMarkersResponse: WireMessage {
    public static let apiKey = APIKey.writeTransactionMarkers
    public var markers: [Marker] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&markers)
        try coder.tags()
    }

    public struct Marker: WireFields {
        public var producerID: Int64 = 0
        public var topics: [Topic] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.integer(&producerID)
            try coder.array(&topics)
            try coder.tags()
        }

        public struct Topic: WireFields {
            public var name: String = ""
            public var partitions: [Partition] = []

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.string(&name)
                try coder.array(&partitions)
                try coder.tags()
            }

            public struct Partition: WireFields {
                public var index: Int32 = 0
                public var error: ErrorCode = .none

                public init() {}

                public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                    try coder.integer(&index)
                    try coder.error(&error)
                    try coder.tags()
                }
            }
        }
    }
}

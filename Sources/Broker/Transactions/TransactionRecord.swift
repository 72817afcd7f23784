// A transactional id's state and how it changes, as pure functions from state to state, with the record format
// of `__transaction_state` (Kafka's). Whoever changes a state writes the new one before it takes effect.
//
// With transaction version 2 (KIP-890) the end of a transaction raises the producer's epoch, so that nothing
// sent late can get into the next one; when the epochs are used up, the end hands out a new producer id.
//
// Key, version 0: version i16, transactional id. Value, version 1, flexible: version i16, producer id i64,
// epoch i16, timeout i32, state i8, partitions (topic, partition i32s), update time i64, start time i64; tagged
// 0 previous producer id i64, 1 next producer id i64, 2 the client's transaction version i16. Version 0 is the
// same without compact lengths and tags.

import KafkaWire

/// A transaction's state; raw values as in the log.
enum TransactionState: Int8, Sendable {
    /// No transaction yet. To ongoing.
    case empty = 0
    /// Partitions were added. To prepareCommit or prepareAbort.
    case ongoing = 1
    /// Decided and durable; markers are being written. To completeCommit.
    case prepareCommit = 2
    /// To completeAbort.
    case prepareAbort = 3
    /// All markers are durable. To ongoing.
    case completeCommit = 4
    case completeAbort = 5

    /// The name that DescribeTransactions shows.
    var name: String {
        switch self {
        case .empty: "Empty"
        case .ongoing: "Ongoing"
        case .prepareCommit: "PrepareCommit"
        case .prepareAbort: "PrepareAbort"
        case .completeCommit: "CompleteCommit"
        case .completeAbort: "CompleteAbort"
        }
    }

    var isEnding: Bool { self == .prepareCommit || self == .prepareAbort }
    /// The names that a filter may give; the last two are states that Kafka has and this coordinator has not.
    static let names: Set<String> = [
        "Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort", "Dead",
        "PrepareEpochFence",
    ]
}

/// How the producer ends transactions.
enum TransactionVersion: Int16, Sendable {
    case keepsEpoch = 0
    case raisesEpoch = 2
}

/// The state of one transactional id.
struct TransactionRecord: Equatable, Sendable {
    var producerID: Int64
    /// The producer id whose epochs were used up before this one, or -1.
    var previousProducerID: Int64 = -1
    /// The producer id that the end of this transaction hands out, or -1.
    var nextProducerID: Int64 = -1
    /// -1 before the first producer.
    var epoch: Int16 = -1
    /// The epoch before, with which the same producer may repeat the request that raised it; -1 when another
    /// producer has taken over. Not in the log, as with Kafka.
    var lastEpoch: Int16 = -1
    var timeout: Int32
    var state = TransactionState.empty
    var partitions: Set<TopicPartition> = []
    var startTime: Int64 = -1
    var updateTime: Int64 = -1
    var version = TransactionVersion.keepsEpoch

    init(producerID: Int64, timeout: Int32) {
        self.producerID = producerID
        self.timeout = timeout
    }

    var outcome: TransactionOutcome { state == .prepareCommit ? .commit : .abort }
    /// Whether the next epoch would be the last, which is kept for fencing.
    var isEpochExhausted: Bool { Self.isExhausted(epoch) }
    static func isExhausted(_ epoch: Int16) -> Bool { epoch >= Int16.max - 1 }
    private var nextEpoch: Int16 { epoch == Int16.max ? epoch : epoch + 1 }

    // MARK: Transitions

    func adding(_ added: some Sequence<TopicPartition>, _ version: TransactionVersion, now: Int64) -> Self {
        var next = self
        if state != .ongoing {
            next.state = .ongoing
            next.partitions = []
            next.startTime = now
        }
        next.partitions.formUnion(added)
        next.version = version
        return next
    }

    /// The decision. `nextProducerID` is -1 unless the epochs are used up.
    func ending(
        _ outcome: TransactionOutcome, _ version: TransactionVersion, nextProducerID: Int64, now: Int64
    ) -> Self {
        var next = self
        if state != .ongoing {
            next.partitions = []
            next.startTime = now
        }
        next.state = outcome == .commit ? .prepareCommit : .prepareAbort
        next.version = version
        next.nextProducerID = nextProducerID
        if version == .raisesEpoch {
            next.lastEpoch = epoch
            next.epoch = nextEpoch
        }
        return next
    }

    /// All markers are written.
    func completed() -> Self {
        var next = self
        next.state = state == .prepareCommit ? .completeCommit : .completeAbort
        next.partitions = []
        if nextProducerID >= 0 {
            next.previousProducerID = producerID
            next.producerID = nextProducerID
            next.epoch = 0
            next.nextProducerID = -1
        }
        return next
    }

    /// A producer takes the id, or the same one goes on (`expected` is then its epoch); nil when that epoch is
    /// neither the present one nor the one before.
    func raisingEpoch(expected: Int16?, timeout: Int32) -> Self? {
        var next = idle(timeout)
        guard let expected else {
            next.lastEpoch = -1
            next.epoch = nextEpoch
            return next
        }
        if epoch < 0 || expected == epoch {
            next.lastEpoch = epoch
            next.epoch = nextEpoch
            return next
        }
        return expected == lastEpoch ? next : nil
    }

    /// The same with a new producer id, the epochs of the old one being used up.
    func rotated(to newProducerID: Int64, keepsLastEpoch: Bool, timeout: Int32) -> Self {
        var next = idle(timeout)
        next.previousProducerID = producerID
        next.producerID = newProducerID
        next.lastEpoch = keepsLastEpoch ? epoch : -1
        next.epoch = 0
        return next
    }

    private func idle(_ timeout: Int32) -> Self {
        var next = self
        next.timeout = timeout
        next.state = .empty
        next.partitions = []
        next.startTime = -1
        next.nextProducerID = -1
        return next
    }
}

// MARK: Log format

extension TransactionRecord {
    static func encodeKey(_ id: GroupName) -> [UInt8] {
        var coder = FieldCoder(version: 0)
        coder.put(Int16(0))
        coder.put(id.text)
        return coder.buffer
    }

    static func decodeKey(_ bytes: [UInt8]) -> GroupName? {
        var coder = FieldCoder(reading: bytes, range: 0..<bytes.count, version: 0, isFlexible: false)
        guard let version: Int16 = try? coder.take(), version == 0, let id = try? coder.takeString() else { return nil }
        return GroupName(id)
    }

    func encode() -> [UInt8] {
        var coder = FieldCoder(version: 1, isFlexible: true)
        coder.put(Int16(1))
        var fields = TransactionValue(self)
        // Encoding fixed fields has no failure.
        try? fields.fields(&coder)
        return coder.buffer
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count > 2 else { return nil }
        let version: Int16 = bytes[0] == 0 ? Int16(bytes[1]) : -1
        guard (0...1).contains(version) else { return nil }
        var coder = FieldCoder(reading: bytes, range: 2..<bytes.count, version: version, isFlexible: version == 1)
        var value = TransactionValue()
        guard (try? value.fields(&coder)) != nil, let state = TransactionState(rawValue: value.state) else {
            return nil
        }
        self.init(producerID: value.producerID, timeout: value.timeout)
        previousProducerID = max(-1, value.previousProducerID)
        nextProducerID = max(-1, value.nextProducerID)
        epoch = value.epoch
        self.state = state
        startTime = value.startTime
        updateTime = value.updateTime
        self.version = value.clientVersion >= 2 ? .raisesEpoch : .keepsEpoch
        for topic in value.topics ?? [] {
            for index in topic.partitions { partitions.insert(TopicPartition(topic: topic.name, index: index)) }
        }
    }
}

/// The fields of the log's value, in their order.
private struct TransactionValue: WireFields {
    var producerID: Int64 = -1
    var epoch: Int16 = -1
    var timeout: Int32 = 0
    var state: Int8 = 0
    var topics: [AddPartitionsToTransactionRequest.Topic]?
    var updateTime: Int64 = -1
    var startTime: Int64 = -1
    var previousProducerID: Int64 = -1
    var nextProducerID: Int64 = -1
    var clientVersion: Int16 = 0

    init() {}

    init(_ record: TransactionRecord) {
        producerID = record.producerID
        epoch = record.epoch
        timeout = record.timeout
        state = record.state.rawValue
        updateTime = record.updateTime
        startTime = record.startTime
        previousProducerID = record.previousProducerID
        nextProducerID = record.nextProducerID
        clientVersion = record.version.rawValue
        guard !record.partitions.isEmpty else { return }
        topics = Dictionary(grouping: record.partitions, by: \.topic).sorted { $0.key < $1.key }.map { name, members in
            var topic = AddPartitionsToTransactionRequest.Topic()
            topic.name = name
            topic.partitions = members.map(\.index).sorted()
            return topic
        }
    }

    mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&producerID)
        try coder.integer(&epoch)
        try coder.integer(&timeout)
        try coder.integer(&state)
        try coder.nullableArray(&topics)
        try coder.integer(&updateTime)
        try coder.integer(&startTime)
        guard coder.isFlexible else { return }
        if coder.isWriting {
            var tags: [(tag: UInt64, content: [UInt8])] = []
            if previousProducerID >= 0 { tags.append((0, encoded(previousProducerID))) }
            if nextProducerID >= 0 { tags.append((1, encoded(nextProducerID))) }
            if clientVersion != 0 { tags.append((2, encoded(clientVersion))) }
            return coder.putTags(tags)
        }
        for (tag, range) in try coder.takeTags() {
            var inner = FieldCoder(reading: coder.buffer, range: range, version: 1, isFlexible: true)
            switch tag {
            case 0: try inner.integer(&previousProducerID)
            case 1: try inner.integer(&nextProducerID)
            case 2: try inner.integer(&clientVersion)
            default: break
            }
        }
    }

    private func encoded<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) -> [UInt8] {
        var coder = FieldCoder(version: 1, isFlexible: true)
        coder.put(value)
        return coder.buffer
    }
}

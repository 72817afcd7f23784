// Transactional producers and their transactions, with the record format of `__transaction_state` (Kafka's).
//
// Key, version 0: version i16, transactional id. Value, version 0: version i16, producer id i64, epoch i16,
// timeout i32, state i8, partitions (topic, partition i32s; a null array when there are none), update time
// i64, start time i64.

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
}

/// One transactional id.
final class Transaction {
    let id: GroupName
    var producerID: Int64
    var epoch: Int16
    var timeout: Int32
    var state = TransactionState.empty
    var partitions: Set<TopicPartition> = []
    var startTime: Int64 = -1
    var updateTime: Int64
    /// What waits for the end of the transaction.
    var afterEnd: [() -> Void] = []

    init(id: GroupName, producerID: Int64, epoch: Int16, timeout: Int32, now: Int64) {
        self.id = id
        self.producerID = producerID
        self.epoch = epoch
        self.timeout = timeout
        updateTime = now
    }

    var outcome: TransactionOutcome { state == .prepareCommit ? .commit : .abort }

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
        var coder = FieldCoder(version: 0)
        coder.put(Int16(0))
        coder.put(producerID)
        coder.put(epoch)
        coder.put(timeout)
        coder.put(state.rawValue)
        if partitions.isEmpty {
            coder.put(Int32(-1))
        } else {
            let topics = Dictionary(grouping: partitions, by: \.topic).sorted { $0.key < $1.key }
            coder.put(Int32(truncatingIfNeeded: topics.count))
            for (topic, members) in topics {
                coder.put(topic)
                coder.put(Int32(truncatingIfNeeded: members.count))
                for member in members.sorted(by: { $0.index < $1.index }) { coder.put(member.index) }
            }
        }
        coder.put(updateTime)
        coder.put(startTime)
        return coder.buffer
    }

    init?(id: GroupName, _ bytes: [UInt8]) {
        self.id = id
        var coder = FieldCoder(reading: bytes, range: 0..<bytes.count, version: 0, isFlexible: false)
        do throws(WireError) {
            let version: Int16 = try coder.take()
            producerID = try coder.take()
            epoch = try coder.take()
            timeout = try coder.take()
            guard version == 0, let state = TransactionState(rawValue: try coder.take()) else { return nil }
            self.state = state
            let topicCount: Int32 = try coder.take()
            for _ in 0..<max(0, topicCount) {
                let topic = try coder.takeString()
                let count: Int32 = try coder.take()
                for _ in 0..<max(0, count) {
                    partitions.insert(TopicPartition(topic: topic, index: try coder.take()))
                }
            }
            updateTime = try coder.take()
            startTime = try coder.take()
        } catch {
            return nil
        }
    }
}

/// All transactional ids.
struct TransactionTable {
    private(set) var all: [GroupName: Transaction] = [:]
    /// By producer id, including ids that a transactional id has given up: those are fenced.
    private var byProducer: [Int64: Transaction] = [:]

    subscript(id: GroupName) -> Transaction? { all[id] }

    mutating func insert(_ transaction: Transaction) {
        all[transaction.id] = transaction
        byProducer[transaction.producerID] = transaction
    }

    mutating func remove(_ transaction: Transaction) {
        all[transaction.id] = nil
        byProducer = byProducer.filter { $0.value !== transaction }
    }

    /// Whether the producer's open transaction has the partition.
    func holds(_ id: String?, _ producerID: Int64, _ epoch: Int16, _ topic: String, _ index: Int32) -> Bool {
        guard let id, let transaction = all[GroupName(id)] else { return false }
        return transaction.producerID == producerID && transaction.epoch == epoch && transaction.state == .ongoing
            && transaction.partitions.contains(TopicPartition(topic: topic, index: index))
    }

    /// Whether a newer producer has taken this one's place.
    func isFenced(_ producerID: Int64, _ epoch: Int16) -> Bool {
        guard let transaction = byProducer[producerID] else { return false }
        return transaction.producerID != producerID || transaction.epoch > epoch
    }
}

// A member of a group of the consumer protocol (KIP-848), and what is said of it to others.

import KafkaWire

/// Partitions by topic id; topics without partitions are left out.
typealias PartitionMap = [TopicID: Set<Int32>]

/// One member.
struct ConsumerMember {
    /// How far a member is on the way to its target; raw values as in the log.
    enum State: Int8 {
        case stable = 0
        /// It still owns what others are to have.
        case unrevoked = 1
        /// It waits for what others still own.
        case unreleased = 2
    }

    var id: String
    var instanceID: String?
    var rackID: String?
    var clientID = ""
    var clientHost = ""
    /// In milliseconds.
    var rebalanceTimeout: Int32 = -1
    /// Sorted, each once.
    var topics: [String] = []
    var pattern: String?
    var assignor: String?
    /// 0 before it has joined; -2 while a static member is away.
    var epoch: Int32 = 0
    var previousEpoch: Int32 = -1
    var state = State.stable
    var assigned: PartitionMap = [:]
    /// What it has been asked to give up and has not said it has.
    var revoking: PartitionMap = [:]
    /// What the assignor wants it to have.
    var target: PartitionMap = [:]

    /// Without a heartbeat until then it is removed.
    var expiresAt: Int64 = 0
    /// Until when it must have done what it is asked to: to give up partitions, or of the classic protocol, to join
    /// again or to ask for its assignment.
    var deadline: Int64?
    var timerAt = Int64.max
    /// Set if it speaks the classic protocol.
    var classic: ClassicMembership?

    static let awayEpoch: Int32 = -2

    func isReconciled(to epoch: Int32) -> Bool { state == .stable && self.epoch == epoch }
    /// What to tell of its description has changed.
    func differs(from other: ConsumerMember) -> Bool {
        instanceID != other.instanceID || rackID != other.rackID || clientID != other.clientID
            || clientHost != other.clientHost || rebalanceTimeout != other.rebalanceTimeout || topics != other.topics
            || pattern != other.pattern || assignor != other.assignor || classic != other.classic
    }

    /// Where it is on its way has changed.
    func hasMoved(from other: ConsumerMember) -> Bool {
        epoch != other.epoch || previousEpoch != other.previousEpoch || state != other.state
            || assigned != other.assigned || revoking != other.revoking
    }
}

/// Why a member's request is refused.
struct GroupRefusal: Error {
    var code: ErrorCode
    var reason: String

    init(_ code: ErrorCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

/// What a group needs to know of topics.
struct TopicView {
    /// Changes whenever a topic comes, goes or grows.
    var revision: Int
    var names: () -> [String]
    var find: (String) -> (id: TopicID, partitions: Int)?
}

extension PartitionMap {
    init(_ list: [TopicIDPartitions]) {
        self.init()
        for item in list where !item.partitions.isEmpty { self[item.id, default: []].formUnion(item.partitions) }
    }

    /// In a fixed order.
    var list: [TopicIDPartitions] {
        sorted { ($0.key.high, $0.key.low) < ($1.key.high, $1.key.low) }.map { id, partitions in
            var item = TopicIDPartitions()
            item.id = id
            item.partitions = partitions.sorted()
            return item
        }
    }

    func isSubset(of other: PartitionMap) -> Bool {
        allSatisfy { id, partitions in partitions.isSubset(of: other[id] ?? []) }
    }

    func intersects(_ other: PartitionMap) -> Bool {
        contains { id, partitions in !partitions.isDisjoint(with: other[id] ?? []) }
    }

    mutating func insert(_ partition: Int32, of id: TopicID) { self[id, default: []].insert(partition) }
}

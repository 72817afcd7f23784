// A member of a consumer group, and what a group asks of the world.

import KafkaWire

/// One protocol that a member speaks, with its subscription.
struct GroupProtocol: Equatable, Sendable {
    var name: String
    var metadata: [UInt8]
}

/// One member.
struct GroupMember {
    var id: String
    var instanceID: String?
    var clientID: String
    var clientHost: String
    var sessionTimeout: Int64
    var rebalanceTimeout: Int64
    var protocols: [GroupProtocol]
    var assignment: [UInt8] = []
    /// Without a sign of life until then it is removed.
    var expiresAt: Int64
    /// When its earliest timer is due: a later one needs no timer of its own.
    var timerAt = Int64.max
    /// Not yet part of a generation. Its waiting JoinGroup does not keep it alive then: whoever asked may be
    /// gone without our seeing it, and would ask again as yet another member.
    var isNew = false
    /// Has its generation, but has not asked for its assignment.
    var owesSync = false
    /// Set while a JoinGroup of this member waits for its answer.
    var joining: ReplyTarget?
    /// Set while a SyncGroup of this member waits for the leader's.
    var syncing: ReplyTarget?

    func metadata(of name: String) -> [UInt8] {
        protocols.first { $0.name == name }?.metadata ?? []
    }

    /// A member whose request waits for us is not silent.
    var isWaiting: Bool { !isNew && (joining != nil || syncing != nil) }
}

/// What holds for all groups of a broker.
struct GroupPolicy {
    /// How long the first rebalance of an empty group waits for more members, in milliseconds.
    var initialDelay: Int64 = 0
    var sizeMax = Int(Int32.max)
    /// How long the first JoinGroup of a member may wait, in milliseconds.
    var newMemberTimeout: Int64 = 300_000
}

/// Group states, by the names that DescribeGroups shows.
enum GroupState: String, Sendable {
    /// No members; offsets may be there.
    case empty = "Empty"
    /// Waiting for members to join. To completingRebalance, or empty.
    case preparingRebalance = "PreparingRebalance"
    /// Waiting for the leader's assignment. To stable, or preparingRebalance.
    case completingRebalance = "CompletingRebalance"
    /// All have their assignment. To preparingRebalance.
    case stable = "Stable"
}

/// What a step of a group leads to.
enum GroupAction {
    case joined(ReplyTarget, JoinGroupResponse)
    case synced(ReplyTarget, SyncGroupResponse)
    /// Call `memberDeadline` then.
    case memberTimer(String, at: Int64)
    /// Call `rebalanceDeadline` then.
    case rebalanceTimer(at: Int64)
    /// Call `syncDeadline` then.
    case syncTimer(generation: Int32, at: Int64)
    /// Write the group to the log; the actions after it wait until that is durable.
    case persist
}

extension String {
    /// Byte by byte: two ids that only look alike are two.
    func isIdentical(to other: String) -> Bool { self == other && utf8.elementsEqual(other.utf8) }
}

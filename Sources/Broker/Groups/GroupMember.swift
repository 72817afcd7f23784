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
    var lastSeen: Int64
    /// Set while a JoinGroup of this member waits for its answer.
    var joining: ReplyTarget?
    /// Set while a SyncGroup of this member waits for the leader's.
    var syncing: ReplyTarget?

    func metadata(of name: String) -> [UInt8] {
        protocols.first { $0.name == name }?.metadata ?? []
    }
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
    /// Write the group to the log; the actions after it wait until that is durable.
    case persist
}

// The classic consumer-group protocol of one group as a state machine: events in, actions out, no I/O and
// no clock. Joining collects members until all have joined or the rebalance timeout is over; the leader's
// SyncGroup distributes assignments; silence longer than the session timeout removes a member. This file
// has the state and joining; GroupRebalance.swift what joining leads to, GroupSession.swift what a member
// of a generation sends.

import KafkaWire

/// What a member says when it joins.
struct JoinEvent {
    var memberID: String
    var instanceID: String?
    var protocolType: String
    var protocols: [GroupProtocol]
    var sessionTimeout: Int64
    var rebalanceTimeout: Int64
    /// An id for the member if it needs one.
    var freshID: String
    var target: ReplyTarget
}

/// One group's state.
struct GroupMachine {
    var state = GroupState.empty
    var stateChangedAt: Int64 = 0
    var generation: Int32 = 0
    /// Empty until a member joins: a simple group, which only holds offsets.
    var protocolType = ""
    var protocolName: String?
    var leader: String?
    /// In the order of joining.
    var members: [GroupMember] = []
    /// Ids given out with MEMBER_ID_REQUIRED, and until when they may be used.
    var pendingIDs: [String: Int64] = [:]
    /// What the members of the generation subscribe to; nil when that is not known.
    var subscribedTopics: Set<String>?
    var policy = GroupPolicy()
    /// Set while the state is preparingRebalance.
    var rebalance: Rebalance?
    var syncDeadlineAt: Int64?
    private var actions: [GroupAction] = []

    /// How a rebalance waits for members.
    struct Rebalance {
        /// The first of an empty group: it waits `initialDelay`, and again when another member came meanwhile.
        var isInitial: Bool
        var deadline: Int64
        var delay: Int64 = 0
        var remaining: Int64 = 0
        var hasNewMember = false
    }

    func index(_ id: String) -> Int? { members.firstIndex { $0.id.isIdentical(to: id) } }
    func index(instance: String) -> Int? { members.firstIndex { $0.instanceID?.isIdentical(to: instance) == true } }
    var usesConsumerProtocol: Bool { protocolType == "consumer" }
    var rebalanceTimeout: Int64 { members.map(\.rebalanceTimeout).max() ?? 0 }

    mutating func add(_ action: GroupAction) { actions.append(action) }

    /// The actions of the event that was taken in.
    mutating func drain() -> [GroupAction] {
        defer { actions = [] }
        return actions
    }

    mutating func enter(_ next: GroupState, now: Int64) {
        state = next
        stateChangedAt = now
    }

    // MARK: Joining

    mutating func join(_ event: JoinEvent, now: Int64) -> [GroupAction] {
        if !accepts(event.memberID) {
            drop(event.memberID)
            refuse(event, .groupMaxSizeReached, memberID: "")
        } else if !supports(event) {
            refuse(event, .inconsistentGroupProtocol)
        } else if event.memberID.isEmpty {
            joinNew(event, now: now)
        } else {
            joinKnown(event, now: now)
        }
        return drain()
    }

    /// Whether the group has room for the member. While it waits for members, those that have come count.
    private func accepts(_ memberID: String) -> Bool {
        let known = index(memberID)
        switch state {
        case .empty: return true
        case .preparingRebalance:
            let isWaiting = known.map { members[$0].joining != nil } ?? false
            return isWaiting || members.count(where: { $0.joining != nil }) < policy.sizeMax
        case .completingRebalance, .stable: return known != nil || members.count < policy.sizeMax
        }
    }

    /// Whether the member speaks a protocol that every present member speaks.
    private func supports(_ event: JoinEvent) -> Bool {
        guard state != .empty else { return !event.protocols.isEmpty && !event.protocolType.isEmpty }
        return event.protocolType == protocolType
            && event.protocols.contains { wanted in
                members.allSatisfy { $0.protocols.contains { $0.name == wanted.name } }
            }
    }

    private mutating func joinNew(_ event: JoinEvent, now: Int64) {
        if let instance = event.instanceID {
            if let known = index(instance: instance) { return replaceStatic(known, event, now: now) }
            insert(event, id: event.freshID, now: now)
        } else if event.target.version >= 4 {
            // Who does not get this answer asks again and leaves an id behind, not a member.
            pendingIDs[event.freshID] = now + event.sessionTimeout
            add(.memberTimer(event.freshID, at: now + event.sessionTimeout))
            refuse(event, .memberIDRequired, memberID: event.freshID)
        } else {
            insert(event, id: event.freshID, now: now)
        }
    }

    private mutating func joinKnown(_ event: JoinEvent, now: Int64) {
        if pendingIDs[event.memberID] != nil {
            guard event.instanceID == nil else { return refuse(event, .unknownServerError) }
            return insert(event, id: event.memberID, now: now)
        }
        if let error = validate(event.memberID, event.instanceID) { return refuse(event, error) }
        guard let known = index(event.memberID), state != .empty else { return refuse(event, .unknownMemberID) }
        // The same wish again: its answer may have been lost. Only a leader may want a new assignment.
        let isUnchanged = members[known].protocols == event.protocols
        let isRepeated = state == .completingRebalance || state == .stable && event.memberID != leader
        if isUnchanged, isRepeated { return add(.joined(event.target, joinResponse(members[known]))) }
        update(known, event)
        prepareOrComplete(now: now)
    }

    mutating func refuse(_ event: JoinEvent, _ error: ErrorCode, memberID: String? = nil) {
        add(.joined(event.target, refusal(error, memberID ?? event.memberID)))
    }

    func refusal(_ error: ErrorCode, _ memberID: String) -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.error = error
        response.memberID = memberID
        return response
    }

    private mutating func insert(_ event: JoinEvent, id: String, now: Int64) {
        if members.isEmpty { protocolType = event.protocolType }
        pendingIDs[id] = nil
        members.append(
            GroupMember(
                id: id, instanceID: event.instanceID, clientID: event.target.clientID,
                clientHost: "/" + event.target.clientHost, sessionTimeout: event.sessionTimeout,
                rebalanceTimeout: event.rebalanceTimeout, protocols: event.protocols, expiresAt: now, isNew: true,
                joining: event.target))
        if leader == nil { leader = id }
        rebalance?.hasNewMember = true
        expect(members.count - 1, within: policy.newMemberTimeout, now: now)
        prepareOrComplete(now: now)
    }

    private mutating func update(_ known: Int, _ event: JoinEvent) {
        if let earlier = members[known].joining {
            add(.joined(earlier, refusal(.rebalanceInProgress, members[known].id)))
        }
        members[known].protocols = event.protocols
        members[known].rebalanceTimeout = event.rebalanceTimeout
        members[known].sessionTimeout = event.sessionTimeout
        members[known].joining = event.target
    }

    /// A static member came back without its member id: it gets a new one, and the old one is fenced. In a
    /// stable group that goes on with the same protocol nobody else notices.
    private mutating func replaceStatic(_ known: Int, _ event: JoinEvent, now: Int64) {
        let oldID = members[known].id
        let formerLeader = leader
        if let joining = members[known].joining { add(.joined(joining, refusal(.fencedInstanceID, oldID))) }
        if let syncing = members[known].syncing { add(.synced(syncing, syncResponse(.fencedInstanceID))) }
        members[known].id = event.freshID
        members[known].joining = nil
        members[known].syncing = nil
        members[known].isNew = false
        members[known].timerAt = .max
        if leader == oldID { leader = event.freshID }
        update(known, event)
        expect(known, within: event.sessionTimeout, now: now)
        switch state {
        case .stable where electProtocol() == protocolName:
            members[known].joining = nil
            var response = joinResponse(members[known])
            if event.target.version >= 9 {
                response.skipsAssignment = leader == event.freshID
            } else {
                // The former leader's id keeps it from making an assignment that nobody would get.
                response.leader = formerLeader ?? ""
                response.members = []
            }
            add(.persist)
            add(.joined(event.target, response))
        case .stable, .completingRebalance: prepareRebalance(now: now)
        case .preparingRebalance: completeIfAllJoined(now: now)
        case .empty: break
        }
    }

    func joinResponse(_ member: GroupMember) -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.generation = generation
        response.protocolType = protocolType
        response.protocolName = protocolName
        response.leader = leader ?? ""
        response.memberID = member.id
        if member.id == leader {
            response.members = members.map { other in
                var entry = JoinGroupResponse.Member()
                entry.memberID = other.id
                entry.groupInstanceID = other.instanceID
                entry.metadata = other.metadata(of: protocolName ?? "")
                return entry
            }
        }
        return response
    }
}

// Members of the classic protocol in a group of the consumer protocol, while an application moves from one to
// the other: JoinGroup is their heartbeat with a wish, SyncGroup brings their assignment, and Heartbeat tells
// them to join again when they have a step to make.

import KafkaWire

extension ConsumerMachine {
    var hasOnlyClassicMembers: Bool { !members.isEmpty && members.allSatisfy { $0.classic != nil } }

    /// A classic group's members as they are, each with what it has as its target.
    init(_ group: GroupMachine, topics: TopicView) throws(GroupRefusal) {
        self.init()
        epoch = max(1, group.generation)
        assignmentEpoch = epoch
        changes.epoch = true
        changes.assignmentEpoch = true
        for classic in group.members {
            guard let subscription = ClassicSubscription(classic.metadata(of: group.protocolName ?? "")),
                let assignment = ClassicAssignment(classic.assignment)
            else {
                throw GroupRefusal(.groupIDNotFound, "because the embedded consumer protocol is malformed.")
            }
            guard !assignment.hasUserData else {
                throw GroupRefusal(
                    .groupIDNotFound,
                    "because an unsupported custom assignor is in use. Please refer to the documentation or switch "
                        + "to a default assignor before re-attempting the upgrade.")
            }
            var member = ConsumerMember(id: classic.id, instanceID: classic.instanceID)
            member.clientID = classic.clientID
            member.clientHost = classic.clientHost
            member.rebalanceTimeout = Int32(clamping: classic.rebalanceTimeout)
            member.topics = Set(subscription.topics).sorted()
            member.epoch = epoch
            member.previousEpoch = epoch
            member.assigned = PartitionMap(assignment.partitions, topics)
            member.target = member.assigned
            member.expiresAt = classic.expiresAt
            member.classic = ClassicMembership(
                sessionTimeout: Int32(clamping: classic.sessionTimeout), protocols: classic.protocols)
            members.append(member)
            changes.described.insert(member.id)
            changes.targets.insert(member.id)
            changes.moved.insert(member.id)
        }
    }

    // MARK: Joining

    /// Takes a classic member's wish in, and returns where the member is in `members`.
    mutating func join(_ event: JoinEvent, _ terms: Terms) throws(GroupRefusal) -> Int {
        guard supports(event), let subscription = ClassicSubscription(event.protocols.first?.metadata ?? []) else {
            throw GroupRefusal(.inconsistentGroupProtocol, "")
        }
        if members.count >= Int(terms.settings.sizeMax), index(event.memberID) == nil {
            throw GroupRefusal(.groupMaxSizeReached, "")
        }
        let known = try place(event)
        let before = members[known]
        members[known].instanceID = event.instanceID
        members[known].rebalanceTimeout = Int32(clamping: event.rebalanceTimeout)
        members[known].topics = Set(subscription.topics).sorted()
        members[known].pattern = nil
        members[known].clientID = event.target.clientID
        members[known].clientHost = "/" + event.target.clientHost
        members[known].classic = ClassicMembership(
            sessionTimeout: Int32(clamping: event.sessionTimeout), protocols: event.protocols)
        if members[known].differs(from: before) { changes.described.insert(members[known].id) }
        refresh(
            hasNewWish: members[known].topics != before.topics || before.pattern != nil, matchesNew: false, terms.topics)
        if epoch > assignmentEpoch { assign(terms) }
        reconcile(known, owned: PartitionMap(subscription.owned, terms.topics), now: terms.now)
        members[known].expiresAt = terms.now + event.sessionTimeout
        // It must ask for its assignment in time.
        members[known].deadline = terms.now + event.rebalanceTimeout
        return known
    }

    /// Whether it speaks the consumers' own type, and a protocol of all other classic members.
    private func supports(_ event: JoinEvent) -> Bool {
        let others = members.filter { $0.id != event.memberID }.compactMap(\.classic)
        return event.protocolType == "consumer"
            && event.protocols.contains { wanted in
                others.allSatisfy { $0.protocols.contains { $0.name == wanted.name } }
            }
    }

    private mutating func place(_ event: JoinEvent) throws(GroupRefusal) -> Int {
        if let instance = event.instanceID, let known = index(instance: instance) {
            if event.memberID.isEmpty {
                replace(known, id: event.freshID)
            } else if !members[known].id.isIdentical(to: event.memberID) {
                throw GroupRefusal(.fencedInstanceID, "")
            }
            return known
        }
        if event.instanceID != nil, !event.memberID.isEmpty { throw GroupRefusal(.unknownMemberID, "") }
        let id = event.memberID.isEmpty ? event.freshID : event.memberID
        return index(id) ?? append(ConsumerMember(id: id))
    }

    // MARK: A generation

    /// The classic member that asks, if it is who and when it says; a generation is its epoch.
    private func classicMember(_ id: String, _ instanceID: String?, _ generation: Int32) -> Result<Int, ErrorCode> {
        let known: Int?
        if let instanceID {
            known = index(instance: instanceID)
            if let known, !members[known].id.isIdentical(to: id) { return .failure(.fencedInstanceID) }
        } else {
            known = index(id)
        }
        guard let known, members[known].classic != nil else { return .failure(.unknownMemberID) }
        return members[known].epoch == generation ? .success(known) : .failure(.illegalGeneration)
    }

    /// The member's assignment, as the assignor of a classic group would have written it.
    mutating func sync(_ request: SyncGroupRequest, _ terms: Terms, name: (TopicID) -> String?) -> Result<
        [UInt8], ErrorCode
    > {
        switch classicMember(request.memberID, request.groupInstanceID, request.generation) {
        case .failure(let error): return .failure(error)
        case .success(let known):
            guard let classic = members[known].classic else { return .failure(.unknownMemberID) }
            if let type = request.protocolType, type != "consumer" { return .failure(.inconsistentGroupProtocol) }
            if let wanted = request.protocolName, wanted != classic.protocols.first?.name {
                return .failure(.inconsistentGroupProtocol)
            }
            if epoch > members[known].epoch, members[known].state != .unrevoked {
                expectStep(known, now: terms.now)
                return .failure(.rebalanceInProgress)
            }
            members[known].deadline = nil
            members[known].expiresAt = terms.now + Int64(classic.sessionTimeout)
            return .success(classicAssignment(members[known].assigned, classic, name: name))
        }
    }

    func classicAssignment(
        _ partitions: PartitionMap, _ classic: ClassicMembership, name: (TopicID) -> String?
    ) -> [UInt8] {
        let named = partitions.list.compactMap { item in name(item.id).map { ($0, item.partitions) } }
        return ClassicAssignment(named.sorted { $0.0 < $1.0 }).encode(version: classic.version)
    }

    mutating func classicHeartbeat(_ request: HeartbeatRequest, now: Int64) -> ErrorCode {
        switch classicMember(request.memberID, request.groupInstanceID, request.generation) {
        case .failure(let error): return error
        case .success(let known):
            members[known].expiresAt = now + Int64(members[known].classic?.sessionTimeout ?? 0)
            let member = members[known]
            let canTakeMore = member.state == .unreleased && !isWaitingForOthers(known)
            guard member.epoch < epoch || member.state == .unrevoked || canTakeMore else { return .none }
            expectStep(known, now: now)
            return .rebalanceInProgress
        }
    }

    /// The member has been told to join again, and must in time.
    private mutating func expectStep(_ known: Int, now: Int64) {
        if members[known].deadline == nil {
            members[known].deadline = now + Int64(members[known].rebalanceTimeout)
        }
    }
}

extension PartitionMap {
    /// Partitions of topics that exist.
    init(_ named: [(topic: String, partitions: [Int32])], _ topics: TopicView) {
        self.init()
        for item in named where !item.partitions.isEmpty {
            guard let topic = topics.find(item.topic) else { continue }
            self[topic.id, default: []].formUnion(item.partitions)
        }
    }
}

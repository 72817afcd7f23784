// The classic consumer-group protocol of one group as a state machine: events in, actions out, no I/O and
// no clock. Joining collects members until all have joined or the rebalance timeout is over; the leader's
// SyncGroup distributes assignments; silence longer than the session timeout removes a member.

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
    var generation: Int32 = 0
    var protocolType = ""
    var protocolName: String?
    var leader: String?
    /// In the order of joining.
    var members: [GroupMember] = []
    /// Ids given out with MEMBER_ID_REQUIRED, and until when they may be used.
    var pendingIDs: [String: Int64] = [:]
    private(set) var rebalanceDeadlineAt: Int64?
    /// How long the first rebalance of an empty group waits for more members.
    var initialDelay: Int64 = 0
    private var isInitialRebalance = false

    func index(_ id: String) -> Int? { members.firstIndex { $0.id == id } }
    func index(instance: String) -> Int? { members.firstIndex { $0.instanceID == instance } }

    // MARK: Joining

    mutating func join(_ event: JoinEvent, now: Int64) -> [GroupAction] {
        if let refusal = refusal(event) { return [.joined(event.target, refused(refusal, event.memberID))] }
        if event.memberID.isEmpty {
            if let instance = event.instanceID {
                if let known = index(instance: instance) { return replaceStatic(known, event, now: now) }
            } else if event.target.version >= 4 {
                pendingIDs[event.freshID] = now + event.sessionTimeout
                return [
                    .joined(event.target, refused(.memberIDRequired, event.freshID)),
                    .memberTimer(event.freshID, at: now + event.sessionTimeout),
                ]
            }
            return add(event, id: event.freshID, now: now)
        }
        if pendingIDs.removeValue(forKey: event.memberID) != nil { return add(event, id: event.memberID, now: now) }
        if let known = index(event.memberID), members[known].instanceID == event.instanceID {
            return rejoin(known, event, now: now)
        }
        return [.joined(event.target, refused(.unknownMemberID, event.memberID))]
    }

    private func refusal(_ event: JoinEvent) -> ErrorCode? {
        if let instance = event.instanceID, !event.memberID.isEmpty, let known = index(instance: instance),
            members[known].id != event.memberID
        {
            return .fencedInstanceID
        }
        guard !event.protocols.isEmpty, !event.protocolType.isEmpty else { return .inconsistentGroupProtocol }
        guard !members.isEmpty else { return nil }
        let others = members.filter { $0.id != event.memberID }
        let isShared = event.protocols.contains { wanted in
            others.allSatisfy { $0.protocols.contains { $0.name == wanted.name } }
        }
        return event.protocolType == protocolType && isShared ? nil : .inconsistentGroupProtocol
    }

    private func refused(_ error: ErrorCode, _ memberID: String) -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.error = error
        response.memberID = memberID
        response.protocolName = ""
        return response
    }

    private mutating func add(_ event: JoinEvent, id: String, now: Int64) -> [GroupAction] {
        let member = GroupMember(
            id: id, instanceID: event.instanceID, clientID: event.target.clientID, clientHost: event.target.clientHost,
            sessionTimeout: event.sessionTimeout, rebalanceTimeout: event.rebalanceTimeout, protocols: event.protocols,
            lastSeen: now, joining: event.target)
        isInitialRebalance = members.isEmpty && state == .empty
        members.append(member)
        protocolType = event.protocolType
        var actions: [GroupAction] = [.memberTimer(id, at: now + event.sessionTimeout)]
        actions += state == .preparingRebalance ? completeIfAllJoined(now: now) : prepareRebalance(now: now)
        return actions
    }

    private mutating func rejoin(_ known: Int, _ event: JoinEvent, now: Int64) -> [GroupAction] {
        let isUnchanged = members[known].protocols == event.protocols
        let isLeader = members[known].id == leader
        members[known].lastSeen = now
        members[known].sessionTimeout = event.sessionTimeout
        members[known].rebalanceTimeout = event.rebalanceTimeout
        if isUnchanged, state == .completingRebalance || state == .stable && !isLeader {
            return [.joined(event.target, joinResponse(members[known]))]
        }
        var actions: [GroupAction] = []
        if let earlier = members[known].joining {
            actions.append(.joined(earlier, refused(.rebalanceInProgress, members[known].id)))
        }
        members[known].protocols = event.protocols
        members[known].joining = event.target
        actions += state == .preparingRebalance ? completeIfAllJoined(now: now) : prepareRebalance(now: now)
        return actions
    }

    /// A static member came back without its member id: it gets a new one, and the old one is fenced. In a
    /// stable group whose subscription is unchanged nobody else notices.
    private mutating func replaceStatic(_ known: Int, _ event: JoinEvent, now: Int64) -> [GroupAction] {
        let old = members[known]
        var actions: [GroupAction] = []
        if let joining = old.joining { actions.append(.joined(joining, refused(.fencedInstanceID, old.id))) }
        if let syncing = old.syncing { actions.append(.synced(syncing, syncResponse(.fencedInstanceID))) }
        let isUnchanged = old.protocols == event.protocols
        members[known].id = event.freshID
        members[known].protocols = event.protocols
        members[known].sessionTimeout = event.sessionTimeout
        members[known].rebalanceTimeout = event.rebalanceTimeout
        members[known].clientID = event.target.clientID
        members[known].clientHost = event.target.clientHost
        members[known].lastSeen = now
        members[known].joining = nil
        members[known].syncing = nil
        let wasLeader = leader == old.id
        if wasLeader { leader = event.freshID }
        actions.append(.memberTimer(event.freshID, at: now + event.sessionTimeout))
        if state == .stable, isUnchanged {
            var response = joinResponse(members[known])
            // The assignment stands: the old leader's id (or skipAssignment) keeps it from being made anew.
            if wasLeader, event.target.version >= 9 {
                response.skipsAssignment = true
            } else if wasLeader {
                response.leader = old.id
                response.members = []
            }
            return actions + [.persist, .joined(event.target, response)]
        }
        members[known].joining = event.target
        actions += state == .preparingRebalance ? completeIfAllJoined(now: now) : prepareRebalance(now: now)
        return actions
    }

    // MARK: Rebalancing

    private mutating func prepareRebalance(now: Int64) -> [GroupAction] {
        var actions: [GroupAction] = []
        for index in members.indices {
            if let syncing = members[index].syncing {
                actions.append(.synced(syncing, syncResponse(.rebalanceInProgress)))
                members[index].syncing = nil
            }
        }
        state = .preparingRebalance
        let wait = isInitialRebalance ? initialDelay : members.map(\.rebalanceTimeout).max() ?? 0
        rebalanceDeadlineAt = now + wait
        if isInitialRebalance, initialDelay > 0 { return actions + [.rebalanceTimer(at: now + wait)] }
        let completed = completeIfAllJoined(now: now)
        if state == .preparingRebalance { actions.append(.rebalanceTimer(at: now + wait)) }
        return actions + completed
    }

    private mutating func completeIfAllJoined(now: Int64) -> [GroupAction] {
        guard state == .preparingRebalance, pendingIDs.isEmpty, members.allSatisfy({ $0.joining != nil }),
            !(isInitialRebalance && initialDelay > 0)
        else { return [] }
        return completeJoin(now: now)
    }

    private mutating func completeJoin(now: Int64) -> [GroupAction] {
        isInitialRebalance = false
        rebalanceDeadlineAt = nil
        members.removeAll { $0.joining == nil && $0.instanceID == nil }
        generation = generation == Int32.max ? 1 : generation + 1
        guard !members.isEmpty else {
            state = .empty
            protocolName = nil
            leader = nil
            return [.persist]
        }
        if leader == nil || members.first(where: { $0.id == leader })?.joining == nil {
            leader = (members.first { $0.joining != nil } ?? members[0]).id
        }
        protocolName = electProtocol()
        state = .completingRebalance
        var actions: [GroupAction] = []
        for index in members.indices {
            members[index].lastSeen = now
            members[index].assignment = []
            guard let target = members[index].joining else { continue }
            members[index].joining = nil
            actions.append(.joined(target, joinResponse(members[index])))
        }
        return actions
    }

    /// Of the protocols that all speak, the one most members like best.
    private func electProtocol() -> String? {
        let shared = members[0].protocols.map(\.name).filter { name in
            members.allSatisfy { $0.protocols.contains { $0.name == name } }
        }
        var votes: [String: Int] = [:]
        for member in members {
            if let choice = member.protocols.first(where: { shared.contains($0.name) }) {
                votes[choice.name, default: 0] += 1
            }
        }
        return shared.max { votes[$0, default: 0] < votes[$1, default: 0] }
    }

    private func joinResponse(_ member: GroupMember) -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.generation = generation
        response.protocolType = protocolType
        response.protocolName = protocolName ?? ""
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

    // MARK: Assignments

    mutating func sync(_ request: SyncGroupRequest, _ target: ReplyTarget, now: Int64) -> [GroupAction] {
        func refuse(_ error: ErrorCode) -> [GroupAction] { [.synced(target, syncResponse(error))] }
        if let error = check(request.memberID, request.groupInstanceID, request.generation) { return refuse(error) }
        if let type = request.protocolType, type != protocolType { return refuse(.inconsistentGroupProtocol) }
        if let name = request.protocolName, name != protocolName { return refuse(.inconsistentGroupProtocol) }
        guard let known = index(request.memberID) else { return refuse(.unknownMemberID) }
        members[known].lastSeen = now
        switch state {
        case .empty: return refuse(.unknownMemberID)
        case .preparingRebalance: return refuse(.rebalanceInProgress)
        case .stable: return [.synced(target, syncResponse(.none, members[known].assignment))]
        case .completingRebalance:
            members[known].syncing = target
            guard request.memberID == leader else { return [] }
            for index in members.indices {
                let given = request.assignments.first { $0.memberID == members[index].id }
                members[index].assignment = given?.assignment ?? []
            }
            state = .stable
            var actions: [GroupAction] = [.persist]
            for index in members.indices {
                guard let waiting = members[index].syncing else { continue }
                members[index].syncing = nil
                actions.append(.synced(waiting, syncResponse(.none, members[index].assignment)))
            }
            return actions
        }
    }

    private func syncResponse(_ error: ErrorCode, _ assignment: [UInt8] = []) -> SyncGroupResponse {
        var response = SyncGroupResponse()
        response.error = error
        response.protocolType = protocolType
        response.protocolName = protocolName
        response.assignment = assignment
        return response
    }

    // MARK: Life signs

    /// Why a request of a member must be refused; nil when it is who and when it says.
    func check(_ memberID: String, _ instanceID: String?, _ generation: Int32) -> ErrorCode? {
        if let instanceID, let known = index(instance: instanceID), members[known].id != memberID {
            return .fencedInstanceID
        }
        guard index(memberID) != nil else { return .unknownMemberID }
        return generation == self.generation ? nil : .illegalGeneration
    }

    mutating func heartbeat(_ memberID: String, _ instanceID: String?, _ generation: Int32, now: Int64) -> ErrorCode {
        if let error = check(memberID, instanceID, generation) { return error }
        touch(memberID, now: now)
        return state == .preparingRebalance ? .rebalanceInProgress : .none
    }

    mutating func touch(_ memberID: String, now: Int64) {
        if let known = index(memberID) { members[known].lastSeen = now }
    }

    mutating func leave(_ memberID: String, _ instanceID: String?, now: Int64) -> (
        error: ErrorCode, actions: [GroupAction]
    ) {
        if pendingIDs.removeValue(forKey: memberID) != nil { return (.none, completeIfAllJoined(now: now)) }
        let known: Int?
        if let instanceID {
            known = index(instance: instanceID)
            if let known, !memberID.isEmpty, members[known].id != memberID { return (.fencedInstanceID, []) }
        } else {
            known = index(memberID)
        }
        guard let known else { return (.unknownMemberID, []) }
        return (.none, remove(known, now: now))
    }

    private mutating func remove(_ known: Int, now: Int64) -> [GroupAction] {
        let member = members.remove(at: known)
        var actions: [GroupAction] = []
        if let joining = member.joining { actions.append(.joined(joining, refused(.unknownMemberID, member.id))) }
        if let syncing = member.syncing { actions.append(.synced(syncing, syncResponse(.unknownMemberID))) }
        if leader == member.id { leader = nil }
        switch state {
        case .stable, .completingRebalance: actions += prepareRebalance(now: now)
        case .preparingRebalance: actions += completeIfAllJoined(now: now)
        case .empty: break
        }
        return actions
    }

    mutating func memberDeadline(_ id: String, now: Int64) -> [GroupAction] {
        if let until = pendingIDs[id] {
            guard now >= until else { return [.memberTimer(id, at: until)] }
            pendingIDs[id] = nil
            return completeIfAllJoined(now: now)
        }
        guard let known = index(id) else { return [] }
        let member = members[known]
        // A member whose request waits for us is not silent.
        let isWaiting = member.joining != nil || member.syncing != nil
        let due = isWaiting ? now + member.sessionTimeout : member.lastSeen + member.sessionTimeout
        guard now >= due else { return [.memberTimer(id, at: due)] }
        return remove(known, now: now)
    }

    mutating func rebalanceDeadline(now: Int64) -> [GroupAction] {
        guard state == .preparingRebalance, let deadline = rebalanceDeadlineAt else { return [] }
        guard now >= deadline else { return [.rebalanceTimer(at: deadline)] }
        pendingIDs = pendingIDs.filter { $0.value > now }
        return completeJoin(now: now)
    }
}

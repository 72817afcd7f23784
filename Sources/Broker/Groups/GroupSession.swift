// What a member of a generation sends: SyncGroup, Heartbeat, OffsetCommit, LeaveGroup; and what happens when
// it sends nothing.

import KafkaWire

extension GroupMachine {
    // MARK: Assignments

    mutating func sync(_ request: SyncGroupRequest, _ target: ReplyTarget, now: Int64) -> [GroupAction] {
        if let error = refusal(of: request) {
            add(.synced(target, syncResponse(error)))
            return drain()
        }
        guard let known = index(request.memberID) else { return [] }
        members[known].owesSync = false
        switch state {
        case .empty: add(.synced(target, syncResponse(.unknownMemberID)))
        case .preparingRebalance: add(.synced(target, syncResponse(.rebalanceInProgress)))
        case .stable: add(.synced(target, syncResponse(.none, members[known].assignment)))
        case .completingRebalance:
            if let earlier = members[known].syncing { add(.synced(earlier, syncResponse(.rebalanceInProgress))) }
            members[known].syncing = target
            guard request.memberID == leader else { break }
            for index in members.indices {
                let given = request.assignments.last { $0.memberID.isIdentical(to: members[index].id) }
                members[index].assignment = given?.assignment ?? []
            }
            enter(.stable, now: now)
            add(.persist)
            for index in members.indices where members[index].syncing != nil {
                expect(index, within: members[index].sessionTimeout, now: now)
            }
            answerSyncs(.none)
        }
        return drain()
    }

    private func refusal(of request: SyncGroupRequest) -> ErrorCode? {
        guard state != .empty else { return .unknownMemberID }
        if let error = validate(request.memberID, request.groupInstanceID, request.generation) { return error }
        if let type = request.protocolType, type != protocolType { return .inconsistentGroupProtocol }
        if let name = request.protocolName, let elected = protocolName, name != elected {
            return .inconsistentGroupProtocol
        }
        return nil
    }

    mutating func answerSyncs(_ error: ErrorCode) {
        for index in members.indices {
            if error != .none { members[index].assignment = [] }
            guard let waiting = members[index].syncing else { continue }
            members[index].syncing = nil
            add(.synced(waiting, syncResponse(error, members[index].assignment)))
        }
    }

    func syncResponse(_ error: ErrorCode, _ assignment: [UInt8] = []) -> SyncGroupResponse {
        var response = SyncGroupResponse()
        response.error = error
        if error == .none {
            response.protocolType = protocolType
            response.protocolName = protocolName
        }
        response.assignment = assignment
        return response
    }

    /// The assignment could not be written: nobody has it, and all begin again.
    mutating func assignmentLost(now: Int64) -> [GroupAction] {
        guard state == .stable else { return [] }
        for index in members.indices { members[index].assignment = [] }
        prepareRebalance(now: now)
        return drain()
    }

    /// Who has not asked for its assignment within the rebalance timeout is gone.
    mutating func syncDeadline(generation: Int32, now: Int64) -> [GroupAction] {
        guard generation == self.generation, state == .completingRebalance || state == .stable,
            let deadline = syncDeadlineAt, now >= deadline
        else { return [] }
        syncDeadlineAt = nil
        let absent = members.filter(\.owesSync)
        guard !absent.isEmpty else { return [] }
        for member in absent { drop(member.id) }
        prepareRebalance(now: now)
        return drain()
    }

    // MARK: Life signs

    /// Why a member is not who it says; nil when it is.
    func validate(_ memberID: String, _ instanceID: String?) -> ErrorCode? {
        if let instanceID {
            guard let known = index(instance: instanceID) else { return .unknownMemberID }
            guard members[known].id.isIdentical(to: memberID) else { return .fencedInstanceID }
        }
        return index(memberID) == nil ? .unknownMemberID : nil
    }

    func validate(_ memberID: String, _ instanceID: String?, _ generation: Int32) -> ErrorCode? {
        validate(memberID, instanceID) ?? (generation == self.generation ? nil : .illegalGeneration)
    }

    mutating func heartbeat(_ request: HeartbeatRequest, now: Int64) -> (error: ErrorCode, actions: [GroupAction]) {
        if let error = validate(request.memberID, request.groupInstanceID, request.generation) { return (error, []) }
        guard state != .empty else { return (.unknownMemberID, []) }
        touch(request.memberID, now: now)
        return (state == .preparingRebalance ? .rebalanceInProgress : .none, drain())
    }

    /// Why offsets of this sender are not taken. Without generation and member id it is a simple consumer or a
    /// tool, which has no place in a group with members; a transaction of an old client says neither.
    func commitRefusal(
        _ memberID: String, _ instanceID: String?, _ generation: Int32, isTransactional: Bool
    ) -> ErrorCode? {
        if generation < 0, state == .empty { return nil }
        if generation >= 0 || !memberID.isEmpty || instanceID != nil {
            if let error = validate(memberID, instanceID, generation) { return error }
        } else if !isTransactional {
            return .unknownMemberID
        }
        return !isTransactional && state == .completingRebalance ? .rebalanceInProgress : nil
    }

    /// A commit of a member keeps it alive, except while the group waits for its SyncGroup.
    mutating func committed(_ memberID: String, now: Int64) -> [GroupAction] {
        if state == .stable || state == .preparingRebalance { touch(memberID, now: now) }
        return drain()
    }

    private mutating func touch(_ memberID: String, now: Int64) {
        if let known = index(memberID) { expect(known, within: members[known].sessionTimeout, now: now) }
    }

    /// The member must be heard of within this time.
    mutating func expect(_ known: Int, within timeout: Int64, now: Int64) {
        members[known].expiresAt = now + timeout
        guard members[known].expiresAt < members[known].timerAt else { return }
        members[known].timerAt = members[known].expiresAt
        add(.memberTimer(members[known].id, at: members[known].expiresAt))
    }

    mutating func memberDeadline(_ id: String, now: Int64) -> [GroupAction] {
        if let until = pendingIDs[id] {
            guard now >= until else { return [.memberTimer(id, at: until)] }
            pendingIDs[id] = nil
            if state == .preparingRebalance, hasAllJoined { completeJoin(now: now) }
            return drain()
        }
        guard let known = index(id), now >= members[known].timerAt else { return [] }
        members[known].timerAt = .max
        if members[known].isWaiting {
            expect(known, within: members[known].sessionTimeout, now: now)
        } else if now < members[known].expiresAt {
            expect(known, within: members[known].expiresAt - now, now: now)
        } else {
            remove(id, now: now)
        }
        return drain()
    }

    // MARK: Leaving

    /// Each leaver's result. An instance id without a member id is an administrator's removal.
    mutating func leave(
        _ leavers: [(memberID: String, instanceID: String?)], now: Int64
    ) -> (errors: [ErrorCode], actions: [GroupAction]) {
        let errors = leavers.map { leaver in
            if leaver.memberID.isEmpty {
                guard let instance = leaver.instanceID, let known = index(instance: instance) else {
                    return ErrorCode.unknownMemberID
                }
                drop(members[known].id)
            } else {
                if pendingIDs[leaver.memberID] == nil,
                    let error = validate(leaver.memberID, leaver.instanceID)
                {
                    return error
                }
                drop(leaver.memberID)
            }
            return .none
        }
        if errors.contains(.none), state != .empty { prepareOrComplete(now: now) }
        return (errors, drain())
    }
}

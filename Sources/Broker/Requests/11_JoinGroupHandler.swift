// JoinGroup (key 11), versions 0-9, and the requests of members that follow it: Heartbeat (12), LeaveGroup
// (13), SyncGroup (14). Decisions are GroupMachine's.

import Bytes
import KafkaWire

extension BrokerCore {
    func joinGroup(_ target: ReplyTarget, _ request: JoinGroupRequest) {
        if let error = refusal(request) {
            var response = JoinGroupResponse()
            response.error = error
            response.memberID = request.memberID
            return reply(target, response)
        }
        let group = obtainGroup(request.groupID)
        let session = Int64(request.sessionTimeoutMilliseconds)
        // Version 0 has no time for rebalancing of its own.
        let rebalance = target.version == 0 ? session : max(0, Int64(request.rebalanceTimeoutMilliseconds))
        let event = JoinEvent(
            memberID: request.memberID, instanceID: request.groupInstanceID, protocolType: request.protocolType,
            protocols: request.protocols.map { GroupProtocol(name: $0.name, metadata: $0.metadata) },
            sessionTimeout: session, rebalanceTimeout: rebalance,
            freshID: freshMemberID(request.groupInstanceID ?? target.clientID), target: target)
        if group.consumer != nil, !group.isEmpty { return joinConsumerGroup(group, event) }
        do throws(AppendError) {
            try makeClassic(group)
        } catch {
            return reply(target, group.machine.refusal(.coordinatorNotAvailable, request.memberID))
        }
        perform(group.machine.join(event, now: now), of: group)
    }

    private func refusal(_ request: JoinGroupRequest) -> ErrorCode? {
        if request.groupID.isEmpty { return .invalidGroupID }
        let timeout = request.sessionTimeoutMilliseconds
        guard timeout >= settings.groupSessionTimeoutMillisecondsMin,
            timeout <= settings.groupSessionTimeoutMillisecondsMax
        else { return .invalidSessionTimeout }
        if let group = groups[GroupName(request.groupID)] {
            // Ids given out are bounded too: a peer may ask for them without end.
            let isFull = group.machine.pendingIDs.count >= settings.limits.groupMembersMax
            return isFull && request.memberID.isEmpty ? .groupMaxSizeReached : nil
        }
        guard request.memberID.isEmpty else { return .unknownMemberID }
        return groups.groups.count >= settings.limits.groupsMax ? .groupMaxSizeReached : nil
    }

    /// What the member is called: its own name and a random UUID in its usual form.
    private func freshMemberID(_ prefix: String) -> String {
        var id = TopicCatalog.randomID()
        id.high = id.high & ~0xf000 | 0x4000
        id.low = id.low & ~(0xc << 60) | 0x8 << 60
        var raw = ByteWriter()
        raw.integer(id.high)
        raw.integer(id.low)
        let digits = Array(Hex.encode(raw.bytes).utf8)
        let parts = [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
        return prefix + "-" + parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    }

    /// An administrator takes members of the consumer protocol out.
    private func leave(
        _ machine: ConsumerMachine, of group: Group, _ leavers: [(memberID: String, instanceID: String?)]
    ) -> [ErrorCode] {
        var machine = machine
        let errors = leavers.map { leaver -> ErrorCode in
            let known = leaver.instanceID.map { machine.index(instance: $0) } ?? machine.index(leaver.memberID)
            guard let known else { return .unknownMemberID }
            let isOther = !leaver.memberID.isEmpty && !machine.members[known].id.isIdentical(to: leaver.memberID)
            if isOther { return .fencedInstanceID }
            machine.remove(known)
            return .none
        }
        do throws(AppendError) {
            try store(machine, in: group)
            downgradeIfClassic(group)
            return errors
        } catch {
            return errors.map { _ in .coordinatorNotAvailable }
        }
    }

    func syncGroup(_ target: ReplyTarget, _ request: SyncGroupRequest) {
        var response = SyncGroupResponse()
        if target.version >= 5, request.protocolType == nil || request.protocolName == nil {
            response.error = .inconsistentGroupProtocol
        } else if request.groupID.isEmpty {
            response.error = .invalidGroupID
        } else if let group = groups[GroupName(request.groupID)] {
            if group.consumer != nil {
                response = syncConsumerGroup(group, request)
                return whenDurable { [unowned self] in reply(target, response) }
            }
            return perform(group.machine.sync(request, target, now: now), of: group)
        } else {
            response.error = .unknownMemberID
        }
        reply(target, response)
    }

    func heartbeat(_ target: ReplyTarget, _ request: HeartbeatRequest) {
        var response = HeartbeatResponse()
        if request.groupID.isEmpty {
            response.error = .invalidGroupID
        } else if let group = groups[GroupName(request.groupID)] {
            if group.consumer != nil {
                response.error = heartbeatConsumerGroup(group, request)
                return reply(target, response)
            }
            let heard = group.machine.heartbeat(request, now: now)
            perform(heard.actions, of: group)
            response.error = heard.error
        } else {
            response.error = .unknownMemberID
        }
        reply(target, response)
    }

    func leaveGroup(_ target: ReplyTarget, _ request: LeaveGroupRequest) {
        var response = LeaveGroupResponse()
        guard !request.groupID.isEmpty else {
            response.error = .invalidGroupID
            return reply(target, response)
        }
        let leavers: [(memberID: String, instanceID: String?)] =
            target.version < 3
            ? [(request.memberID, nil)] : request.members.map { ($0.memberID, $0.groupInstanceID) }
        var errors = leavers.map { _ in ErrorCode.unknownMemberID }
        if let group = groups[GroupName(request.groupID)] {
            if let machine = group.consumer {
                errors = leave(machine, of: group, leavers)
            } else {
                let left = group.machine.leave(leavers, now: now)
                errors = left.errors
                perform(left.actions, of: group)
            }
        }
        if target.version < 3 {
            response.error = errors[0]
        } else {
            response.members = zip(leavers, errors).map { leaver, error in
                var result = LeaveGroupResponse.Member()
                result.memberID = leaver.memberID
                result.groupInstanceID = leaver.instanceID
                result.error = error
                return result
            }
        }
        reply(target, response)
    }
}

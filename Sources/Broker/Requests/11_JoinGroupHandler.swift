// JoinGroup (key 11), versions 0-9, and the requests of members that follow it: Heartbeat (12), LeaveGroup
// (13), SyncGroup (14). Decisions are GroupMachine's.

import Bytes
import KafkaWire

extension BrokerCore {
    func joinGroup(_ target: ReplyTarget, _ request: JoinGroupRequest) {
        if let error = refusal(request) {
            var response = JoinGroupResponse()
            response.error = error
            response.protocolName = ""
            response.memberID = request.memberID
            return reply(target, response)
        }
        let group = obtainGroup(request.groupID)
        let session = Int64(request.sessionTimeoutMilliseconds)
        let rebalance = request.rebalanceTimeoutMilliseconds
        let event = JoinEvent(
            memberID: request.memberID, instanceID: request.groupInstanceID, protocolType: request.protocolType,
            protocols: request.protocols.map { GroupProtocol(name: $0.name, metadata: $0.metadata) },
            sessionTimeout: session, rebalanceTimeout: rebalance < 0 ? session : Int64(rebalance),
            freshID: freshMemberID(request.groupInstanceID ?? target.clientID), target: target)
        perform(group.machine.join(event, now: now), of: group)
    }

    private func refusal(_ request: JoinGroupRequest) -> ErrorCode? {
        if request.groupID.isEmpty { return .invalidGroupID }
        let timeouts =
            settings
            .groupSessionTimeoutMillisecondsMin...max(
                settings.groupSessionTimeoutMillisecondsMin, settings.groupSessionTimeoutMillisecondsMax)
        guard timeouts.contains(request.sessionTimeoutMilliseconds) else { return .invalidSessionTimeout }
        if let group = groups[GroupName(request.groupID)] {
            let count = group.machine.members.count + group.machine.pendingIDs.count
            let isNew =
                group.machine.index(request.memberID) == nil
                && group.machine.pendingIDs[request.memberID] == nil
            if isNew, count >= min(settings.groupSizeMax, settings.limits.groupMembersMax) {
                return .groupMaxSizeReached
            }
        } else if groups.groups.count >= settings.limits.groupsMax {
            return .groupMaxSizeReached
        }
        return nil
    }

    private func freshMemberID(_ prefix: String) -> String {
        let id = TopicCatalog.randomID()
        var raw = ByteWriter()
        raw.integer(id.high)
        raw.integer(id.low)
        return prefix + "-" + Hex.encode(raw.bytes)
    }

    func syncGroup(_ target: ReplyTarget, _ request: SyncGroupRequest) {
        guard let group = groups[GroupName(request.groupID)] else {
            var response = SyncGroupResponse()
            response.error = .unknownMemberID
            return reply(target, response)
        }
        perform(group.machine.sync(request, target, now: now), of: group)
    }

    func heartbeat(_ target: ReplyTarget, _ request: HeartbeatRequest) {
        var response = HeartbeatResponse()
        let group = groups[GroupName(request.groupID)]
        response.error =
            group?.machine.heartbeat(
                request.memberID, request.groupInstanceID, request.generation, now: now) ?? .unknownMemberID
        reply(target, response)
    }

    func leaveGroup(_ target: ReplyTarget, _ request: LeaveGroupRequest) {
        var response = LeaveGroupResponse()
        guard let group = groups[GroupName(request.groupID)] else {
            response.error = .unknownMemberID
            return reply(target, response)
        }
        var actions: [GroupAction] = []
        if target.version < 3 {
            let left = group.machine.leave(request.memberID, nil, now: now)
            response.error = left.error
            actions = left.actions
        } else {
            for member in request.members {
                let left = group.machine.leave(member.memberID, member.groupInstanceID, now: now)
                var result = LeaveGroupResponse.Member()
                result.memberID = member.memberID
                result.groupInstanceID = member.groupInstanceID
                result.error = left.error
                response.members.append(result)
                actions += left.actions
            }
        }
        perform(actions, of: group)
        reply(target, response)
    }
}

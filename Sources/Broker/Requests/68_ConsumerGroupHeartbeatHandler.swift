// ConsumerGroupHeartbeat (key 68), versions 0-1. Decisions are ConsumerMachine's. A response that tells of a
// change waits until the change is durable: no member must act on an assignment that a crash takes back.
//
// Versions: in 0 the broker may make the member's id; from 1 on the client does.

import KafkaWire

extension BrokerCore {
    func consumerGroupHeartbeat(_ target: ReplyTarget, _ request: ConsumerGroupHeartbeatRequest) {
        var response = ConsumerGroupHeartbeatResponse()
        guard settings.consumerGroups.isOffered else {
            response.error = .unsupportedVersion
            return reply(target, response)
        }
        do throws(GroupRefusal) {
            try validate(request, version: target.version)
            var asked = request
            if asked.memberID.isEmpty { asked.memberID = Self.freshUUID() }
            if asked.memberEpoch < 0 {
                response = try leave(asked)
            } else {
                response = try heartbeat(asked, target)
            }
        } catch {
            response.error = error.code
            response.errorMessage = error.reason
            return reply(target, response)
        }
        if response.assignment == nil { reply(target, response) } else {
            whenDurable { [unowned self] in reply(target, response) }
        }
    }

    private func validate(_ request: ConsumerGroupHeartbeatRequest, version: Int16) throws(GroupRefusal) {
        func refuse(_ isWrong: Bool, _ reason: String) throws(GroupRefusal) {
            if isWrong { throw GroupRefusal(.invalidRequest, reason) }
        }
        func isBlank(_ text: String?) -> Bool { text?.allSatisfy(\.isWhitespace) ?? false }
        let epoch = request.memberEpoch
        try refuse((version >= 1 || epoch > 0 || epoch == -1) && isBlank(request.memberID), "MemberId can't be empty.")
        try refuse(isBlank(request.groupID), "GroupId can't be empty.")
        try refuse(isBlank(request.instanceID), "InstanceId can't be empty.")
        try refuse(isBlank(request.rackID), "RackId can't be empty.")
        if epoch == 0 {
            try refuse(
                request.rebalanceTimeoutMilliseconds == -1, "RebalanceTimeoutMs must be provided in first request.")
            try refuse(request.ownedPartitions?.isEmpty != true, "TopicPartitions must be empty when (re-)joining.")
            try refuse(
                request.subscribedTopics == nil && request.subscribedPattern == nil,
                "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.")
        } else if epoch == ConsumerMember.awayEpoch {
            try refuse(request.instanceID == nil, "InstanceId can't be null.")
        } else {
            try refuse(epoch < ConsumerMember.awayEpoch, "MemberEpoch is invalid.")
        }
        let assignors = settings.consumerGroups.assignors
        if let assignor = request.assignor, !assignors.contains(assignor) {
            throw GroupRefusal(
                .unsupportedAssignor,
                "ServerAssignor \(assignor) is not supported. Supported assignors: "
                    + assignors.joined(separator: ", ") + ".")
        }
    }

    private func heartbeat(
        _ request: ConsumerGroupHeartbeatRequest, _ target: ReplyTarget
    ) throws(GroupRefusal) -> ConsumerGroupHeartbeatResponse {
        let name = GroupName(request.groupID)
        let known = groups[name]
        var others: [(key: [UInt8], value: [UInt8]?)] = []
        var machine = known?.consumer ?? ConsumerMachine()
        if let known, known.consumer == nil {
            guard request.memberEpoch == 0 else {
                throw GroupRefusal(.groupIDNotFound, "Group \(request.groupID) is not a consumer group.")
            }
            if known.machine.state != .empty { machine = try upgraded(known) }
            others = [(GroupRecordKey.group(name).encode(), nil)]
        } else if known == nil {
            guard request.memberEpoch == 0 else {
                throw GroupRefusal(.groupIDNotFound, "Consumer group \(request.groupID) not found.")
            }
            guard groups.groups.count < settings.limits.groupsMax else {
                throw GroupRefusal(.coordinatorNotAvailable, "The broker has as many groups as it takes.")
            }
        }
        let terms = consumerTerms(name)
        let taken = try machine.heartbeat(request, target, terms)
        let member = machine.members[taken.index]
        let timer = machine.nextTimer(taken.index)
        let isChanged = !machine.changes.isEmpty
        let group = known ?? obtainGroup(request.groupID)
        do throws(AppendError) {
            try store(machine, in: group, others: others)
        } catch {
            if known == nil { groups.remove(name) }
            throw GroupRefusal(.coordinatorNotAvailable, "The group cannot be written at the moment.")
        }
        if !others.isEmpty {
            dismissWaiting(group)
            group.resetMachine(now: now)
            beginSessions(group)
        }
        if let timer { deadlines.add(.groupMember(group: name, memberID: member.id), at: timer) }
        var response = ConsumerGroupHeartbeatResponse()
        response.memberID = member.id
        response.memberEpoch = member.epoch
        response.heartbeatIntervalMilliseconds = terms.settings.heartbeatInterval
        if taken.tellsAssignment || isChanged && member.epoch == 0 { response.assignment = member.assigned.list }
        return response
    }

    private func leave(
        _ request: ConsumerGroupHeartbeatRequest
    ) throws(GroupRefusal) -> ConsumerGroupHeartbeatResponse {
        guard let group = groups[GroupName(request.groupID)] else {
            throw GroupRefusal(.groupIDNotFound, "Group \(request.groupID) not found.")
        }
        guard var machine = group.consumer else {
            throw GroupRefusal(.groupIDNotFound, "Group \(request.groupID) is not a consumer group.")
        }
        try machine.leave(request)
        do throws(AppendError) {
            try store(machine, in: group)
        } catch {
            throw GroupRefusal(.coordinatorNotAvailable, "The group cannot be written at the moment.")
        }
        downgradeIfClassic(group)
        var response = ConsumerGroupHeartbeatResponse()
        response.memberID = request.memberID
        response.memberEpoch = request.memberEpoch
        return response
    }
}

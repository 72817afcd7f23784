// Groups that change their protocol while they have members: a classic group becomes one of the consumer
// protocol when the first member of that joins, and classic again when the last of them goes.

import KafkaWire

extension BrokerCore {
    // MARK: To the consumer protocol

    /// The group as one of the consumer protocol, for a member of that to join.
    func upgraded(_ group: Group) throws(GroupRefusal) -> ConsumerMachine {
        func refusal(_ reason: String) -> GroupRefusal {
            GroupRefusal(
                .groupIDNotFound, "Cannot upgrade classic group \(group.name) to consumer group \(reason)")
        }
        let terms = consumerTerms(group.name).settings
        guard terms.canUpgrade else { throw refusal("because online upgrade is disabled.") }
        guard group.machine.usesConsumerProtocol else {
            throw refusal("because the group does not use the consumer embedded protocol.")
        }
        guard group.machine.members.count <= Int(terms.sizeMax) else {
            throw refusal("because the group size exceeds the consumer group maximum size.")
        }
        do throws(GroupRefusal) {
            return try ConsumerMachine(group.machine, topics: topicView)
        } catch {
            throw refusal(error.reason)
        }
    }

    /// Whoever waits in the classic group is told to join again: it is another group now.
    func dismissWaiting(_ group: Group) {
        for member in group.machine.members {
            if let joining = member.joining {
                reply(joining, group.machine.refusal(.rebalanceInProgress, member.id))
            }
            if let syncing = member.syncing { reply(syncing, group.machine.syncResponse(.rebalanceInProgress)) }
        }
    }

    // MARK: Classic members

    func joinConsumerGroup(_ group: Group, _ event: JoinEvent) {
        guard var machine = group.consumer else { return }
        func refuse(_ error: ErrorCode) {
            // Unlike a classic group's refusal this names no member.
            reply(event.target, group.machine.refusal(error, ""))
        }
        let terms = consumerTerms(group.name)
        guard terms.settings.canUpgrade || terms.settings.canDowngrade else { return refuse(.inconsistentGroupProtocol) }
        if event.target.version >= 4, event.memberID.isEmpty, event.instanceID == nil {
            return reply(event.target, group.machine.refusal(.memberIDRequired, event.freshID))
        }
        let known: Int
        do throws(GroupRefusal) { known = try machine.join(event, terms) } catch { return refuse(error.code) }
        let member = machine.members[known]
        guard storeAndTime(machine, known, of: group) else { return refuse(.coordinatorNotAvailable) }
        var response = JoinGroupResponse()
        response.memberID = member.id
        response.generation = member.epoch
        response.protocolType = "consumer"
        response.protocolName = event.protocols.first?.name
        downgradeIfClassic(group)
        whenDurable { [unowned self] in reply(event.target, response) }
    }

    func syncConsumerGroup(_ group: Group, _ request: SyncGroupRequest) -> SyncGroupResponse {
        var response = SyncGroupResponse()
        guard var machine = group.consumer else { return response }
        switch machine.sync(request, consumerTerms(group.name), name: { [unowned self] in catalog.topic($0)?.name }) {
        case .failure(let error): response.error = error
        case .success(let assignment):
            response.protocolType = request.protocolType
            response.protocolName = request.protocolName
            response.assignment = assignment
        }
        if let known = machine.index(request.memberID) { _ = storeAndTime(machine, known, of: group) }
        return response
    }

    func heartbeatConsumerGroup(_ group: Group, _ request: HeartbeatRequest) -> ErrorCode {
        guard var machine = group.consumer else { return .unknownMemberID }
        let error = machine.classicHeartbeat(request, now: now)
        if let known = machine.index(request.memberID) { _ = storeAndTime(machine, known, of: group) }
        return error
    }

    /// Makes the machine the group's, with a timer for the member; false when it cannot be written.
    private func storeAndTime(_ machine: ConsumerMachine, _ known: Int, of group: Group) -> Bool {
        var machine = machine
        let timer = machine.nextTimer(known)
        let id = machine.members[known].id
        do throws(AppendError) { try store(machine, in: group) } catch { return false }
        if let timer { deadlines.add(.groupMember(group: group.name, memberID: id), at: timer) }
        return true
    }

    // MARK: Back to the classic protocol

    /// With only classic members left the group is one of theirs again, and begins with a rebalance.
    func downgradeIfClassic(_ group: Group) {
        let terms = consumerTerms(group.name)
        guard let machine = group.consumer, machine.hasOnlyClassicMembers, terms.settings.canDowngrade,
            machine.members.count <= groupPolicy.sizeMax
        else { return }
        var classic = GroupMachine()
        classic.policy = group.machine.policy
        classic.generation = machine.epoch
        classic.protocolType = "consumer"
        classic.members = machine.members.compactMap { member in
            guard let membership = member.classic else { return nil }
            return GroupMember(
                id: member.id, instanceID: member.instanceID, clientID: member.clientID, clientHost: member.clientHost,
                sessionTimeout: Int64(membership.sessionTimeout), rebalanceTimeout: Int64(member.rebalanceTimeout),
                protocols: membership.protocols,
                assignment: machine.classicAssignment(
                    member.target, membership, name: { [unowned self] in catalog.topic($0)?.name }),
                expiresAt: now + Int64(membership.sessionTimeout))
        }
        classic.leader = classic.members.first?.id
        classic.protocolName = classic.electProtocol()
        classic.subscribedTopics = classic.findSubscribedTopics()
        classic.enter(.stable, now: now)
        var batch = RecordBatchBuilder(timestamp: now)
        for member in machine.members {
            for key in [ConsumerRecordKey.current(member.id), .target(member.id), .member(member.id)] {
                batch.add(key: key.encode(group.name), value: nil)
            }
        }
        for record in tombstones(ofConsumerGroup: group.name) { batch.add(key: record.key, value: record.value) }
        batch.add(key: GroupRecordKey.group(group.name).encode(), value: classic.encode())
        // Should this not be written, the group goes on as it is, and the next that leaves brings it here again.
        guard (try? appendInternal(TopicCatalog.offsetsTopic, batch.build())) != nil else { return }
        group.consumer = nil
        group.machine = classic
        for index in classic.members.indices {
            group.machine.expect(index, within: group.machine.members[index].sessionTimeout, now: now)
        }
        group.machine.prepareRebalance(now: now)
        perform(group.machine.drain(), of: group)
    }
}

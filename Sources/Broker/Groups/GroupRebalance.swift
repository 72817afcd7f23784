// How a group gets from one generation to the next: everybody is called back, those who come in time are
// the new generation, one of them leads, and a protocol that all speak is elected.

import KafkaWire

extension GroupMachine {
    mutating func prepareOrComplete(now: Int64) {
        if state == .preparingRebalance { completeIfAllJoined(now: now) } else { prepareRebalance(now: now) }
    }

    mutating func prepareRebalance(now: Int64) {
        if state == .completingRebalance { answerSyncs(.rebalanceInProgress) }
        for index in members.indices { members[index].owesSync = false }
        syncDeadlineAt = nil
        let isInitial = state == .empty
        enter(.preparingRebalance, now: now)
        let delay = policy.initialDelay
        if isInitial, delay > 0 {
            wait(
                Rebalance(
                    isInitial: true, deadline: now + delay, delay: delay, remaining: max(0, rebalanceTimeout - delay)))
        } else if isInitial || hasAllJoined {
            completeJoin(now: now)
        } else {
            wait(Rebalance(isInitial: false, deadline: now + rebalanceTimeout))
        }
    }

    private mutating func wait(_ next: Rebalance) {
        rebalance = next
        add(.rebalanceTimer(at: next.deadline))
    }

    var hasAllJoined: Bool { pendingIDs.isEmpty && members.allSatisfy { $0.joining != nil } }

    /// The first rebalance of an empty group takes its time even so.
    mutating func completeIfAllJoined(now: Int64) {
        guard state == .preparingRebalance, rebalance?.isInitial != true, hasAllJoined else { return }
        completeJoin(now: now)
    }

    mutating func rebalanceDeadline(now: Int64) -> [GroupAction] {
        guard state == .preparingRebalance, let waiting = rebalance, now >= waiting.deadline else { return [] }
        if waiting.isInitial, waiting.hasNewMember, waiting.remaining > 0 {
            let delay = min(policy.initialDelay, waiting.remaining)
            wait(
                Rebalance(
                    isInitial: true, deadline: now + delay, delay: delay,
                    remaining: max(0, waiting.remaining - waiting.delay)))
        } else {
            completeJoin(now: now)
        }
        return drain()
    }

    mutating func completeJoin(now: Int64) {
        // A static member may be away for a restart; it goes when its session ends.
        for member in members where member.joining == nil && member.instanceID == nil { drop(member.id) }
        guard electLeader() else {
            return wait(Rebalance(isInitial: false, deadline: now + max(1, rebalanceTimeout)))
        }
        rebalance = nil
        generation = generation == Int32.max ? 1 : generation + 1
        protocolName = electProtocol()
        subscribedTopics = findSubscribedTopics()
        guard !members.isEmpty else {
            enter(.empty, now: now)
            return add(.persist)
        }
        enter(.completingRebalance, now: now)
        for index in members.indices {
            members[index].assignment = []
            members[index].isNew = false
            members[index].owesSync = true
            expect(index, within: members[index].sessionTimeout, now: now)
            guard let target = members[index].joining else { continue }
            members[index].joining = nil
            add(.joined(target, joinResponse(members[index])))
        }
        let deadline = now + rebalanceTimeout
        syncDeadlineAt = deadline
        add(.syncTimer(generation: generation, at: deadline))
    }

    /// Keeps the leader if it has come, else makes one of those who have. False when nobody has.
    private mutating func electLeader() -> Bool {
        if members.isEmpty { return true }
        if let leader, let known = index(leader), members[known].joining != nil { return true }
        guard let next = members.first(where: { $0.joining != nil }) else { return false }
        leader = next.id
        return true
    }

    /// Of the protocols that all speak, the one most members like best.
    func electProtocol() -> String? {
        guard let first = members.first else { return nil }
        let shared = first.protocols.map(\.name).filter { name in
            members.allSatisfy { $0.protocols.contains { $0.name == name } }
        }
        var votes: [String: Int] = [:]
        for member in members {
            if let choice = member.protocols.first(where: { shared.contains($0.name) }) {
                votes[choice.name, default: 0] += 1
            }
        }
        let most = votes.values.max()
        return shared.first { votes[$0] == most }
    }

    /// Takes a member or a pending id out, answering whatever of it waits.
    mutating func drop(_ id: String) {
        pendingIDs[id] = nil
        guard let known = index(id) else { return }
        let member = members.remove(at: known)
        if let joining = member.joining { add(.joined(joining, refusal(.unknownMemberID, ""))) }
        if let syncing = member.syncing { add(.synced(syncing, syncResponse(.unknownMemberID))) }
        if leader == member.id { leader = members.first?.id }
    }

    /// Takes a member out and has the others share its work.
    mutating func remove(_ id: String, now: Int64) {
        drop(id)
        switch state {
        case .stable, .completingRebalance: prepareRebalance(now: now)
        case .preparingRebalance: if hasAllJoined { completeJoin(now: now) }
        case .empty: break
        }
    }

    /// The topics in the subscriptions of a consumer group: the prefix that all their versions share is a
    /// version i16, and an array of names.
    func findSubscribedTopics() -> Set<String>? {
        guard usesConsumerProtocol else { return nil }
        var topics: Set<String> = []
        for member in members {
            let bytes = member.metadata(of: protocolName ?? "")
            var coder = FieldCoder(reading: bytes, range: 0..<bytes.count, version: 0, isFlexible: false)
            do throws(WireError) {
                let _: Int16 = try coder.take()
                var names: [String] = []
                try coder.strings(&names)
                topics.formUnion(names)
            } catch {
                return nil
            }
        }
        return topics
    }

    /// Whether the group would miss its offsets in this topic.
    func isSubscribed(to topic: String) -> Bool {
        subscribedTopics?.contains(topic) ?? usesConsumerProtocol
    }
}

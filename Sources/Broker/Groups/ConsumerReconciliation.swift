// How members of the consumer protocol get from what they have to what they shall have, and what happens when
// they do not.

import KafkaWire

extension ConsumerMachine {
    /// The assignor that most members ask for.
    func assignorName(_ settings: GroupSettings) -> String {
        var votes: [String: Int] = [:]
        for name in members.compactMap(\.assignor) { votes[name, default: 0] += 1 }
        let most = votes.values.max()
        return votes.filter { $0.value == most }.keys.min() ?? settings.assignors.first ?? "uniform"
    }

    /// Gives each member its target at the group's epoch.
    mutating func assign(_ terms: Terms) {
        let subscriptions = members.map { member in
            subscription(of: member).sorted().compactMap { name in
                terms.topics.find(name).map { AssignableTopic(id: $0.id, partitionCount: $0.partitions) }
            }
        }
        let consumers = zip(members, subscriptions).map { member, topics in
            AssignableMember(id: member.id, instanceID: member.instanceID, topics: topics, current: member.target)
        }
        let targets =
            assignorName(terms.settings) == "range" ? Assignor.range(consumers) : Assignor.uniform(consumers)
        for (index, target) in targets.enumerated() where target != members[index].target {
            members[index].target = target
            changes.targets.insert(members[index].id)
        }
        assignmentEpoch = epoch
        changes.assignmentEpoch = true
    }

    /// Leads a member one step on; `owned` is what it says that it has, if it says.
    mutating func reconcile(_ known: Int, owned: PartitionMap?, now: Int64) {
        let before = members[known]
        guard !before.isReconciled(to: assignmentEpoch) else { return }
        if before.state == .unrevoked {
            guard let owned, !owned.intersects(before.revoking) else { return }
        }
        step(known, owned: owned)
        guard members[known].hasMoved(from: before) else { return }
        changes.moved.insert(members[known].id)
        guard before.classic == nil else { return }
        members[known].deadline =
            members[known].state == .unrevoked ? now + Int64(members[known].rebalanceTimeout) : nil
    }

    private mutating func step(_ known: Int, owned: PartitionMap?) {
        let member = members[known]
        let taken = partitionsOfOthers(than: known)
        var kept: PartitionMap = [:]
        var revoking: PartitionMap = [:]
        var added: PartitionMap = [:]
        var hasUnreleased = false
        for id in Set(member.target.keys).union(member.assigned.keys) {
            let target = member.target[id] ?? []
            let current = member.assigned[id] ?? []
            let keep = current.intersection(target)
            let give = current.subtracting(keep)
            let wanted = target.subtracting(keep)
            let free = wanted.subtracting(taken[id] ?? [])
            if free.count < wanted.count { hasUnreleased = true }
            if !keep.isEmpty { kept[id] = keep }
            if !give.isEmpty { revoking[id] = give }
            if !free.isEmpty { added[id] = free }
        }
        if !revoking.isEmpty, owned?.intersects(revoking) ?? true {
            // It stays in its epoch until it says that it has given them up.
            members[known].state = .unrevoked
            members[known].previousEpoch = member.epoch
            members[known].assigned = kept
            members[known].revoking = revoking
            return
        }
        members[known].state = hasUnreleased ? .unreleased : .stable
        members[known].previousEpoch = member.epoch
        members[known].epoch = assignmentEpoch
        members[known].assigned = kept.merging(added) { $0.union($1) }
        members[known].revoking = [:]
    }

    /// Whether all that the member could still take is others'.
    func isWaitingForOthers(_ known: Int) -> Bool {
        let taken = partitionsOfOthers(than: known)
        let member = members[known]
        return member.target.allSatisfy { id, partitions in
            partitions.subtracting(member.assigned[id] ?? []).isSubset(of: taken[id] ?? [])
        }
    }

    private func partitionsOfOthers(than known: Int) -> PartitionMap {
        var taken: PartitionMap = [:]
        for (index, member) in members.enumerated() where index != known {
            for part in [member.assigned, member.revoking] { taken.merge(part) { $0.union($1) } }
        }
        return taken
    }

    // MARK: Time

    /// When to look at the member next, if no timer of it is due before.
    mutating func nextTimer(_ known: Int) -> Int64? {
        let due = min(members[known].expiresAt, members[known].deadline ?? .max)
        guard due < members[known].timerAt else { return nil }
        members[known].timerAt = due
        return due
    }

    /// Removes the member if it is silent for too long, or keeps what it should have given up.
    mutating func memberDeadline(_ id: String, now: Int64) -> Int64? {
        guard let known = index(id), now >= members[known].timerAt else { return nil }
        members[known].timerAt = .max
        guard now < min(members[known].expiresAt, members[known].deadline ?? .max) else {
            remove(known)
            return nil
        }
        return nextTimer(known)
    }

    // MARK: Offsets

    /// Why a member's positions are not taken or told.
    func offsetRefusal(_ memberID: String, _ memberEpoch: Int32) -> ErrorCode? {
        guard let known = index(memberID) else { return .unknownMemberID }
        guard members[known].epoch != memberEpoch else { return nil }
        return members[known].classic == nil ? .staleMemberEpoch : .illegalGeneration
    }
}

// A group of the consumer protocol (KIP-848) as a state machine. Members say what they want in a heartbeat;
// each change of what they want bumps the group's epoch; at the new epoch an assignor gives each member its
// target; each member is led to its target by itself, first giving up what it shall not have any more, then
// taking what others have given up. No I/O, no clock, and no barrier that all wait at.

import KafkaWire

struct ConsumerMachine {
    /// 1 from the start: 0 is the epoch of a member that joins.
    var epoch: Int32 = 1
    var assignmentEpoch: Int32 = 0
    /// Tells whether subscribed topics have come, gone or grown.
    var metadataHash: Int64 = 0
    var members: [ConsumerMember] = []
    /// What of it has to be written.
    var changes = Changes()
    private var matches: [String: [String]] = [:]
    private var revision: Int?

    /// What has changed since it was written last, by member id.
    struct Changes {
        var epoch = false
        var assignmentEpoch = false
        var described: Set<String> = []
        var targets: Set<String> = []
        var moved: Set<String> = []
        var removed: Set<String> = []

        var isEmpty: Bool {
            !epoch && !assignmentEpoch && described.isEmpty && targets.isEmpty && moved.isEmpty && removed.isEmpty
        }
    }

    /// What the group is held to.
    struct Terms {
        var settings: GroupSettings
        var sessionTimeout: Int64
        var now: Int64
        var topics: TopicView
    }

    func index(_ id: String) -> Int? { members.firstIndex { $0.id.isIdentical(to: id) } }
    func index(instance: String) -> Int? { members.firstIndex { $0.instanceID?.isIdentical(to: instance) == true } }

    /// By the names that ConsumerGroupDescribe shows.
    var stateName: String {
        if members.isEmpty { return "Empty" }
        if epoch > assignmentEpoch { return "Assigning" }
        return members.allSatisfy { $0.isReconciled(to: assignmentEpoch) } ? "Stable" : "Reconciling"
    }

    // MARK: Heartbeats

    /// Takes a member's heartbeat in and returns where the member is in `members`, and whether it is to be told
    /// its assignment.
    mutating func heartbeat(
        _ request: ConsumerGroupHeartbeatRequest, _ target: ReplyTarget, _ terms: Terms
    ) throws(GroupRefusal) -> (index: Int, tellsAssignment: Bool) {
        try checkRoom(request, terms.settings)
        if let text = request.subscribedPattern, !text.isEmpty { try check(text) }
        let hasUnmatched = members.contains { $0.pattern.map { matches[$0] == nil } ?? false }
        let known = try subscribe(request)
        let before = members[known]
        update(known, request, target)
        if members[known].differs(from: before) { changes.described.insert(members[known].id) }
        // A new pattern is matched with the next heartbeat, as Kafka does it; one that others have is known.
        let pattern = members[known].pattern
        let isKnownPattern = pattern.map { matches[$0] != nil } ?? true
        let hasNewWish = members[known].topics != before.topics || pattern != before.pattern && isKnownPattern
        refresh(hasNewWish: hasNewWish, matchesNew: hasUnmatched, terms.topics)
        if epoch > assignmentEpoch { assign(terms) }
        reconcile(known, owned: request.ownedPartitions.map { PartitionMap($0) }, now: terms.now)
        members[known].expiresAt = terms.now + terms.sessionTimeout
        let isFull =
            request.memberEpoch == 0
            || request.rebalanceTimeoutMilliseconds != -1 && request.ownedPartitions != nil
                && (request.subscribedTopics != nil || request.subscribedPattern != nil)
        return (known, isFull || members[known].assigned != before.assigned)
    }

    private func checkRoom(_ request: ConsumerGroupHeartbeatRequest, _ settings: GroupSettings) throws(GroupRefusal) {
        guard members.count >= Int(settings.sizeMax), index(request.memberID) == nil else { return }
        throw GroupRefusal(
            .groupMaxSizeReached, "The consumer group has reached its maximum capacity of \(settings.sizeMax) members.")
    }

    /// The member that asks; a new one if it joins.
    private mutating func subscribe(_ request: ConsumerGroupHeartbeatRequest) throws(GroupRefusal) -> Int {
        let isJoining = request.memberEpoch == 0
        guard let instance = request.instanceID else {
            if let known = index(request.memberID) {
                try checkEpoch(members[known], request)
                return known
            }
            guard isJoining else { throw unknownMember(request.memberID) }
            return append(ConsumerMember(id: request.memberID))
        }
        let known = index(instance: instance)
        guard isJoining else {
            guard let known else { throw GroupRefusal(.unknownMemberID, "Instance id \(instance) is unknown.") }
            try checkInstance(members[known], request.memberID, instance)
            try checkEpoch(members[known], request)
            return known
        }
        guard let known else {
            if let same = index(request.memberID) { return same }
            return append(ConsumerMember(id: request.memberID))
        }
        let former = members[known]
        if former.id.isIdentical(to: request.memberID), former.epoch != ConsumerMember.awayEpoch { return known }
        guard former.epoch == ConsumerMember.awayEpoch else {
            throw GroupRefusal(
                .unreleasedInstanceID,
                "Static member \(request.memberID) with instance id \(instance) cannot join the group because the "
                    + "instance id is owned by member \(former.id).")
        }
        replace(known, id: request.memberID)
        return known
    }

    mutating func append(_ member: ConsumerMember) -> Int {
        members.append(member)
        changes.described.insert(member.id)
        changes.removed.remove(member.id)
        return members.count - 1
    }

    /// A static member is back under a new id: what it had is its own again.
    mutating func replace(_ known: Int, id: String) {
        let former = members[known].id
        members[known].id = id
        members[known].epoch = 0
        members[known].previousEpoch = 0
        members[known].timerAt = .max
        changes.removed.insert(former)
        changes.removed.remove(id)
        changes.described.insert(id)
        changes.targets.insert(id)
        changes.moved.insert(id)
    }

    func unknownMember(_ id: String) -> GroupRefusal {
        GroupRefusal(.unknownMemberID, "Member \(id) is not a member of the group.")
    }

    private func checkInstance(_ member: ConsumerMember, _ id: String, _ instance: String) throws(GroupRefusal) {
        guard !member.id.isIdentical(to: id) else { return }
        throw GroupRefusal(
            .fencedInstanceID,
            "Static member \(id) with instance id \(instance) was fenced by member \(member.id).")
    }

    /// The epoch before the last is taken too, from a member whose response was lost: it has nothing else.
    private func checkEpoch(_ member: ConsumerMember, _ request: ConsumerGroupHeartbeatRequest) throws(GroupRefusal) {
        let epoch = request.memberEpoch
        guard epoch != 0, epoch != member.epoch else { return }
        if epoch < member.epoch, epoch == member.previousEpoch, let owned = request.ownedPartitions,
            PartitionMap(owned).isSubset(of: member.assigned)
        {
            return
        }
        throw GroupRefusal(
            .fencedMemberEpoch,
            "The consumer group member has a \(epoch > member.epoch ? "greater" : "smaller") member epoch (\(epoch)) "
                + "than the one known by the group coordinator (\(member.epoch)). The member must abandon all its "
                + "partitions and rejoin.")
    }

    private mutating func update(_ known: Int, _ request: ConsumerGroupHeartbeatRequest, _ target: ReplyTarget) {
        if let instance = request.instanceID { members[known].instanceID = instance }
        if let rack = request.rackID { members[known].rackID = rack }
        if request.rebalanceTimeoutMilliseconds != -1 {
            members[known].rebalanceTimeout = request.rebalanceTimeoutMilliseconds
        }
        if let assignor = request.assignor { members[known].assignor = assignor }
        if let topics = request.subscribedTopics { members[known].topics = Set(topics).sorted() }
        if let pattern = request.subscribedPattern { members[known].pattern = pattern.isEmpty ? nil : pattern }
        members[known].clientID = target.clientID
        members[known].clientHost = "/" + target.clientHost
        // A classic member that now speaks the consumer protocol.
        if members[known].classic != nil {
            members[known].classic = nil
            members[known].deadline = nil
        }
    }

    // MARK: Leaving

    mutating func leave(_ request: ConsumerGroupHeartbeatRequest) throws(GroupRefusal) {
        let known: Int
        if let instance = request.instanceID {
            guard let static_ = index(instance: instance) else {
                throw GroupRefusal(.unknownMemberID, "Instance id \(instance) is unknown.")
            }
            try checkInstance(members[static_], request.memberID, instance)
            known = static_
        } else {
            guard let dynamic = index(request.memberID) else { throw unknownMember(request.memberID) }
            known = dynamic
        }
        guard request.memberEpoch == ConsumerMember.awayEpoch else { return remove(known) }
        members[known].epoch = ConsumerMember.awayEpoch
        members[known].revoking = [:]
        changes.moved.insert(members[known].id)
    }

    mutating func remove(_ known: Int) {
        let id = members.remove(at: known).id
        changes.described.remove(id)
        changes.targets.remove(id)
        changes.moved.remove(id)
        changes.removed.insert(id)
        bump()
    }

    mutating func bump() {
        epoch += 1
        changes.epoch = true
    }

    // MARK: Topics

    private func check(_ text: String) throws(GroupRefusal) {
        guard matches[text] == nil else { return }
        do throws(TopicPattern.Invalid) {
            _ = try TopicPattern(text)
        } catch {
            throw GroupRefusal(
                .invalidRegularExpression,
                "SubscribedTopicRegex `\(text)` is not a valid regular expression.")
        }
    }

    /// The topics that a member subscribes to, by name and by pattern.
    func subscription(of member: ConsumerMember) -> Set<String> {
        Set(member.topics).union(member.pattern.flatMap { matches[$0] } ?? [])
    }

    func isSubscribed(to topic: String) -> Bool { members.contains { subscription(of: $0).contains(topic) } }

    /// Bumps the epoch if members want something else, or what they want has changed.
    mutating func refresh(hasNewWish: Bool, matchesNew: Bool = true, _ topics: TopicView) {
        guard hasNewWish || matchesNew || revision != topics.revision else { return }
        let patterns = Set(members.compactMap(\.pattern))
        matches = matches.filter { patterns.contains($0.key) }
        for text in patterns {
            let isStale = matches[text] == nil ? matchesNew : revision != topics.revision
            guard isStale, let pattern = try? TopicPattern(text) else { continue }
            matches[text] = topics.names().filter(pattern.matches)
        }
        revision = topics.revision
        var names: Set<String> = []
        for member in members { names.formUnion(subscription(of: member)) }
        let hash = Self.hash(names, topics)
        if hasNewWish || hash != metadataHash { bump() }
        metadataHash = hash
    }

    /// FNV-1a over the subscribed topics that exist, with their ids and partition counts.
    private static func hash(_ names: Set<String>, _ topics: TopicView) -> Int64 {
        let start: UInt64 = 0xcbf2_9ce4_8422_2325
        var hash = start
        func mix(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01b3 }
        for name in names.sorted() {
            guard let topic = topics.find(name) else { continue }
            mix(topic.id.high)
            mix(topic.id.low)
            mix(UInt64(topic.partitions))
        }
        return hash == start ? 0 : Int64(bitPattern: hash)
    }
}

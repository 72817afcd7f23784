// The assignors of the consumer protocol: which member shall have which partition. `range` gives each member a
// contiguous part of every topic, so that members of equal subscription get the same numbers of all topics;
// `uniform` gives all members as nearly equally many as their subscriptions allow, and moves no more than that
// needs.

import KafkaWire

/// A topic that a member subscribes to.
struct AssignableTopic: Hashable {
    var id: TopicID
    var partitionCount: Int
}

/// A member as an assignor sees it.
struct AssignableMember {
    var id: String
    var instanceID: String?
    var topics: [AssignableTopic]
    var current: PartitionMap
}

enum Assignor {
    /// Static members come first, by their instance id, then the others by theirs: a restart moves nothing.
    private static func order(_ members: [AssignableMember]) -> [Int] {
        members.indices.sorted { left, right in
            switch (members[left].instanceID, members[right].instanceID) {
            case (let first?, let second?): first < second
            case (.some, nil): true
            case (nil, .some): false
            case (nil, nil): members[left].id < members[right].id
            }
        }
    }

    static func range(_ members: [AssignableMember]) -> [PartitionMap] {
        var targets = [PartitionMap](repeating: [:], count: members.count)
        let order = order(members)
        for topic in Set(members.flatMap(\.topics)) {
            let subscribers = order.filter { members[$0].topics.contains(topic) }
            guard !subscribers.isEmpty else { continue }
            let (share, rest) = topic.partitionCount.quotientAndRemainder(dividingBy: subscribers.count)
            var next = 0
            for (position, member) in subscribers.enumerated() {
                let count = share + (position < rest ? 1 : 0)
                if count > 0 { targets[member][topic.id] = Set((next..<(next + count)).map(Int32.init)) }
                next += count
            }
        }
        return targets
    }

    static func uniform(_ members: [AssignableMember]) -> [PartitionMap] {
        var state = Balance(members, order: order(members))
        state.keepCurrent()
        state.giveRest()
        state.level()
        return state.targets
    }

    /// A distribution on its way to balance.
    private struct Balance {
        let members: [AssignableMember]
        let order: [Int]
        /// Who may have a topic's partitions.
        var subscribers: [TopicID: [Int]] = [:]
        var targets: [PartitionMap]
        var counts: [Int]
        var free: [(TopicID, Int32)] = []

        init(_ members: [AssignableMember], order: [Int]) {
            self.members = members
            self.order = order
            targets = [PartitionMap](repeating: [:], count: members.count)
            counts = [Int](repeating: 0, count: members.count)
            for index in order {
                for topic in members[index].topics { subscribers[topic.id, default: []].append(index) }
            }
        }

        private var topics: [AssignableTopic] {
            Set(members.flatMap(\.topics)).sorted { ($0.id.high, $0.id.low) < ($1.id.high, $1.id.low) }
        }

        /// Everybody keeps what it has, up to an even share where all may have all.
        mutating func keepCurrent() {
            let topics = topics
            let total = topics.reduce(0) { $0 + $1.partitionCount }
            let isEven = topics.allSatisfy { subscribers[$0.id]?.count == members.count }
            let (share, rest) = total.quotientAndRemainder(dividingBy: max(1, members.count))
            var larger = rest
            var taken: Set<Place> = []
            for index in order {
                var quota = isEven ? share : Int.max
                for topic in members[index].topics.sorted(by: { ($0.id.high, $0.id.low) < ($1.id.high, $1.id.low) }) {
                    for partition in (members[index].current[topic.id] ?? []).sorted()
                    where partition >= 0 && Int(partition) < topic.partitionCount {
                        if isEven, counts[index] >= quota {
                            guard quota == share, larger > 0 else { continue }
                            larger -= 1
                            quota += 1
                        }
                        guard taken.insert(Place(id: topic.id, partition: partition)).inserted else { continue }
                        targets[index].insert(partition, of: topic.id)
                        counts[index] += 1
                    }
                }
            }
            for topic in topics {
                for partition in 0..<Int32(topic.partitionCount)
                where !taken.contains(Place(id: topic.id, partition: partition)) {
                    free.append((topic.id, partition))
                }
            }
        }

        private struct Place: Hashable {
            var id: TopicID
            var partition: Int32
        }

        /// What nobody has goes to whoever has least, the partitions of few subscribers first.
        mutating func giveRest() {
            free.sort { (subscribers[$0.0]?.count ?? 0) < (subscribers[$1.0]?.count ?? 0) }
            for (id, partition) in free {
                guard let least = subscribers[id]?.min(by: { counts[$0] < counts[$1] }) else { continue }
                targets[least].insert(partition, of: id)
                counts[least] += 1
            }
        }

        /// Moves partitions from those who have more to those who have at least two fewer.
        mutating func level() {
            var hasMoved = true
            while hasMoved {
                hasMoved = false
                for giver in order.sorted(by: { counts[$0] > counts[$1] }) {
                    for topic in members[giver].topics {
                        guard let taker = subscribers[topic.id]?.min(by: { counts[$0] < counts[$1] }),
                            counts[giver] >= counts[taker] + 2, let partition = targets[giver][topic.id]?.max()
                        else { continue }
                        targets[giver][topic.id]?.remove(partition)
                        if targets[giver][topic.id]?.isEmpty == true { targets[giver][topic.id] = nil }
                        targets[taker].insert(partition, of: topic.id)
                        counts[giver] -= 1
                        counts[taker] += 1
                        hasMoved = true
                    }
                }
            }
        }
    }
}

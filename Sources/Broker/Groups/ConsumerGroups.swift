// The consumer protocol's side of the broker: keeps the machines' changes in `__consumer_offsets` and turns
// groups without members from one protocol to the other.

import Bytes
import KafkaWire

extension BrokerCore {
    var topicView: TopicView {
        TopicView(
            revision: catalog.revision, names: { [unowned self] in Array(catalog.topics.keys) },
            find: { [unowned self] name in catalog.topics[name].map { ($0.id, $0.partitionCount) } })
    }

    /// What a group is held to: the broker's settings, and its own before them.
    func consumerTerms(_ name: GroupName) -> ConsumerMachine.Terms {
        var chosen = settings.consumerGroups
        let own = administration.values(.group, name.text)
        chosen.sessionTimeout = own["consumer.session.timeout.ms"].flatMap(Int32.init) ?? chosen.sessionTimeout
        chosen.heartbeatInterval = own["consumer.heartbeat.interval.ms"].flatMap(Int32.init) ?? chosen.heartbeatInterval
        return ConsumerMachine.Terms(
            settings: chosen, sessionTimeout: Int64(chosen.sessionTimeout), now: now, topics: topicView)
    }

    /// Writes what has changed in `machine`, with `others` before it, and makes it the group's.
    func store(
        _ machine: ConsumerMachine, in group: Group, others: [(key: [UInt8], value: [UInt8]?)] = []
    ) throws(AppendError) {
        var stored = machine
        let records = stored.takeChanges()
        if !records.isEmpty || !others.isEmpty {
            var batch = RecordBatchBuilder(timestamp: now)
            for record in others { batch.add(key: record.key, value: record.value) }
            for record in records { batch.add(key: record.key.encode(group.name), value: record.value) }
            try appendInternal(TopicCatalog.offsetsTopic, batch.build(), at: offsetsPartition(of: group.name))
        }
        group.consumer = stored
    }

    /// The end of all records of a group of the consumer protocol that has no members.
    func tombstones(ofConsumerGroup name: GroupName) -> [(key: [UInt8], value: [UInt8]?)] {
        [
            (ConsumerRecordKey.targetEpoch.encode(name), nil), (ConsumerRecordKey.epoch.encode(name), nil),
        ]
    }

    /// Makes an empty group of the consumer protocol a classic one, so that classic members may join.
    func makeClassic(_ group: Group) throws(AppendError) {
        guard group.consumer != nil else { return }
        var batch = RecordBatchBuilder(timestamp: now)
        for record in tombstones(ofConsumerGroup: group.name) { batch.add(key: record.key, value: record.value) }
        try appendInternal(TopicCatalog.offsetsTopic, batch.build(), at: offsetsPartition(of: group.name))
        group.consumer = nil
        group.resetMachine(now: now)
    }

    /// A member is silent for too long, or keeps what it should have given up.
    func consumerMemberDeadline(_ group: Group, _ memberID: String) {
        guard var machine = group.consumer else { return }
        let next = machine.memberDeadline(memberID, now: now)
        do throws(AppendError) {
            try store(machine, in: group)
            if let next { deadlines.add(.groupMember(group: group.name, memberID: memberID), at: next) }
            downgradeIfClassic(group)
        } catch {
            // It stays until this can be written.
            deadlines.add(.groupMember(group: group.name, memberID: memberID), at: now + 1_000)
        }
    }

    /// After a start, or when it was a classic group, the sessions of members begin anew.
    func beginSessions(_ group: Group) {
        guard var machine = group.consumer else { return }
        let terms = consumerTerms(group.name)
        machine.refresh(hasNewWish: false, terms.topics)
        for index in machine.members.indices {
            let classicTimeout = machine.members[index].classic.map { Int64($0.sessionTimeout) }
            machine.members[index].expiresAt = now + (classicTimeout ?? terms.sessionTimeout)
            if machine.members[index].state == .unrevoked {
                machine.members[index].deadline = now + Int64(machine.members[index].rebalanceTimeout)
            }
            if let at = machine.nextTimer(index) {
                deadlines.add(.groupMember(group: group.name, memberID: machine.members[index].id), at: at)
            }
        }
        group.consumer = machine
    }

    static func freshUUID() -> String {
        let id = TopicCatalog.randomID()
        var raw = ByteWriter()
        raw.integer(id.high)
        raw.integer(id.low)
        return Base64.encode(raw.bytes, urlSafe: true)
    }
}

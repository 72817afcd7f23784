// The group side of the broker: performs what group machines ask for, writes groups and offsets to
// `__consumer_offsets`, and brings them back at the start.

import KafkaWire

extension BrokerCore {
    /// The single partition of an internal topic, created at its first use.
    func internalLog(_ topic: String) throws(DiskError) -> PartitionLog {
        if let log = catalog.log(topic, 0) { return log }
        try createTopics([(topic, 1, internalValues(topic))])
        guard let log = catalog.log(topic, 0) else { throw DiskError(operation: "create", path: topic, code: 5) }
        return log
    }

    /// Appends a batch that the broker made to an internal topic.
    func appendInternal(_ topic: String, _ batch: [UInt8]) throws(AppendError) {
        let log: PartitionLog
        do throws(DiskError) { log = try internalLog(topic) } catch { throw .refused(.storageError) }
        do throws(AppendError) {
            _ = try log.append(built: batch, now: now)
        } catch {
            if log.hasLostSync { stop(log.failure ?? "") }
            throw error
        }
        touch(log)
    }

    func obtainGroup(_ name: String) -> Group {
        groups.obtain(GroupName(name), now: now, initialDelay: settings.groupInitialRebalanceDelayMilliseconds)
    }

    /// Performs a machine's actions in their order; what follows a `persist` waits until it is durable.
    func perform(_ actions: [GroupAction], of group: Group) {
        for (position, action) in actions.enumerated() {
            switch action {
            case .joined(let target, let response): reply(target, response)
            case .synced(let target, let response): reply(target, response)
            case .memberTimer(let member, let at):
                deadlines.add(.groupMember(group: group.name, memberID: member), at: at)
            case .rebalanceTimer(let at): deadlines.add(.groupRebalance(group: group.name), at: at)
            case .persist:
                if group.machine.state == .empty { group.emptySince = now }
                let isStored = persist(group)
                let rest = Array(actions[(position + 1)...])
                return whenDurable { [unowned self] in
                    perform(isStored ? rest : rest.map(unavailable), of: group)
                }
            }
        }
    }

    private func unavailable(_ action: GroupAction) -> GroupAction {
        guard case .synced(let target, _) = action else { return action }
        var response = SyncGroupResponse()
        response.error = .coordinatorNotAvailable
        return .synced(target, response)
    }

    private func persist(_ group: Group) -> Bool {
        var batch = RecordBatchBuilder(timestamp: now)
        batch.add(key: GroupRecordKey.group(group.name).encode(), value: group.machine.encode(now: now))
        do throws(AppendError) {
            try appendInternal(TopicCatalog.offsetsTopic, batch.build())
            return true
        } catch {
            return false
        }
    }

    /// Writes offsets (nil forgets one) and takes them in, for a transaction to decide about if one is given.
    func storeOffsets(
        _ group: Group, _ offsets: [(TopicPartition, CommittedOffset?)], producer: (id: Int64, epoch: Int16)? = nil
    ) throws(AppendError) {
        guard !offsets.isEmpty else { return }
        var batch = RecordBatchBuilder(timestamp: now)
        if let producer {
            batch.producerID = producer.id
            batch.producerEpoch = producer.epoch
            batch.isTransactional = true
        }
        for (partition, offset) in offsets {
            batch.add(key: GroupRecordKey.offset(group.name, partition).encode(), value: offset?.encode())
        }
        try appendInternal(TopicCatalog.offsetsTopic, batch.build())
        for (partition, offset) in offsets {
            if let producer {
                group.pendingOffsets[producer.id, default: [:]][partition] = offset
            } else {
                group.offsets[partition] = offset
            }
        }
    }

    /// Removes a group with all that is known of it.
    func forget(_ group: Group) throws(AppendError) {
        var batch = RecordBatchBuilder(timestamp: now)
        for partition in group.offsets.keys {
            batch.add(key: GroupRecordKey.offset(group.name, partition).encode(), value: nil)
        }
        batch.add(key: GroupRecordKey.group(group.name).encode(), value: nil)
        try appendInternal(TopicCatalog.offsetsTopic, batch.build())
        groups.remove(group.name)
    }

    // MARK: Time

    func memberDeadline(_ name: GroupName, _ memberID: String) {
        guard let group = groups[name] else { return }
        perform(group.machine.memberDeadline(memberID, now: now), of: group)
    }

    func rebalanceDeadline(_ name: GroupName) {
        guard let group = groups[name] else { return }
        perform(group.machine.rebalanceDeadline(now: now), of: group)
    }

    /// Forgets groups that have been empty for longer than offsets are kept.
    func expireGroups() {
        for group in groups.groups.values
        where group.machine.state == .empty && group.pendingOffsets.isEmpty && group.machine.pendingIDs.isEmpty {
            let lastCommit = group.offsets.values.map(\.timestamp).max() ?? group.emptySince
            let age = now - max(lastCommit, group.emptySince)
            guard age > settings.offsetsRetentionMilliseconds else { continue }
            do throws(AppendError) { try forget(group) } catch { return }
        }
    }

    // MARK: Start

    /// Reads groups and offsets back; sessions of members begin anew.
    func loadGroups() throws(DiskError) {
        guard let log = catalog.log(TopicCatalog.offsetsTopic, 0), log.failure == nil else { return }
        let delay = settings.groupInitialRebalanceDelayMilliseconds
        let time = now
        var table = GroupTable()
        try log.forEachRecord { header, key, value in
            table.apply(
                key: key, value: value, producerID: header.isTransactional ? header.producerID : nil,
                initialDelay: delay, now: time)
        } control: { header, outcome in
            table.endTransaction(header.producerID, outcome)
        }
        groups = table
        for group in table.groups.values {
            for member in group.machine.members {
                deadlines.add(.groupMember(group: group.name, memberID: member.id), at: now + member.sessionTimeout)
            }
        }
    }
}

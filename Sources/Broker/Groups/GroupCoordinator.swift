// The group side of the broker: performs what group machines ask for, writes groups and offsets to
// `__consumer_offsets`, and brings them back at the start.

import KafkaWire

extension BrokerCore {
    /// A partition of an internal topic, which is created at its first use.
    func internalLog(_ topic: String, _ index: Int32 = 0) throws(DiskError) -> PartitionLog {
        if let log = catalog.log(topic, index) { return log }
        if catalog.topics[topic] == nil {
            try createTopics([(topic, internalPartitionCount(topic), internalValues(topic))])
        }
        guard let log = catalog.log(topic, index) else { throw DiskError(operation: "create", path: topic, code: 5) }
        return log
    }

    /// Appends a batch that the broker made to an internal topic, and returns its first offset.
    @discardableResult
    func appendInternal(_ topic: String, _ batch: [UInt8], at index: Int32 = 0) throws(AppendError) -> Int64 {
        let log: PartitionLog
        do throws(DiskError) { log = try internalLog(topic, index) } catch { throw .refused(.storageError) }
        let result: AppendResult
        do throws(AppendError) {
            result = try log.append(built: batch, now: now)
        } catch {
            if log.hasLostSync { stop(log.failure ?? "") }
            throw error
        }
        touch(log)
        return result.baseOffset
    }

    var groupPolicy: GroupPolicy {
        GroupPolicy(
            initialDelay: settings.groupInitialRebalanceDelayMilliseconds,
            sizeMax: min(settings.groupSizeMax, settings.limits.groupMembersMax))
    }

    func obtainGroup(_ name: String) -> Group {
        groups.obtain(GroupName(name), policy: groupPolicy, now: now)
    }

    /// Performs a machine's actions in their order; what follows a `persist` waits until it is durable. So
    /// does an assignment that is asked for again: a crash must not take back what a member was told.
    func perform(_ actions: [GroupAction], of group: Group, isDurable: Bool = false) {
        for (position, action) in actions.enumerated() {
            switch action {
            case .joined(let target, let response): reply(target, response)
            case .synced(let target, let response):
                if isDurable || response.error != .none {
                    reply(target, response)
                } else {
                    whenDurable { [unowned self] in reply(target, response) }
                }
            case .memberTimer(let member, let at):
                deadlines.add(.groupMember(group: group.name, memberID: member), at: at)
            case .rebalanceTimer(let at): deadlines.add(.groupRebalance(group: group.name), at: at)
            case .syncTimer(let generation, let at):
                deadlines.add(.groupSync(group: group.name, generation: generation), at: at)
            case .persist:
                let rest = Array(actions[(position + 1)...])
                guard persist(group) else { return performUnwritten(rest, of: group) }
                return whenDurable { [unowned self] in perform(rest, of: group, isDurable: true) }
            }
        }
    }

    /// The group could not be written: who waits is told to ask again, and an assignment does not stand.
    private func performUnwritten(_ actions: [GroupAction], of group: Group) {
        var hasAssignment = false
        for action in actions {
            switch action {
            case .joined(let target, var response) where response.error == .none:
                response.error = .coordinatorNotAvailable
                reply(target, response)
            case .synced(let target, let response) where response.error == .none:
                var refused = SyncGroupResponse()
                refused.error = .coordinatorNotAvailable
                reply(target, refused)
                hasAssignment = true
            default: perform([action], of: group)
            }
        }
        if hasAssignment { perform(group.machine.assignmentLost(now: now), of: group) }
    }

    private func persist(_ group: Group) -> Bool {
        var batch = RecordBatchBuilder(timestamp: now)
        batch.add(key: GroupRecordKey.group(group.name).encode(), value: group.machine.encode())
        do throws(AppendError) {
            try appendInternal(TopicCatalog.offsetsTopic, batch.build(), at: offsetsPartition(of: group.name))
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
        let recordedAt = try appendInternal(TopicCatalog.offsetsTopic, batch.build(), at: offsetsPartition(of: group.name))
        for (partition, offset) in offsets {
            var stored = offset
            stored?.recordedAt = recordedAt
            group.set(partition, stored, producerID: producer?.id)
        }
    }

    /// Removes a group with all that is known of it.
    func forget(_ group: Group) throws(AppendError) {
        var batch = RecordBatchBuilder(timestamp: now)
        for partition in group.partitionsWithOffsets {
            batch.add(key: GroupRecordKey.offset(group.name, partition).encode(), value: nil)
        }
        if group.consumer == nil {
            batch.add(key: GroupRecordKey.group(group.name).encode(), value: nil)
        } else {
            for record in tombstones(ofConsumerGroup: group.name) { batch.add(key: record.key, value: record.value) }
        }
        try appendInternal(TopicCatalog.offsetsTopic, batch.build(), at: offsetsPartition(of: group.name))
        groups.remove(group.name)
    }

    // MARK: Time

    func memberDeadline(_ name: GroupName, _ memberID: String) {
        guard let group = groups[name] else { return }
        if group.consumer != nil { return consumerMemberDeadline(group, memberID) }
        perform(group.machine.memberDeadline(memberID, now: now), of: group)
    }

    func rebalanceDeadline(_ name: GroupName) {
        guard let group = groups[name] else { return }
        perform(group.machine.rebalanceDeadline(now: now), of: group)
    }

    func syncDeadline(_ name: GroupName, _ generation: Int32) {
        guard let group = groups[name] else { return }
        perform(group.machine.syncDeadline(generation: generation, now: now), of: group)
    }

    /// Forgets offsets that were kept long enough, and groups of which nothing is left.
    func expireGroups() {
        deadlines.add(.groupExpiry, at: now + settings.offsetsRetentionCheckMilliseconds)
        for group in groups.groups.values {
            let expired = group.expiredOffsets(now: now, retention: settings.offsetsRetentionMilliseconds)
            do throws(AppendError) {
                try storeOffsets(group, expired.map { ($0, nil) })
                if group.isForgettable { try forget(group) }
            } catch {
                // Tried again next time.
                return
            }
        }
    }

    // MARK: Start

    /// Reads groups and offsets back; sessions of members begin anew.
    func loadGroups() throws(DiskError) {
        guard let topic = catalog.topics[TopicCatalog.offsetsTopic] else { return }
        let policy = groupPolicy
        let time = now
        var table = GroupTable()
        for log in topic.partitions where log.failure == nil {
            try log.forEachRecord { header, key, value in
                table.apply(header, key: key, value: value, policy: policy, now: time)
            } control: { header, outcome in
                table.endTransaction(header.producerID, outcome)
            }
        }
        groups = table
        for group in table.groups.values {
            for index in group.machine.members.indices {
                group.machine.expect(index, within: group.machine.members[index].sessionTimeout, now: now)
            }
            perform(group.machine.drain(), of: group)
            beginSessions(group)
        }
    }
}

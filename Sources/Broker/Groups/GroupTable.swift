// All groups with their offsets, and how they come back from the log. Offsets committed in a transaction
// are kept by producer until its marker arrives in the same log.

import Bytes
import KafkaWire

/// One group.
final class Group {
    let name: GroupName
    /// Of the classic protocol, and of groups that only hold offsets.
    var machine = GroupMachine()
    /// Set if the group is of the consumer protocol: then `machine` has nothing to say.
    var consumer: ConsumerMachine?
    var offsets: [TopicPartition: CommittedOffset] = [:]
    /// Offsets of open transactions, by producer id.
    var pendingOffsets: [Int64: [TopicPartition: CommittedOffset]] = [:]

    init(name: GroupName, policy: GroupPolicy, now: Int64) {
        self.name = name
        machine.policy = policy
        machine.stateChangedAt = now
    }

    func resetMachine(now: Int64) {
        let policy = machine.policy
        machine = GroupMachine()
        machine.policy = policy
        machine.stateChangedAt = now
    }

    var isEmpty: Bool { consumer?.members.isEmpty ?? (machine.state == .empty) }
    var stateName: String { consumer?.stateName ?? machine.state.rawValue }
    var typeName: String { consumer == nil ? "classic" : "consumer" }
    var protocolType: String { consumer == nil ? machine.protocolType : "consumer" }

    /// Whether members would miss offsets in this topic.
    func isSubscribed(to topic: String) -> Bool {
        consumer?.isSubscribed(to: topic) ?? machine.isSubscribed(to: topic)
    }

    /// Why offsets of this sender are not taken; `generation` is a member's epoch in the consumer protocol.
    func commitRefusal(
        _ memberID: String, _ instanceID: String?, _ generation: Int32, isTransactional: Bool, version: Int16
    ) -> ErrorCode? {
        guard let consumer else {
            return machine.commitRefusal(memberID, instanceID, generation, isTransactional: isTransactional)
        }
        if generation < 0, consumer.members.isEmpty { return nil }
        // A transaction of an old client says neither who it is nor of which epoch.
        if isTransactional, generation < 0, memberID.isEmpty { return nil }
        let refusal = consumer.offsetRefusal(memberID, generation)
        if refusal == .unknownMemberID { return refusal }
        if isTransactional { return refusal == nil ? nil : .illegalGeneration }
        // Version 9 is the consumer protocol's; who still speaks the classic one in such a group keeps its own.
        let isClassic = consumer.index(memberID).map { consumer.members[$0].classic != nil } ?? false
        return version < 9 && !isClassic ? .unsupportedVersion : refusal
    }

    func hasPendingOffset(_ partition: TopicPartition) -> Bool {
        pendingOffsets.values.contains { $0[partition] != nil }
    }

    /// Committed or in an open transaction.
    var partitionsWithOffsets: Set<TopicPartition> {
        pendingOffsets.values.reduce(into: Set(offsets.keys)) { $0.formUnion($1.keys) }
    }

    /// Takes a committed offset, or one for a transaction to decide about; nil forgets both kinds.
    func set(_ partition: TopicPartition, _ offset: CommittedOffset?, producerID: Int64?) {
        if let producerID, let offset {
            pendingOffsets[producerID, default: [:]][partition] = offset
        } else {
            offsets[partition] = offset
        }
        guard offset == nil else { return }
        for id in pendingOffsets.keys { pendingOffsets[id]?[partition] = nil }
    }

    /// A transaction of this producer has ended. An offset committed after its own stays.
    func endTransaction(_ producerID: Int64, _ outcome: TransactionOutcome) {
        guard let pending = pendingOffsets.removeValue(forKey: producerID), outcome == .commit else { return }
        offsets.merge(pending) { old, new in new.recordedAt >= old.recordedAt ? new : old }
    }

    /// Offsets not needed for longer than they are kept. Where members consume, what they subscribe to is
    /// needed; in a group that lost its members all are, for that long.
    func expiredOffsets(now: Int64, retention: Int64) -> [TopicPartition] {
        let isClassic = consumer == nil && !machine.protocolType.isEmpty
        let emptySince = isClassic && machine.state == .empty ? machine.stateChangedAt : nil
        if isClassic, machine.state != .empty {
            let isKnown = machine.usesConsumerProtocol && machine.subscribedTopics != nil
            guard isKnown, machine.state == .stable else { return [] }
        }
        return offsets.compactMap { partition, offset in
            guard !isSubscribed(to: partition.topic), !hasPendingOffset(partition) else { return nil }
            let isExpired =
                offset.expiresAt.map { now >= $0 } ?? (now - (emptySince ?? offset.timestamp) >= retention)
            return isExpired ? partition : nil
        }
    }

    /// Nothing is left of it that anybody would ask for.
    var isForgettable: Bool {
        isEmpty && machine.pendingIDs.isEmpty && offsets.isEmpty && pendingOffsets.isEmpty
    }
}

/// All groups.
struct GroupTable {
    private(set) var groups: [GroupName: Group] = [:]

    subscript(name: GroupName) -> Group? { groups[name] }

    mutating func obtain(_ name: GroupName, policy: GroupPolicy, now: Int64) -> Group {
        if let known = groups[name] { return known }
        let group = Group(name: name, policy: policy, now: now)
        groups[name] = group
        return group
    }

    mutating func remove(_ name: GroupName) { groups[name] = nil }

    func endTransaction(_ producerID: Int64, _ outcome: TransactionOutcome) {
        for group in groups.values { group.endTransaction(producerID, outcome) }
    }

    /// Takes in one record of the log, in the order of the log.
    mutating func apply(
        _ header: RecordBatchHeader, key: [UInt8], value: [UInt8]?, policy: GroupPolicy, now: Int64
    ) {
        switch GroupRecordKey(key) {
        case .offset(let name, let partition):
            // The end of an offset does not bring a group back that is gone.
            guard let group = value == nil ? groups[name] : obtain(name, policy: policy, now: now) else { return }
            let offset = value.flatMap { CommittedOffset($0, recordedAt: header.baseOffset) }
            group.set(partition, offset, producerID: header.isTransactional ? header.producerID : nil)
        case .group(let name):
            if let value, var machine = GroupMachine(value, now: now) {
                machine.policy = policy
                obtain(name, policy: policy, now: now).machine = machine
            } else if let group = groups[name] {
                group.resetMachine(now: now)
                removeIfNothing(group)
            }
        case nil:
            guard let (name, key) = ConsumerRecordKey.decode(key) else { return }
            apply(key, of: name, value, policy: policy, now: now)
        }
    }

    private mutating func apply(
        _ key: ConsumerRecordKey, of name: GroupName, _ value: [UInt8]?, policy: GroupPolicy, now: Int64
    ) {
        guard let group = value == nil ? groups[name] : obtain(name, policy: policy, now: now) else { return }
        if key == .epoch, value == nil {
            group.consumer = nil
            return removeIfNothing(group)
        }
        if value != nil, group.consumer == nil { group.consumer = ConsumerMachine() }
        group.consumer?.apply(key, value)
    }

    /// A group's end is the end of its last record.
    private mutating func removeIfNothing(_ group: Group) {
        if group.consumer == nil, group.isForgettable { groups[group.name] = nil }
    }
}

extension PartitionLog {
    /// Calls `body` with each record of the log, control batches as their outcome, front to back. Compressed
    /// batches are left out: the internal logs have none.
    func forEachRecord(
        _ body: (RecordBatchHeader, _ key: [UInt8], _ value: [UInt8]?) -> Void,
        control: (RecordBatchHeader, TransactionOutcome) -> Void
    ) throws(DiskError) {
        for segment in segments {
            var scanner = BatchScanner(try segment.file(), from: 0, end: segment.sizeBytes)
            scan: while true {
                let step = try scanner.next()
                if case .invalid(let position, let reason) = step {
                    failure = "\(reason), byte \(position) of \(segment.path)"
                    return
                }
                guard case .batch(let header, _) = step else { break scan }
                if header.isControl {
                    if let outcome = scanner.outcome(header) { control(header, outcome) }
                } else if !header.isCompressed {
                    let bytes = scanner.chunk.span
                    guard var records = try? RecordIterator(bytes, header: header, at: scanner.start) else { continue }
                    while let record = (try? records.next()) ?? nil {
                        guard let key = record.key else { continue }
                        body(header, bytes.array(key), record.value.map { bytes.array($0) })
                    }
                }
            }
        }
    }
}

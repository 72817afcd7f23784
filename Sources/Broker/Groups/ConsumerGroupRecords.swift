// How groups of the consumer protocol are kept in `__consumer_offsets`, in Kafka's record formats.
//
// Key: type i16; group; for 5, 7 and 8 a member id (old-style lengths). 3 = group's epoch, 5 = member's
// description, 6 = epoch of the targets, 7 = member's target, 8 = what a member has.
// Value: version i16 (0), then fields in the flexible encoding. Types 4 and 16 (topics and patterns as Kafka
// remembers them) are found out again instead.

import Bytes
import KafkaWire

/// A member as it describes itself.
private struct MemberRecord: WireFields {
    var member = ConsumerMember(id: "")

    mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.nullableString(&member.instanceID)
        try coder.nullableString(&member.rackID)
        try coder.string(&member.clientID)
        try coder.string(&member.clientHost)
        try coder.strings(&member.topics)
        try coder.nullableString(&member.pattern)
        try coder.integer(&member.rebalanceTimeout)
        try coder.nullableString(&member.assignor)
        if coder.isWriting { writeClassic(&coder) } else { try readClassic(&coder) }
    }

    /// A tagged field, number 0: a presence byte, then session timeout i32 and protocols.
    private func writeClassic(_ coder: inout FieldCoder) {
        guard let classic = member.classic else {
            coder.buffer.append(0)
            return
        }
        var inner = FieldCoder(appendingTo: [1], version: 0, isFlexible: true)
        var record = ClassicRecord(classic: classic)
        // Writing has no failure.
        try? record.fields(&inner)
        coder.buffer += [1, 0]
        Varint.append(UInt64(inner.buffer.count), to: &coder.buffer)
        coder.buffer += inner.buffer
    }

    private mutating func readClassic(_ coder: inout FieldCoder) throws(WireError) {
        let start = coder.position
        guard coder.bytesLeft > 4, coder.buffer[start] == 1, coder.buffer[start + 1] == 0 else { return try coder.tags() }
        var position = start + 2
        do throws(ByteError) {
            _ = try Varint.read(coder.buffer.span, at: &position, end: coder.end, bytesMax: 5)
        } catch {
            throw .truncated
        }
        guard position < coder.end, coder.buffer[position] == 1 else { return try coder.tags() }
        var inner = FieldCoder(
            reading: coder.buffer, range: (position + 1)..<coder.end, version: 0, isFlexible: true)
        var record = ClassicRecord()
        try record.fields(&inner)
        member.classic = record.classic
    }
}

/// What is kept of a member of the classic protocol.
private struct ClassicRecord: WireFields {
    var classic = ClassicMembership(sessionTimeout: 0, protocols: [])

    mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&classic.sessionTimeout)
        var items = classic.protocols.map { item in
            var record = JoinGroupRequest.GroupProtocol()
            record.name = item.name
            record.metadata = item.metadata
            return record
        }
        try coder.array(&items)
        classic.protocols = items.map { GroupProtocol(name: $0.name, metadata: $0.metadata) }
        try coder.tags()
    }
}

private struct TargetRecord: WireFields {
    var partitions: [TopicIDPartitions] = []

    mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&partitions)
        try coder.tags()
    }
}

private struct CurrentRecord: WireFields {
    var epoch: Int32 = 0
    var previousEpoch: Int32 = -1
    var state: Int8 = 0
    var assigned: [TopicIDPartitions] = []
    var revoking: [TopicIDPartitions] = []

    mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&epoch)
        try coder.integer(&previousEpoch)
        try coder.integer(&state)
        try coder.array(&assigned)
        try coder.array(&revoking)
        try coder.tags()
    }
}

private struct EpochRecord: WireFields {
    var epoch: Int32 = 0
    var hash: Int64?

    mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&epoch)
        guard coder.isWriting, let hash else {
            // One tagged field: its number 0 and its length 8.
            if !coder.isWriting, coder.bytesLeft == 11 {
                let start = coder.position
                if Array(coder.buffer[start..<(start + 3)]) == [1, 0, 8] { hash = coder.buffer.bigEndian(at: start + 3) }
            }
            return try coder.tags()
        }
        coder.buffer += [1, 0, 8]
        coder.put(hash)
    }
}

/// A key of the consumer protocol.
enum ConsumerRecordKey: Equatable {
    case epoch
    case member(String)
    case targetEpoch
    case target(String)
    case current(String)

    var type: Int16 {
        switch self {
        case .epoch: 3
        case .member: 5
        case .targetEpoch: 6
        case .target: 7
        case .current: 8
        }
    }

    func encode(_ group: GroupName) -> [UInt8] {
        var coder = FieldCoder(version: 0)
        coder.put(type)
        coder.put(group.text)
        switch self {
        case .member(let id), .target(let id), .current(let id): coder.put(id)
        case .epoch, .targetEpoch: break
        }
        return coder.buffer
    }

    static func decode(_ bytes: [UInt8]) -> (group: GroupName, key: ConsumerRecordKey)? {
        var coder = FieldCoder(reading: bytes, range: 0..<bytes.count, version: 0, isFlexible: false)
        do throws(WireError) {
            let type: Int16 = try coder.take()
            let group = GroupName(try coder.takeString())
            switch type {
            case 3: return (group, .epoch)
            case 5: return (group, .member(try coder.takeString()))
            case 6: return (group, .targetEpoch)
            case 7: return (group, .target(try coder.takeString()))
            case 8: return (group, .current(try coder.takeString()))
            default: return nil
            }
        } catch {
            return nil
        }
    }
}

extension ConsumerMachine {
    private static func encode(_ record: some WireFields) -> [UInt8] {
        var coder = FieldCoder(appendingTo: [0, 0], version: 0, isFlexible: true)
        var fields = record
        // Writing has no failure.
        try? fields.fields(&coder)
        return coder.buffer
    }

    private static func decode<T: WireFields>(_ bytes: [UInt8]) -> T? {
        guard bytes.count > 2, bytes[0] == 0, bytes[1] == 0 else { return nil }
        var coder = FieldCoder(reading: bytes, range: 2..<bytes.count, version: 0, isFlexible: true)
        var record = T()
        do throws(WireError) { try record.fields(&coder) } catch { return nil }
        return record
    }

    /// The records of what has changed, which is thereby taken as written.
    mutating func takeChanges() -> [(key: ConsumerRecordKey, value: [UInt8]?)] {
        var records: [(ConsumerRecordKey, [UInt8]?)] = []
        for id in changes.removed.sorted() {
            records += [(.current(id), nil), (.target(id), nil), (.member(id), nil)]
        }
        for member in members where changes.described.contains(member.id) {
            records.append((.member(member.id), Self.encode(MemberRecord(member: member))))
        }
        if changes.epoch {
            records.append((.epoch, Self.encode(EpochRecord(epoch: epoch, hash: metadataHash))))
        }
        for member in members where changes.targets.contains(member.id) {
            records.append((.target(member.id), Self.encode(TargetRecord(partitions: member.target.list))))
        }
        if changes.assignmentEpoch {
            records.append((.targetEpoch, Self.encode(EpochRecord(epoch: assignmentEpoch))))
        }
        for member in members where changes.moved.contains(member.id) {
            let current = CurrentRecord(
                epoch: member.epoch, previousEpoch: member.previousEpoch, state: member.state.rawValue,
                assigned: member.assigned.list, revoking: member.revoking.list)
            records.append((.current(member.id), Self.encode(current)))
        }
        changes = Changes()
        return records
    }

    /// Takes in one record of the log, in the order of the log.
    mutating func apply(_ key: ConsumerRecordKey, _ value: [UInt8]?) {
        switch key {
        case .epoch:
            guard let record: EpochRecord = value.flatMap(Self.decode) else { return }
            epoch = record.epoch
            metadataHash = record.hash ?? 0
        case .targetEpoch:
            guard let record: EpochRecord = value.flatMap(Self.decode) else { return }
            assignmentEpoch = record.epoch
        case .member(let id):
            guard let value else { return members.removeAll { $0.id.isIdentical(to: id) } }
            guard let record: MemberRecord = Self.decode(value) else { return }
            let known = place(of: id)
            var member = record.member
            member.id = id
            (member.epoch, member.previousEpoch) = (members[known].epoch, members[known].previousEpoch)
            (member.state, member.target) = (members[known].state, members[known].target)
            (member.assigned, member.revoking) = (members[known].assigned, members[known].revoking)
            members[known] = member
        case .target(let id):
            guard let record: TargetRecord = value.flatMap(Self.decode) else { return }
            members[place(of: id)].target = PartitionMap(record.partitions)
        case .current(let id):
            guard let record: CurrentRecord = value.flatMap(Self.decode) else { return }
            let known = place(of: id)
            members[known].epoch = record.epoch
            members[known].previousEpoch = record.previousEpoch
            members[known].state = ConsumerMember.State(rawValue: record.state) ?? .stable
            members[known].assigned = PartitionMap(record.assigned)
            members[known].revoking = PartitionMap(record.revoking)
        }
    }

    /// Records of a member may come in any order once the log has been compacted.
    private mutating func place(of id: String) -> Int {
        if let known = index(id) { return known }
        members.append(ConsumerMember(id: id))
        return members.count - 1
    }
}

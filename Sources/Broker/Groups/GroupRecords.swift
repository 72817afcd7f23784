// How groups and their offsets are kept in `__consumer_offsets`: Kafka's own record formats, so that tools
// which read that topic (Burrow among them) find what they expect.
//
// Key: version i16; 1 = offset (group, topic, partition i32), 2 = group (group).
// Offset value, version 3: offset i64, leader epoch i32, metadata, commit time i64; version 1, for an offset
// that its committer lets expire earlier: offset, metadata, commit time, expiry time i64.
// Group value, version 3: protocol type, generation i32, protocol?, leader?, state time i64, members
// (id, instance id?, client id, client host, rebalance timeout i32, session timeout i32, subscription,
// assignment). Strings have an i16 length, bytes and arrays an i32; -1 is null.

import Bytes
import KafkaWire

/// A position that a group has committed.
struct CommittedOffset: Equatable, Sendable {
    var offset: Int64
    var leaderEpoch: Int32
    var metadata: String
    var timestamp: Int64
    /// Until when its committer wants it kept, if it says (OffsetCommit 2-4).
    var expiresAt: Int64?
    /// Where in the log it is written: of two, the later counts, also when the earlier was part of a
    /// transaction that was committed afterwards.
    var recordedAt: Int64 = -1
}

/// A partition by topic name.
struct TopicPartition: Hashable, Sendable {
    var topic: String
    var index: Int32
}

/// The key of a record in `__consumer_offsets`.
enum GroupRecordKey: Equatable {
    case offset(GroupName, TopicPartition)
    case group(GroupName)

    func encode() -> [UInt8] {
        var coder = FieldCoder(version: 0)
        switch self {
        case .offset(let group, let partition):
            coder.put(Int16(1))
            coder.put(group.text)
            coder.put(partition.topic)
            coder.put(partition.index)
        case .group(let group):
            coder.put(Int16(2))
            coder.put(group.text)
        }
        return coder.buffer
    }

    init?(_ bytes: [UInt8]) {
        var coder = FieldCoder(reading: bytes, range: 0..<bytes.count, version: 0, isFlexible: false)
        do throws(WireError) {
            let version: Int16 = try coder.take()
            let group = GroupName(try coder.takeString())
            switch version {
            case 0, 1:
                self = .offset(group, TopicPartition(topic: try coder.takeString(), index: try coder.take()))
            case 2: self = .group(group)
            default: return nil
            }
        } catch {
            return nil
        }
    }
}

extension CommittedOffset {
    func encode() -> [UInt8] {
        let recordVersion: Int16 = expiresAt == nil ? 3 : 1
        var coder = FieldCoder(version: recordVersion)
        coder.put(recordVersion)
        coder.put(offset)
        if recordVersion == 3 { coder.put(leaderEpoch) }
        coder.put(metadata)
        coder.put(timestamp)
        if let expiresAt { coder.put(expiresAt) }
        return coder.buffer
    }

    init?(_ bytes: [UInt8], recordedAt: Int64 = -1) {
        var coder = FieldCoder(reading: bytes, range: 0..<bytes.count, version: 3, isFlexible: false)
        do throws(WireError) {
            let version: Int16 = try coder.take()
            let offset: Int64 = try coder.take()
            let leaderEpoch: Int32 = version >= 3 ? try coder.take() : -1
            self.init(
                offset: offset, leaderEpoch: leaderEpoch, metadata: try coder.takeString(), timestamp: try coder.take(),
                recordedAt: recordedAt)
            if version == 1 { expiresAt = try coder.take() }
        } catch {
            return nil
        }
    }
}

extension GroupMachine {
    func encode() -> [UInt8] {
        var coder = FieldCoder(version: 3)
        coder.put(Int16(3))
        coder.put(protocolType)
        coder.put(generation)
        coder.put(nullable: protocolName)
        coder.put(nullable: leader)
        coder.put(stateChangedAt)
        coder.put(Int32(truncatingIfNeeded: members.count))
        for member in members {
            coder.put(member.id)
            coder.put(nullable: member.instanceID)
            coder.put(member.clientID)
            coder.put(member.clientHost)
            coder.put(Int32(truncatingIfNeeded: member.rebalanceTimeout))
            coder.put(Int32(truncatingIfNeeded: member.sessionTimeout))
            coder.put(bytes: member.metadata(of: protocolName ?? ""))
            coder.put(bytes: member.assignment)
        }
        return coder.buffer
    }

    /// The group as the log has it: stable with its members, whose sessions begin anew.
    init?(_ bytes: [UInt8], now: Int64) {
        var coder = FieldCoder(reading: bytes, range: 0..<bytes.count, version: 3, isFlexible: false)
        do throws(WireError) {
            let version: Int16 = try coder.take()
            guard version == 3 else { return nil }
            protocolType = try coder.takeString()
            generation = try coder.take()
            protocolName = try coder.takeNullableString()
            leader = try coder.takeNullableString()
            stateChangedAt = try coder.take()
            let count: Int32 = try coder.take()
            for _ in 0..<max(0, count) {
                let id = try coder.takeString()
                let instanceID = try coder.takeNullableString()
                let clientID = try coder.takeString()
                let clientHost = try coder.takeString()
                let rebalanceTimeout: Int32 = try coder.take()
                let sessionTimeout: Int32 = try coder.take()
                let metadata = try coder.takeBytes()
                let assignment = try coder.takeBytes()
                members.append(
                    GroupMember(
                        id: id, instanceID: instanceID, clientID: clientID, clientHost: clientHost,
                        sessionTimeout: Int64(sessionTimeout), rebalanceTimeout: Int64(rebalanceTimeout),
                        protocols: [GroupProtocol(name: protocolName ?? "", metadata: metadata)],
                        assignment: assignment, expiresAt: now + Int64(sessionTimeout)))
            }
        } catch {
            return nil
        }
        state = members.isEmpty ? .empty : .stable
        subscribedTopics = findSubscribedTopics()
    }
}

/// Writing and reading of record fields with old-style lengths.
extension FieldCoder {
    init(version: Int16) { self.init(appendingTo: [], version: version, isFlexible: false) }

    mutating func put(_ text: String) { put(nullable: text) }

    mutating func put(nullable text: String?) {
        guard let text else { return put(Int16(-1)) }
        let utf8 = text.utf8.prefix(Int(Int16.max))
        put(Int16(utf8.count))
        buffer.append(contentsOf: utf8)
    }

    mutating func put(bytes: [UInt8]) {
        put(Int32(truncatingIfNeeded: bytes.count))
        buffer.append(contentsOf: bytes)
    }

    mutating func take<T: FixedWidthInteger & BitwiseCopyable>() throws(WireError) -> T {
        var value: T = 0
        try integer(&value)
        return value
    }

    mutating func takeString() throws(WireError) -> String {
        var text = ""
        try string(&text)
        return text
    }

    mutating func takeNullableString() throws(WireError) -> String? {
        var text: String?
        try nullableString(&text)
        return text
    }

    mutating func takeBytes() throws(WireError) -> [UInt8] {
        var value: [UInt8] = []
        try bytes(&value)
        return value
    }
}

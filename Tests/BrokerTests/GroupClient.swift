// A consumer group's client, spoken frame by frame: what tests of the coordinator say in one line each.

import KafkaWire
import Testing

@testable import Broker

/// Speaks for members of one group over a test broker.
struct GroupClient {
    let broker: TestBroker
    var group = "g"
    var protocolType = "consumer"
    var protocols = ["range"]
    var topics = ["t"]
    var session: Int32 = 10_000
    var rebalance: Int32 = 30_000

    /// A subscription as the consumer protocol writes it.
    var subscription: [UInt8] {
        var coder = FieldCoder(version: 1)
        coder.put(Int16(1))
        coder.put(Int32(topics.count))
        for topic in topics { coder.put(topic) }
        coder.put(bytes: [])
        coder.put(Int32(0))
        return coder.buffer
    }

    func postJoin(_ id: String = "", instance: String? = nil, version: Int16 = 9, connection: Int = 1) throws -> UInt64 {
        var request = JoinGroupRequest()
        request.groupID = group
        request.sessionTimeoutMilliseconds = session
        request.rebalanceTimeoutMilliseconds = rebalance
        request.memberID = id
        request.groupInstanceID = instance
        request.protocolType = protocolType
        request.protocols = protocols.map { name in
            var item = JoinGroupRequest.GroupProtocol()
            item.name = name
            item.metadata = subscription
            return item
        }
        return try broker.post(request, version: version, connection: connection)
    }

    func join(_ id: String = "", instance: String? = nil, version: Int16 = 9, connection: Int = 1) throws
        -> JoinGroupResponse
    {
        let slot = try postJoin(id, instance: instance, version: version, connection: connection)
        return try #require(try broker.answer(slot, JoinGroupResponse.self, connection: connection))
    }

    func sync(
        _ id: String, _ generation: Int32, _ assignments: [String: [UInt8]] = [:], type: String? = "consumer",
        name: String? = "range", version: Int16 = 5
    ) throws -> SyncGroupResponse? {
        var request = SyncGroupRequest()
        request.groupID = group
        request.memberID = id
        request.generation = generation
        request.protocolType = type
        request.protocolName = name
        request.assignments = assignments.map { key, value in
            var assignment = SyncGroupRequest.Assignment()
            assignment.memberID = key
            assignment.assignment = value
            return assignment
        }
        return try broker.answer(try broker.post(request, version: version), SyncGroupResponse.self)
    }

    /// Joins alone and takes an assignment; returns the member's id.
    func settle(instance: String? = nil, version: Int16 = 3) throws -> String {
        let joined = try join(instance: instance, version: instance == nil ? version : 9)
        #expect(joined.error == ErrorCode.none)
        let synced = try sync(joined.memberID, joined.generation, [joined.memberID: [7]])
        #expect(synced?.error == ErrorCode.none)
        return joined.memberID
    }

    func heartbeat(_ id: String, _ generation: Int32, instance: String? = nil) throws -> ErrorCode {
        var request = HeartbeatRequest()
        request.groupID = group
        request.memberID = id
        request.generation = generation
        request.groupInstanceID = instance
        return try (broker.ask(request, version: 4) as HeartbeatResponse).error
    }

    func leave(_ leavers: [(id: String, instance: String?)]) throws -> LeaveGroupResponse {
        var request = LeaveGroupRequest()
        request.groupID = group
        request.members = leavers.map { leaver in
            var member = LeaveGroupRequest.Member()
            member.memberID = leaver.id
            member.groupInstanceID = leaver.instance
            return member
        }
        return try broker.ask(request, version: 5)
    }

    func commit(
        _ offset: Int64, _ id: String = "", _ generation: Int32 = -1, topic: String = "t", metadata: String? = nil,
        retention: Int64 = -1, version: Int16 = 9
    ) throws -> ErrorCode {
        var partition = OffsetCommitRequest.Topic.Partition()
        partition.offset = offset
        partition.metadata = metadata
        var entry = OffsetCommitRequest.Topic()
        entry.name = topic
        entry.id = broker.core.catalog.topics[topic]?.id ?? TopicID(high: 9, low: 9)
        entry.partitions = [partition]
        var request = OffsetCommitRequest()
        request.groupID = group
        request.memberID = id
        request.generation = generation
        request.retentionTimeMilliseconds = retention
        request.topics = [entry]
        let response: OffsetCommitResponse = try broker.ask(request, version: version)
        return try #require(response.topics.first?.partitions.first).error
    }

    /// The offset of partition 0 of a topic, -1 where there is none.
    func committed(_ topic: String = "t") throws -> Int64 {
        var request = OffsetFetchRequest()
        request.groupID = group
        let response: OffsetFetchResponse = try broker.ask(request, version: 7)
        return response.topics.first { $0.name == topic }?.partitions.first?.offset ?? -1
    }

    func deleteOffset(topic: String = "t") throws -> OffsetDeleteResponse {
        var entry = OffsetDeleteRequest.Topic()
        entry.name = topic
        entry.partitions = [OffsetDeleteRequest.Topic.Partition()]
        var request = OffsetDeleteRequest()
        request.groupID = group
        request.topics = [entry]
        return try broker.ask(request, version: 0)
    }

    func describe(version: Int16 = 6) throws -> DescribeGroupsResponse.Group {
        var request = DescribeGroupsRequest()
        request.groups = [group]
        request.includesAuthorizedOperations = version >= 3
        let response: DescribeGroupsResponse = try broker.ask(request, version: version)
        return try #require(response.groups.first)
    }

    var state: String { get throws { try describe().state } }
}

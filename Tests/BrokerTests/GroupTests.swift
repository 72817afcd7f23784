import KafkaWire
import Testing

@testable import Broker

@Suite struct GroupTests {
    private func join(
        _ broker: TestBroker, _ memberID: String = "", instance: String? = nil, connection: Int, version: Int16 = 6,
        metadata: [UInt8] = [1]
    ) throws -> UInt64 {
        var proto = JoinGroupRequest.GroupProtocol()
        proto.name = "range"
        proto.metadata = metadata
        var request = JoinGroupRequest()
        request.groupID = "g"
        request.sessionTimeoutMilliseconds = 10_000
        request.rebalanceTimeoutMilliseconds = 30_000
        request.memberID = memberID
        request.groupInstanceID = instance
        request.protocolType = "consumer"
        request.protocols = [proto]
        return try broker.post(request, version: version, connection: connection)
    }

    /// Joins as a client does: asks for an id first.
    private func joinWithID(_ broker: TestBroker, connection: Int) throws -> (id: String, slot: UInt64) {
        let first = try join(broker, connection: connection)
        let refused = try #require(try broker.answer(first, JoinGroupResponse.self, connection: connection))
        #expect(refused.error == .memberIDRequired)
        return (refused.memberID, try join(broker, refused.memberID, connection: connection))
    }

    private func sync(
        _ broker: TestBroker, _ memberID: String, _ generation: Int32, _ assignments: [String: [UInt8]] = [:],
        connection: Int
    ) throws -> UInt64 {
        var request = SyncGroupRequest()
        request.groupID = "g"
        request.memberID = memberID
        request.generation = generation
        request.assignments = assignments.map { id, bytes in
            var assignment = SyncGroupRequest.Assignment()
            assignment.memberID = id
            assignment.assignment = bytes
            return assignment
        }
        return try broker.post(request, version: 3, connection: connection)
    }

    private func heartbeat(_ broker: TestBroker, _ memberID: String, _ generation: Int32) throws -> ErrorCode {
        var request = HeartbeatRequest()
        request.groupID = "g"
        request.memberID = memberID
        request.generation = generation
        let response: HeartbeatResponse = try broker.ask(request, version: 3)
        return response.error
    }

    private func commit(_ broker: TestBroker, _ memberID: String, _ generation: Int32, _ offset: Int64) throws
        -> ErrorCode
    {
        var partition = OffsetCommitRequest.Topic.Partition()
        partition.offset = offset
        var topic = OffsetCommitRequest.Topic()
        topic.name = "t"
        topic.partitions = [partition]
        var request = OffsetCommitRequest()
        request.groupID = "g"
        request.memberID = memberID
        request.generation = generation
        request.topics = [topic]
        let response: OffsetCommitResponse = try broker.ask(request, version: 7)
        return try #require(response.topics.first?.partitions.first).error
    }

    private func committed(_ broker: TestBroker) throws -> Int64 {
        var request = OffsetFetchRequest()
        request.groupID = "g"
        let response: OffsetFetchResponse = try broker.ask(request, version: 7)
        return response.topics.first?.partitions.first?.offset ?? -1
    }

    /// Two members in a stable group of generation 2; the first leads.
    private func pair(_ broker: TestBroker) throws -> (first: String, second: String) {
        let first = try joinWithID(broker, connection: 1)
        let alone = try #require(try broker.answer(first.slot, JoinGroupResponse.self))
        #expect(alone.generation == 1)
        #expect(alone.leader == first.id)
        _ = try sync(broker, first.id, 1, [first.id: [7]], connection: 1)
        let second = try joinWithID(broker, connection: 2)
        #expect(try broker.answer(second.slot, JoinGroupResponse.self, connection: 2) == nil)
        #expect(try heartbeat(broker, first.id, 1) == .rebalanceInProgress)
        let rejoin = try join(broker, first.id, connection: 1)
        let led = try #require(try broker.answer(rejoin, JoinGroupResponse.self))
        let followed = try #require(try broker.answer(second.slot, JoinGroupResponse.self, connection: 2))
        #expect(led.generation == 2)
        #expect(Set(led.members.map(\.memberID)) == [first.id, second.id])
        #expect(followed.members.isEmpty)
        let waiting = try sync(broker, second.id, 2, connection: 2)
        #expect(try broker.answer(waiting, SyncGroupResponse.self, connection: 2) == nil)
        let leading = try sync(broker, first.id, 2, [first.id: [1], second.id: [2]], connection: 1)
        #expect(try broker.answer(leading, SyncGroupResponse.self)?.assignment == [1])
        #expect(try broker.answer(waiting, SyncGroupResponse.self, connection: 2)?.assignment == [2])
        return (first.id, second.id)
    }

    @Test func twoMembersShareAGroup() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let members = try pair(broker)
        #expect(try heartbeat(broker, members.first, 2) == ErrorCode.none)
        #expect(try heartbeat(broker, members.second, 1) == .illegalGeneration)
        #expect(try heartbeat(broker, "nobody", 2) == .unknownMemberID)
        #expect(try commit(broker, members.second, 2, 5) == ErrorCode.none)
        #expect(try commit(broker, members.second, 1, 9) == .illegalGeneration)
        #expect(try commit(broker, "", -1, 9) == .unknownMemberID)
        #expect(try committed(broker) == 5)
    }

    @Test func silentMemberIsRemovedAndTheOthersRebalance() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let members = try pair(broker)
        broker.advance(6_000)
        #expect(try heartbeat(broker, members.first, 2) == ErrorCode.none)
        broker.advance(6_000)
        #expect(try heartbeat(broker, members.first, 2) == .rebalanceInProgress)
        let rejoin = try join(broker, members.first, connection: 1)
        let joined = try #require(try broker.answer(rejoin, JoinGroupResponse.self))
        #expect(joined.generation == 3)
        #expect(joined.members.map(\.memberID) == [members.first])
        #expect(try heartbeat(broker, members.second, 2) == .unknownMemberID)
    }

    @Test func memberThatDoesNotRejoinIsLeftOutWhenTheTimeIsOver() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let members = try pair(broker)
        let third = try joinWithID(broker, connection: 3)
        let rejoin = try join(broker, members.first, connection: 1)
        for _ in 0..<4 {
            broker.advance(8_000)
            _ = try heartbeat(broker, members.second, 2)
        }
        let joined = try #require(try broker.answer(rejoin, JoinGroupResponse.self))
        #expect(Set(joined.members.map(\.memberID)) == [members.first, third.id])
    }

    @Test func leavingRebalancesAtOnceAndTheLastLeavesAnEmptyGroup() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let members = try pair(broker)
        for (number, id) in [members.second, members.first].enumerated() {
            var member = LeaveGroupRequest.Member()
            member.memberID = id
            var request = LeaveGroupRequest()
            request.groupID = "g"
            request.members = [member]
            let response: LeaveGroupResponse = try broker.ask(request, version: 4)
            #expect(response.members.first?.error == ErrorCode.none)
            if number == 0 { #expect(try heartbeat(broker, members.first, 2) == .rebalanceInProgress) }
        }
        var describe = DescribeGroupsRequest()
        describe.groups = ["g"]
        let described: DescribeGroupsResponse = try broker.ask(describe, version: 5)
        #expect(described.groups.first?.state == "Empty")
    }

    @Test func staticMemberComesBackWithoutARebalanceAndFencesItsFormerSelf() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let first = try join(broker, instance: "i1", connection: 1)
        let joined = try #require(try broker.answer(first, JoinGroupResponse.self))
        _ = try sync(broker, joined.memberID, 1, [joined.memberID: [7]], connection: 1)
        let back = try join(broker, instance: "i1", connection: 2)
        let again = try #require(try broker.answer(back, JoinGroupResponse.self, connection: 2))
        #expect(again.generation == 1)
        #expect(again.memberID != joined.memberID)
        let assignment = try sync(broker, again.memberID, 1, connection: 2)
        #expect(try broker.answer(assignment, SyncGroupResponse.self, connection: 2)?.assignment == [7])
        let old = try join(broker, joined.memberID, instance: "i1", connection: 1)
        #expect(try broker.answer(old, JoinGroupResponse.self)?.error == .fencedInstanceID)
    }

    @Test func groupsAndOffsetsSurviveACrash() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let members = try pair(broker)
        #expect(try commit(broker, members.first, 2, 17) == ErrorCode.none)
        let again = try TestBroker(disk: broker.disk.crashed { _, _ in 0 }, now: broker.now)
        #expect(try committed(again) == 17)
        #expect(try heartbeat(again, members.first, 2) == ErrorCode.none)
        #expect(try heartbeat(again, members.second, 2) == ErrorCode.none)
    }

    @Test func namesThatOnlyLookAlikeAreTwoGroups() throws {
        let broker = try TestBroker()
        _ = broker.core.obtainGroup("\u{00e9}")
        _ = broker.core.obtainGroup("e\u{0301}")
        #expect(broker.core.groups.groups.count == 2)
    }
}

import KafkaWire
import Testing

@testable import Broker

/// Groups of the consumer protocol (KIP-848).
@Suite struct ConsumerGroupTests {
    private func broker(topics: [String: Int32] = ["t": 4]) throws -> TestBroker {
        let broker = try TestBroker()
        for (name, partitions) in topics { try broker.createTopic(name, partitions: partitions) }
        return broker
    }

    /// A heartbeat with everything in it when `topics` are given, else one that says that nothing is new.
    private func beat(
        _ broker: TestBroker, _ id: String, _ epoch: Int32, topics: [String]? = nil, pattern: String? = nil,
        instance: String? = nil, owned: [Int32]? = nil, of topic: String = "t", assignor: String? = nil,
        version: Int16 = 1
    ) throws -> ConsumerGroupHeartbeatResponse {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupID = "g"
        request.memberID = id
        request.memberEpoch = epoch
        request.instanceID = instance
        request.subscribedTopics = topics
        request.subscribedPattern = pattern
        request.assignor = assignor
        if topics != nil || pattern != nil { request.rebalanceTimeoutMilliseconds = 30_000 }
        if epoch == 0 { request.ownedPartitions = [] }
        if let owned {
            var partitions = TopicIDPartitions()
            partitions.id = broker.core.catalog.topics[topic]?.id ?? .none
            partitions.partitions = owned
            request.ownedPartitions = owned.isEmpty ? [] : [partitions]
        }
        return try broker.ask(request, version: version)
    }

    private func partitions(_ response: ConsumerGroupHeartbeatResponse) -> [Int32]? {
        response.assignment.map { $0.flatMap(\.partitions).sorted() }
    }

    @Test func aMemberAloneGetsEverythingAndIsToldOnce() throws {
        let broker = try broker()
        let joined = try beat(broker, "a", 0, topics: ["t"])
        #expect(joined.memberEpoch == 2)
        #expect(partitions(joined) == [0, 1, 2, 3])
        #expect(joined.heartbeatIntervalMilliseconds == 5_000)
        let next = try beat(broker, "a", 2)
        #expect(next.memberEpoch == 2)
        #expect(next.assignment == nil)
    }

    @Test func aSecondMemberGetsOnlyWhatTheFirstHasGivenUp() throws {
        let broker = try broker()
        _ = try beat(broker, "a", 0, topics: ["t"])
        let second = try beat(broker, "b", 0, topics: ["t"])
        #expect(second.memberEpoch == 3)
        #expect(partitions(second) == [])
        let asked = try beat(broker, "a", 2)
        #expect(asked.memberEpoch == 2)
        let kept = try #require(partitions(asked))
        #expect(kept.count == 2)
        #expect(partitions(try beat(broker, "b", 3)) == nil)
        let given = try beat(broker, "a", 2, owned: kept)
        #expect(given.memberEpoch == 3)
        let taken = try #require(partitions(try beat(broker, "b", 3)))
        #expect(Set(taken).union(kept) == [0, 1, 2, 3])
        #expect(Set(taken).isDisjoint(with: kept))
        #expect(broker.core.groups[GroupName("g")]?.consumer?.stateName == "Stable")
    }

    @Test func whatAMemberHasNotGivenUpYetIsDescribedAsItsOwn() throws {
        let broker = try broker()
        _ = try beat(broker, "a", 0, topics: ["t"])
        _ = try beat(broker, "b", 0, topics: ["t"])
        _ = try beat(broker, "a", 2)
        var request = ConsumerGroupDescribeRequest()
        request.groups = ["g"]
        let response: ConsumerGroupDescribeResponse = try broker.ask(request, version: 1)
        let member = try #require(response.groups.first?.members.first { $0.memberID == "a" })
        #expect(member.assignment.topics.flatMap(\.partitions) == [0, 1, 2, 3])
        #expect(member.target.topics.flatMap(\.partitions).count == 2)
    }

    @Test func whoKeepsWhatItShallGiveUpIsRemovedInTheEnd() throws {
        let broker = try broker()
        _ = try beat(broker, "a", 0, topics: ["t"])
        _ = try beat(broker, "b", 0, topics: ["t"])
        _ = try beat(broker, "a", 2)
        for _ in 0..<2 {
            broker.advance(10_000)
            #expect(try beat(broker, "b", 3).assignment == nil)
        }
        broker.advance(10_000)
        #expect(try beat(broker, "a", 2).error == .unknownMemberID)
        #expect(partitions(try beat(broker, "b", 3)) == [0, 1, 2, 3])
    }

    @Test func aSilentMemberIsRemoved() throws {
        let broker = try broker()
        _ = try beat(broker, "a", 0, topics: ["t"])
        broker.advance(45_000)
        #expect(try beat(broker, "a", 2).error == .unknownMemberID)
        #expect(broker.core.groups[GroupName("g")]?.stateName == "Empty")
    }

    @Test func epochsThatAreNotTheMembersAreFenced() throws {
        let broker = try broker()
        _ = try beat(broker, "a", 0, topics: ["t"])
        #expect(try beat(broker, "a", 3).error == .fencedMemberEpoch)
        _ = try beat(broker, "a", 2, topics: ["t", "u"])
        #expect(try beat(broker, "a", 2).error == .fencedMemberEpoch)
        #expect(try beat(broker, "a", 2, owned: [0]).memberEpoch == 3)
        #expect(partitions(try beat(broker, "a", 0, topics: ["t", "u"])) == [0, 1, 2, 3])
    }

    @Test func aRequestThatMakesNoSenseIsRefused() throws {
        let broker = try broker()
        #expect(try beat(broker, "", 0, topics: ["t"]).error == .invalidRequest)
        #expect(try beat(broker, "", 0, topics: ["t"], version: 0).memberID?.isEmpty == false)
        #expect(try beat(broker, "a", 0).error == .invalidRequest)
        #expect(try beat(broker, "a", -3).error == .invalidRequest)
        #expect(try beat(broker, "a", -2).error == .invalidRequest)
        #expect(try beat(broker, "a", 6).error == .unknownMemberID)
        #expect(try beat(broker, "a", 0, topics: ["t"], assignor: "best").error == .unsupportedAssignor)
        #expect(try beat(broker, "a", 0, pattern: "t(").error == .invalidRegularExpression)
    }

    @Test func aPatternFollowsTheTopicsThatComeAndGrow() throws {
        let broker = try broker(topics: ["orders-1": 1])
        let joined = try beat(broker, "a", 0, pattern: "orders-\\d+")
        #expect(joined.memberEpoch == 1)
        #expect(partitions(joined) == [])
        #expect(partitions(try beat(broker, "a", 1)) == [0])
        try broker.createTopic("orders-2", partitions: 2)
        try broker.createTopic("other")
        let grown = try beat(broker, "a", 2)
        #expect(grown.memberEpoch == 3)
        #expect(partitions(grown) == [0, 0, 1])
    }

    @Test func aStaticMemberThatComesBackHasWhatItHad() throws {
        let broker = try broker()
        let first = try beat(broker, "a", 0, topics: ["t"], instance: "i")
        #expect(try beat(broker, "b", 0, topics: ["t"], instance: "i").error == .unreleasedInstanceID)
        #expect(try beat(broker, "a", -2, instance: "i").memberEpoch == -2)
        let back = try beat(broker, "b", 0, topics: ["t"], instance: "i")
        #expect(back.memberEpoch == first.memberEpoch)
        #expect(partitions(back) == [0, 1, 2, 3])
        #expect(try beat(broker, "a", 2, instance: "i").error == .fencedInstanceID)
    }

    @Test func positionsBelongToAnEpoch() throws {
        let broker = try broker()
        let client = GroupClient(broker: broker)
        _ = try beat(broker, "a", 0, topics: ["t"])
        #expect(try client.commit(3, "a", 2) == ErrorCode.none)
        #expect(try client.commit(4, "a", 0) == .staleMemberEpoch)
        #expect(try client.commit(4, "b", 2) == .unknownMemberID)
        #expect(try client.commit(4, "a", 2, version: 8) == .unsupportedVersion)
        #expect(try client.committed() == 3)
        #expect(try client.deleteOffset().topics.first?.partitions.first?.error == .groupSubscribedToTopic)
        #expect(try client.join().error == .memberIDRequired)
        #expect(try client.describe().error == .groupIDNotFound)
    }

    @Test func aGroupSurvivesACrash() throws {
        let broker = try broker()
        _ = try beat(broker, "a", 0, topics: ["t"])
        _ = try beat(broker, "b", 0, topics: ["t"], instance: "i")
        let kept = try #require(partitions(try beat(broker, "a", 2)))
        let again = try TestBroker(disk: broker.disk.crashed { _, _ in 0 }, now: broker.now)
        #expect(try beat(again, "a", 2, owned: kept).memberEpoch == 3)
        let taken = try #require(partitions(try beat(again, "b", 3, instance: "i")))
        #expect(Set(taken).union(kept) == [0, 1, 2, 3])
        again.advance(45_000)
        #expect(again.core.groups[GroupName("g")]?.stateName == "Empty")
    }

    @Test func anEmptyGroupChangesItsProtocolAndKeepsItsOffsets() throws {
        let broker = try broker()
        let client = GroupClient(broker: broker)
        let id = try client.settle()
        #expect(try client.commit(7, id, 1) == ErrorCode.none)
        _ = try client.leave([(id, nil)])
        #expect(try beat(broker, "a", 0, topics: ["t"]).memberEpoch == 2)
        #expect(try beat(broker, "a", -1).memberEpoch == -1)
        let again = try TestBroker(disk: broker.disk, now: broker.now)
        #expect(again.core.groups[GroupName("g")]?.typeName == "consumer")
        let later = GroupClient(broker: again)
        #expect(try later.committed() == 7)
        _ = try later.settle()
        #expect(try later.committed() == 7)
        #expect(again.core.groups[GroupName("g")]?.typeName == "classic")
    }

    @Test func aGroupIsDescribedWithItsTargets() throws {
        let broker = try broker()
        _ = try beat(broker, "a", 0, topics: ["t"])
        _ = try beat(broker, "b", 0, topics: ["t"])
        var request = ConsumerGroupDescribeRequest()
        request.groups = ["g", "none"]
        let response: ConsumerGroupDescribeResponse = try broker.ask(request, version: 1)
        let group = response.groups[0]
        #expect(group.state == "Reconciling")
        #expect(group.assignor == "uniform")
        #expect(group.members.map { $0.assignment.topics.flatMap(\.partitions).count } == [0, 4])
        #expect(group.members.map { $0.target.topics.flatMap(\.partitions).count } == [2, 2])
        #expect(group.members.first?.target.topics.first?.name == "t")
        #expect(response.groups[1].error == .groupIDNotFound)
    }
}

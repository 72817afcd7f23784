import KafkaWire
import Testing

@testable import Broker

/// Committed offsets: who may commit, how they are asked for, and how they end.
@Suite struct GroupOffsetTests {
    private func client(settings: (inout BrokerSettings) -> Void = { _ in }) throws -> GroupClient {
        let broker = try TestBroker(settings: settings)
        try broker.createTopic("t")
        try broker.createTopic("u")
        return GroupClient(broker: broker)
    }

    @Test func aGenerationOfAGroupThatIsNotThereIsRefusedByVersion() throws {
        let client = try client()
        #expect(try client.commit(1, "m", 1, version: 8) == .illegalGeneration)
        #expect(try client.commit(1, "m", 1, version: 9) == .groupIDNotFound)
        #expect(client.broker.core.groups.groups.isEmpty)
    }

    @Test func onlyMembersCommitWhereThereAreMembers() throws {
        let client = try client()
        let id = try client.settle()
        #expect(try client.commit(1) == .unknownMemberID)
        #expect(try client.commit(1, "m", 1) == .unknownMemberID)
        #expect(try client.commit(1, id, 2) == .illegalGeneration)
        #expect(try client.commit(1, id, 1) == ErrorCode.none)
    }

    @Test func whoHasNoAssignmentYetMustWait() throws {
        let client = try client()
        let id = try client.join(version: 3).memberID
        #expect(try client.commit(1, id, 1) == .rebalanceInProgress)
    }

    @Test func metadataHasALimit() throws {
        let client = try client { $0.offsetMetadataBytesMax = 3 }
        #expect(try client.commit(1, metadata: "abcd") == .offsetMetadataTooLarge)
        #expect(try client.commit(1, metadata: "äöü") == ErrorCode.none)
        #expect(try client.committed() == 1)
    }

    @Test func unknownTopicsAreRefusedByNameAndById() throws {
        let client = try client()
        #expect(try client.commit(1, topic: "none") == .unknownTopicOrPartition)
        #expect(try client.commit(1, topic: "none", version: 10) == .unknownTopicID)
        #expect(try client.commit(4, version: 10) == ErrorCode.none)
        #expect(try client.committed() == 4)
    }

    @Test func offsetsAreFetchedByTopicId() throws {
        let client = try client()
        #expect(try client.commit(4) == ErrorCode.none)
        var known = OffsetFetchRequest.Group.GroupTopic()
        known.id = try #require(client.broker.core.catalog.topics["t"]).id
        known.partitionIndexes = [0, 5]
        var unknown = known
        unknown.id = TopicID(high: 1, low: 2)
        var named = OffsetFetchRequest.Group()
        named.groupID = "g"
        named.topics = [known, unknown]
        var all = OffsetFetchRequest.Group()
        all.groupID = "g"
        var request = OffsetFetchRequest()
        request.groups = [named, all]
        let response: OffsetFetchResponse = try client.broker.ask(request, version: 10)
        #expect(response.groups[0].topics[0].partitions.map(\.offset) == [4, -1])
        #expect(response.groups[0].topics[1].partitions.map(\.error) == [.unknownTopicID, .unknownTopicID])
        #expect(response.groups[1].topics.map(\.id) == [known.id])
    }

    @Test func offsetsOfSubscribedTopicsAreNotDeleted() throws {
        var client = try client()
        let id = try client.settle()
        for topic in ["t", "u"] { #expect(try client.commit(5, id, 1, topic: topic) == ErrorCode.none) }
        #expect(try client.deleteOffset().topics.first?.partitions.first?.error == .groupSubscribedToTopic)
        #expect(try client.deleteOffset(topic: "u").topics.first?.partitions.first?.error == ErrorCode.none)
        #expect(
            try client.deleteOffset(topic: "none").topics.first?.partitions.first?.error == .unknownTopicOrPartition)
        #expect(try client.committed("u") == -1)
        _ = try client.leave([(id, nil)])
        #expect(try client.deleteOffset().topics.first?.partitions.first?.error == ErrorCode.none)
        #expect(try client.committed() == -1)
        client.group = "connect"
        client.protocolType = "connect"
        _ = try client.join(version: 3)
        #expect(try client.deleteOffset().error == .nonEmptyGroup)
        client.group = "none"
        #expect(try client.deleteOffset().error == .groupIDNotFound)
    }

    @Test func whatIsSubscribedToIsKeptAndTheRestExpires() throws {
        let client = try client { $0.offsetsRetentionMilliseconds = 1_000_000 }
        let id = try client.settle()
        for topic in ["t", "u"] { #expect(try client.commit(5, id, 1, topic: topic) == ErrorCode.none) }
        for _ in 0..<200 {
            client.broker.advance(9_000)
            #expect(try client.heartbeat(id, 1) == ErrorCode.none)
        }
        #expect(try client.committed() == 5)
        #expect(try client.committed("u") == -1)
    }

    @Test func aGroupWithoutMembersIsForgottenAfterTheRetention() throws {
        let client = try client { $0.offsetsRetentionMilliseconds = 10_000_000 }
        let id = try client.settle()
        #expect(try client.commit(5, id, 1) == ErrorCode.none)
        _ = try client.leave([(id, nil)])
        client.broker.advance(5_000_000)
        let again = try TestBroker(disk: client.broker.disk, now: client.broker.now) {
            $0.offsetsRetentionMilliseconds = 10_000_000
        }
        let later = GroupClient(broker: again)
        again.advance(4_000_000)
        #expect(try later.committed() == 5)
        again.advance(2_000_000)
        #expect(try later.committed() == -1)
        #expect(try later.state == "Dead")
    }

    @Test func aCommitterOfOldMayLimitTheRetention() throws {
        let client = try client()
        #expect(try client.commit(5, retention: 1_000, version: 4) == ErrorCode.none)
        let again = try TestBroker(disk: client.broker.disk, now: client.broker.now)
        #expect(try GroupClient(broker: again).committed() == 5)
        again.advance(600_000)
        #expect(try GroupClient(broker: again).committed() == -1)
    }

    @Test func theLaterOfTwoOffsetsCountsAlsoWhenTheEarlierWasTransactional() throws {
        let client = try client()
        let core = client.broker.core
        let group = core.obtainGroup("g")
        let place = TopicPartition(topic: "t", index: 0)
        let offset = CommittedOffset(offset: 3, leaderEpoch: 0, metadata: "", timestamp: 0)
        try core.storeOffsets(group, [(place, offset)], producer: (id: 7, epoch: 0))
        #expect(try client.commit(9) == ErrorCode.none)
        core.groups.endTransaction(7, .commit)
        #expect(try client.committed() == 9)
    }

    @Test func aDeletedGroupTakesOffsetsOfOpenTransactionsWithIt() throws {
        let client = try client()
        let core = client.broker.core
        let place = TopicPartition(topic: "t", index: 0)
        let offset = CommittedOffset(offset: 3, leaderEpoch: 0, metadata: "", timestamp: 0)
        try core.storeOffsets(core.obtainGroup("g"), [(place, offset)], producer: (id: 7, epoch: 0))
        var request = DeleteGroupsRequest()
        request.groups = ["g", "none"]
        let response: DeleteGroupsResponse = try client.broker.ask(request, version: 2)
        #expect(response.results.map(\.error) == [ErrorCode.none, .groupIDNotFound])
        core.groups.endTransaction(7, .commit)
        #expect(try client.committed() == -1)
    }

    @Test func groupsAreDescribedAndListedAsKafkaDoes() throws {
        var client = try client()
        _ = try client.settle()
        let described = try client.describe()
        #expect(described.state == "Stable")
        #expect(described.members.first?.clientHost == "/local")
        #expect(described.authorizedOperations == 3_400)
        client.group = "none"
        #expect(try client.describe(version: 5).error == ErrorCode.none)
        #expect(try client.describe().error == .groupIDNotFound)
        #expect(try client.describe().state == "Dead")
        var request = ListGroupsRequest()
        request.statesFilter = ["stable"]
        request.typesFilter = ["Classic"]
        let listed: ListGroupsResponse = try client.broker.ask(request, version: 5)
        #expect(listed.groups.map(\.groupID) == ["g"])
        #expect(listed.groups.map(\.type) == ["classic"])
        request.typesFilter = ["consumer"]
        let none: ListGroupsResponse = try client.broker.ask(request, version: 5)
        #expect(none.groups.isEmpty)
    }

    @Test func findingACoordinatorBringsItsTopicIntoBeing() throws {
        let client = try client()
        var request = FindCoordinatorRequest()
        request.keys = ["g"]
        let found: FindCoordinatorResponse = try client.broker.ask(request, version: 6)
        #expect(found.coordinators.first?.error == ErrorCode.none)
        #expect(client.broker.core.catalog.topics[TopicCatalog.offsetsTopic] != nil)
        request.keyType = 2
        let refused: FindCoordinatorResponse = try client.broker.ask(request, version: 6)
        #expect(refused.coordinators.first?.error == .invalidRequest)
        #expect(refused.coordinators.first?.nodeID == -1)
    }
}

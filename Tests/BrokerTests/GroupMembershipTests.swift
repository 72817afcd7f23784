import KafkaWire
import Testing

@testable import Broker

/// Who may join, and what keeps a member or ends it.
@Suite struct GroupMembershipTests {
    private func client(settings: (inout BrokerSettings) -> Void = { _ in }) throws -> GroupClient {
        let broker = try TestBroker(settings: settings)
        try broker.createTopic("t")
        return GroupClient(broker: broker)
    }

    @Test func aGroupWithoutNameIsRefusedEverywhere() throws {
        var client = try client()
        client.group = ""
        #expect(try client.join().error == .invalidGroupID)
        #expect(try client.sync("m", 1)?.error == .invalidGroupID)
        #expect(try client.heartbeat("m", 1) == .invalidGroupID)
        #expect(try client.leave([("m", nil)]).error == .invalidGroupID)
        #expect(try client.deleteOffset().error == .invalidGroupID)
        #expect(try client.commit(1, "m", 1) == .groupIDNotFound)
        #expect(try client.commit(1) == ErrorCode.none)
    }

    @Test func sessionTimeoutsHaveBounds() throws {
        var client = try client()
        for session: Int32 in [5_999, 1_800_001] {
            client.session = session
            #expect(try client.join().error == .invalidSessionTimeout)
        }
    }

    @Test func aGroupThatIsNotThereKnowsNoMember() throws {
        let client = try client()
        let joined = try client.join("m")
        #expect(joined.error == .unknownMemberID)
        #expect(joined.memberID == "m")
        #expect(try client.sync("m", 1)?.error == .unknownMemberID)
        #expect(try client.heartbeat("m", 1) == .unknownMemberID)
        #expect(try client.leave([("m", nil)]).members.map(\.error) == [.unknownMemberID])
        #expect(client.broker.core.groups.groups.isEmpty)
    }

    @Test func membersMustShareAProtocol() throws {
        var client = try client()
        _ = try client.settle()
        client.protocols = ["sticky"]
        #expect(try client.join().error == .inconsistentGroupProtocol)
        client.protocols = ["range"]
        client.protocolType = "connect"
        #expect(try client.join().error == .inconsistentGroupProtocol)
        client.protocols = []
        client.group = "other"
        #expect(try client.join().error == .inconsistentGroupProtocol)
    }

    @Test func aFullGroupTakesNobody() throws {
        let client = try client { $0.groupSizeMax = 1 }
        let member = try client.settle()
        let refused = try client.join(connection: 2)
        #expect(refused.error == .groupMaxSizeReached)
        #expect(refused.memberID.isEmpty)
        #expect(try client.heartbeat(member, 1) == ErrorCode.none)
    }

    @Test func theFirstRebalanceWaitsAgainForWhoComesMeanwhile() throws {
        let client = try client { $0.groupInitialRebalanceDelayMilliseconds = 3_000 }
        let first = try client.postJoin(version: 3)
        client.broker.advance(2_000)
        let second = try client.postJoin(version: 3, connection: 2)
        client.broker.advance(1_000)
        #expect(try client.broker.answer(first, JoinGroupResponse.self) == nil)
        client.broker.advance(3_000)
        let answers = [
            try client.broker.answer(first, JoinGroupResponse.self),
            try client.broker.answer(second, JoinGroupResponse.self, connection: 2),
        ]
        #expect(answers.compactMap { $0?.generation } == [1, 1])
        #expect(answers.compactMap { $0?.members.count } == [2, 0])
    }

    @Test func whoDoesNotFetchItsAssignmentIsRemoved() throws {
        var client = try client()
        client.session = 60_000
        let joined = try client.join(version: 3)
        client.broker.advance(29_000)
        #expect(try client.state == "CompletingRebalance")
        client.broker.advance(1_000)
        #expect(try client.heartbeat(joined.memberID, 1) == .unknownMemberID)
        #expect(try client.state == "Empty")
    }

    @Test func anIdThatIsNotUsedIsForgottenWithoutARebalance() throws {
        let client = try client()
        let member = try client.settle()
        let id = try client.join(connection: 2).memberID
        client.broker.advance(9_000)
        #expect(try client.heartbeat(member, 1) == ErrorCode.none)
        client.broker.advance(1_000)
        #expect(try client.join(id, connection: 2).error == .unknownMemberID)
        #expect(try client.state == "Stable")
    }

    @Test func syncMustNameTheGroupsProtocol() throws {
        let client = try client()
        let id = try client.join(version: 3).memberID
        #expect(try client.sync(id, 1, type: "connect")?.error == .inconsistentGroupProtocol)
        #expect(try client.sync(id, 1, name: "sticky")?.error == .inconsistentGroupProtocol)
        #expect(try client.sync(id, 1, name: nil)?.error == .inconsistentGroupProtocol)
        #expect(try client.sync(id, 2)?.error == .illegalGeneration)
        let synced = try #require(try client.sync(id, 1, [id: [3]], type: nil, name: nil, version: 4))
        #expect(synced.assignment == [3])
    }

    @Test func aRefusedJoinNamesNoProtocol() throws {
        let client = try client()
        _ = try client.settle()
        #expect(try client.join("nobody", version: 6).protocolName == "")
        #expect(try client.join("nobody", version: 7).protocolName == nil)
    }

    @Test func aMemberOfTheFirstVersionIsOneAtOnce() throws {
        let client = try client()
        let joined = try client.join(version: 0)
        #expect(joined.error == ErrorCode.none)
        #expect(client.broker.core.groups[GroupName("g")]?.machine.members.first?.rebalanceTimeout == 10_000)
    }

    @Test func leaversAreAnsweredOneByOne() throws {
        let client = try client()
        let id = try client.settle(instance: "i")
        let left = try client.leave([("nobody", nil), ("", nil), ("other", "i"), ("", "i")])
        #expect(
            left.members.map(\.error) == [.unknownMemberID, .unknownMemberID, .fencedInstanceID, ErrorCode.none])
        #expect(try client.heartbeat(id, 1, instance: "i") == .unknownMemberID)
        #expect(try client.state == "Empty")
    }

    @Test func anInstanceThatNobodyIsAndOneThatIsAnotherDiffer() throws {
        let client = try client()
        let id = try client.settle(instance: "i")
        #expect(try client.heartbeat(id, 1, instance: "j") == .unknownMemberID)
        #expect(try client.heartbeat("other", 1, instance: "i") == .fencedInstanceID)
    }

    @Test func aStaticLeaderThatComesBackMakesNoAssignment() throws {
        let client = try client()
        let id = try client.settle(instance: "i")
        let again = try client.join(instance: "i", version: 9)
        #expect(again.skipsAssignment)
        #expect(again.leader == again.memberID)
        #expect(again.members.count == 1)
        let old = try client.join(instance: "i", version: 8)
        #expect(old.leader == again.memberID)
        #expect(old.members.isEmpty)
        #expect(old.generation == 1)
        #expect(try client.join(id, instance: "i").error == .fencedInstanceID)
    }

    @Test func aRepeatedRequestAnswersTheEarlierOne() throws {
        let client = try client()
        let leader = try client.settle()
        let second = try client.join(connection: 2).memberID
        let first = try client.postJoin(second, connection: 2)
        let repeated = try client.postJoin(second, connection: 3)
        #expect(
            try client.broker.answer(first, JoinGroupResponse.self, connection: 2)?.error == .rebalanceInProgress)
        _ = try client.join(leader)
        #expect(try client.broker.answer(repeated, JoinGroupResponse.self, connection: 3)?.generation == 2)
    }

    @Test func anAssignmentThatCannotBeWrittenDoesNotStand() throws {
        let client = try client()
        let id = try client.join(version: 3).memberID
        _ = try client.broker.core.internalLog(TopicCatalog.offsetsTopic)
        client.broker.core.catalog.log(TopicCatalog.offsetsTopic, 0)?.failure = "test"
        #expect(try client.sync(id, 1, [id: [3]])?.error == .coordinatorNotAvailable)
        #expect(try client.heartbeat(id, 1) == .rebalanceInProgress)
    }
}

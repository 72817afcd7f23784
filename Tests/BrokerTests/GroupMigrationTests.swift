import KafkaWire
import Testing

@testable import Broker

/// Groups with members of both protocols.
@Suite struct GroupMigrationTests {
    private func client(settings: (inout BrokerSettings) throws -> Void = { _ in }) throws -> GroupClient {
        var chosen = BrokerSettings(dataDirectory: "/data")
        try settings(&chosen)
        let broker = try TestBroker { $0.consumerGroups = chosen.consumerGroups }
        try broker.createTopic("t", partitions: 4)
        return GroupClient(broker: broker)
    }

    private func beat(_ client: GroupClient, _ id: String, _ epoch: Int32, topics: [String]? = nil) throws
        -> ConsumerGroupHeartbeatResponse
    {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupID = client.group
        request.memberID = id
        request.memberEpoch = epoch
        request.subscribedTopics = topics
        if epoch == 0 {
            request.ownedPartitions = []
            request.rebalanceTimeoutMilliseconds = 30_000
        }
        return try client.broker.ask(request, version: 1)
    }

    private func assigned(_ response: SyncGroupResponse?) -> [Int32] {
        ClassicAssignment(response?.assignment ?? [])?.partitions.flatMap(\.partitions).sorted() ?? []
    }

    /// A classic member that has all of the topic.
    private func settled(_ client: GroupClient, userData: Bool = false) throws -> String {
        let joined = try client.join(version: 3)
        var bytes = ClassicAssignment([("t", [0, 1, 2, 3])]).encode(version: 1)
        if userData { bytes = bytes.dropLast(4) + [0, 0, 0, 1, 9] }
        _ = try client.sync(joined.memberID, joined.generation, [joined.memberID: bytes])
        return joined.memberID
    }

    @Test func bothProtocolsShareATopicAndTheClassicGroupComesBack() throws {
        let client = try client()
        let classic = try settled(client)
        let joined = try beat(client, "new", 0, topics: ["t"])
        #expect(joined.memberEpoch == 2)
        #expect(joined.assignment?.isEmpty == true)
        #expect(client.broker.core.groups[GroupName("g")]?.typeName == "consumer")
        #expect(try client.heartbeat(classic, 1) == .rebalanceInProgress)
        let first = try client.join(classic)
        #expect(first.error == ErrorCode.none)
        let kept = assigned(try client.sync(classic, first.generation))
        #expect(kept.count == 2)
        // What it does not own any more it says by joining again.
        let second = try client.join(classic)
        #expect(second.generation == 2)
        #expect(assigned(try client.sync(classic, 2)) == kept)
        let taken = try beat(client, "new", 2).assignment?.flatMap(\.partitions) ?? []
        #expect(Set(taken).union(kept) == [0, 1, 2, 3])
        #expect(Set(taken).isDisjoint(with: kept))
        #expect(try client.heartbeat(classic, 2) == ErrorCode.none)

        #expect(try beat(client, "new", -1).error == ErrorCode.none)
        #expect(client.broker.core.groups[GroupName("g")]?.typeName == "classic")
        #expect(try client.state == "PreparingRebalance")
        let again = try client.join(classic)
        #expect(again.error == ErrorCode.none)
        #expect(again.leader == classic)
    }

    @Test func aClassicMemberAmongConsumersCommitsInItsOwnVersions() throws {
        let client = try client()
        let classic = try settled(client)
        let joined = try beat(client, "new", 0, topics: ["t"])
        for version in Int16(2)...9 {
            #expect(try client.commit(Int64(version), classic, 1, version: version) == ErrorCode.none)
        }
        #expect(try client.committed() == 9)
        #expect(try client.commit(3, classic, 7, version: 8) == .illegalGeneration)
        #expect(try client.commit(3, "new", joined.memberEpoch, version: 8) == .unsupportedVersion)
        #expect(try client.commit(10, "new", joined.memberEpoch, version: 9) == ErrorCode.none)
    }

    @Test func aMixedGroupSurvivesACrash() throws {
        let client = try client()
        let classic = try settled(client)
        _ = try beat(client, "new", 0, topics: ["t"])
        let again = GroupClient(
            broker: try TestBroker(disk: client.broker.disk.crashed { _, _ in 0 }, now: client.broker.now))
        #expect(try again.heartbeat(classic, 1) == .rebalanceInProgress)
        #expect(try again.join(classic).error == ErrorCode.none)
        #expect(try beat(again, "new", -1).error == ErrorCode.none)
        #expect(again.broker.core.groups[GroupName("g")]?.typeName == "classic")
        let last = GroupClient(broker: try TestBroker(disk: again.broker.disk, now: again.broker.now))
        #expect(last.broker.core.groups[GroupName("g")]?.typeName == "classic")
        #expect(try last.heartbeat(classic, 3) == ErrorCode.none)
    }

    @Test func aClassicMemberThatDoesNotStepIsRemoved() throws {
        var client = try client()
        client.session = 60_000
        let classic = try settled(client)
        _ = try beat(client, "new", 0, topics: ["t"])
        #expect(try client.heartbeat(classic, 1) == .rebalanceInProgress)
        client.broker.advance(30_000)
        #expect(try client.heartbeat(classic, 1) == .unknownMemberID)
        #expect(try beat(client, "new", 2).assignment?.flatMap(\.partitions).sorted() == [0, 1, 2, 3])
    }

    @Test func aClassicMemberJoinsConsumers() throws {
        let client = try client()
        _ = try beat(client, "new", 0, topics: ["t"])
        let id = try client.join()
        #expect(id.error == .memberIDRequired)
        let joined = try client.join(id.memberID)
        #expect(joined.generation == 3)
        #expect(joined.protocolName == "range")
        #expect(assigned(try client.sync(id.memberID, 3)) == [])
        #expect(try client.sync(id.memberID, 3, name: "sticky")?.error == .inconsistentGroupProtocol)
        #expect(try client.sync("new", 2)?.error == .unknownMemberID)
        #expect(try client.heartbeat(id.memberID, 2) == .illegalGeneration)
    }

    @Test func customAssignmentsAndOtherProtocolsStayClassic() throws {
        var client = try client()
        _ = try settled(client, userData: true)
        #expect(try beat(client, "new", 0, topics: ["t"]).error == .groupIDNotFound)
        client.group = "connect"
        client.protocolType = "connect"
        _ = try client.join(version: 3)
        #expect(try beat(client, "new", 0, topics: ["t"]).error == .groupIDNotFound)
    }

    @Test func thePolicyMayForbidIt() throws {
        let client = try client { try $0.set(key: "group.consumer.migration.policy", value: "disabled") }
        _ = try settled(client)
        #expect(try beat(client, "new", 0, topics: ["t"]).error == .groupIDNotFound)
        var other = client
        other.group = "h"
        _ = try beat(other, "new", 0, topics: ["t"])
        #expect(try other.join().error == .inconsistentGroupProtocol)
    }
}

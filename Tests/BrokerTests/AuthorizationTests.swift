// What clients get to see and do under access rules: whole refusals, partial ones, lists that leave things out.

import KafkaWire
import Testing

@testable import Broker

@Suite struct AuthorizationTests {
    /// A broker with topics a and b; connection 1 is the super user's, 2 is alice's.
    private func makeBroker(_ rules: [(Permission, AccessOperation, ResourceType, String)]) throws -> TestBroker {
        let broker = try TestBroker { settings in
            settings.security.isAuthorizing = true
            settings.security.superUsers = ["User:root"]
        }
        broker.core.connectionOpened(1, listener: 0, clientHost: "10.0.0.1", principal: Principal(name: "root"))
        broker.core.connectionOpened(2, listener: 0, clientHost: "10.0.0.2", principal: Principal(name: "alice"))
        try broker.createTopic("a")
        try broker.createTopic("b")
        var request = CreateAclsRequest()
        request.creations = rules.map { permission, operation, type, name in
            var creation = CreateAclsRequest.Creation()
            creation.resourceType = type.rawValue
            creation.resourceName = name
            creation.principal = "User:alice"
            creation.host = "*"
            creation.operation = operation.rawValue
            creation.permission = permission.rawValue
            return creation
        }
        let response: CreateAclsResponse = try broker.ask(request, version: 2)
        #expect(response.results.allSatisfy { $0.error == .none })
        return broker
    }

    private func metadata(_ names: [String]?) -> MetadataRequest {
        var request = MetadataRequest()
        request.includesTopicAuthorizedOperations = true
        request.topics = names?.map { name in
            var topic = MetadataRequest.Topic()
            topic.name = name
            return topic
        }
        return request
    }

    @Test func metadataHidesWhatMayNotBeDescribed() throws {
        let broker = try makeBroker([(.allow, .read, .topic, "a")])
        let all: MetadataResponse = try broker.ask(metadata(nil), version: 9, connection: 2)
        #expect(all.topics.map(\.name) == ["a"])
        // READ (3) and, implied by it, DESCRIBE (8).
        #expect(all.topics.first?.authorizedOperations == 1 << 3 | 1 << 8)
        let named: MetadataResponse = try broker.ask(metadata(["a", "b", "c"]), version: 9, connection: 2)
        let errors = Dictionary(uniqueKeysWithValues: named.topics.map { ($0.name ?? "", $0.error) })
        #expect(errors == ["a": ErrorCode.none, "b": .topicAuthorizationFailed, "c": .topicAuthorizationFailed])
        #expect(broker.core.catalog.topics["c"] == nil)
        let root: MetadataResponse = try broker.ask(metadata(nil), version: 9)
        #expect(root.topics.map(\.name) == ["a", "b"])
    }

    @Test func aTopicIsCreatedByWhoMayCreateIt() throws {
        let broker = try makeBroker([(.allow, .describe, .topic, "new"), (.allow, .create, .topic, "new")])
        let response: MetadataResponse = try broker.ask(metadata(["new"]), version: 9, connection: 2)
        #expect(response.topics.first?.error == ErrorCode.none)
        var request = CreateTopicsRequest()
        request.topics = ["x", "new"].map { name in
            var topic = CreateTopicsRequest.Topic()
            topic.name = name
            return topic
        }
        let created: CreateTopicsResponse = try broker.ask(request, version: 5, connection: 2)
        #expect(Set(created.topics.map(\.error)) == [.topicAlreadyExists, .topicAuthorizationFailed])
    }

    private func produceRequest(acks: Int16 = -1, transactionalID: String? = nil) -> ProduceRequest {
        var request = ProduceRequest()
        request.acks = acks
        request.transactionalID = transactionalID
        request.topics = ["a", "b"].map { name in
            var partition = ProduceRequest.Topic.Partition()
            partition.records = RecordsField(bytes: TestBroker.batch([name]))
            var topic = ProduceRequest.Topic()
            topic.name = name
            topic.partitions = [partition]
            return topic
        }
        return request
    }

    @Test func whatMayBeWrittenIsWrittenAndTheRestRefused() throws {
        let broker = try makeBroker([(.allow, .write, .topic, "a")])
        let response: ProduceResponse = try broker.ask(produceRequest(), version: 9, connection: 2)
        let errors = response.topics.map { ($0.name, $0.partitions.first?.error) }
        #expect(errors.contains { $0 == ("a", ErrorCode.none) })
        #expect(errors.contains { $0 == ("b", .topicAuthorizationFailed) })
        #expect(try broker.fetch("a").values == ["a"])
        #expect(try broker.fetch("b").values.isEmpty)
        let refused: ProduceResponse = try broker.ask(
            produceRequest(transactionalID: "t"), version: 9, connection: 2)
        #expect(refused.topics.flatMap { $0.partitions.map(\.error) } == [.transactionalIDAuthorizationFailed, .transactionalIDAuthorizationFailed])
        // Without an answer there is no other way to say it.
        try broker.post(produceRequest(acks: 0), version: 9, connection: 2)
        #expect(broker.closed == [2])
    }

    @Test func fetchesAreRefusedByTopicWithoutWaiting() throws {
        let broker = try makeBroker([(.allow, .read, .topic, "b")])
        let request = broker.fetchRequest("a", from: 0, committedOnly: false, wait: 10_000)
        let response: FetchResponse = try broker.ask(request, version: 12, connection: 2)
        #expect(response.topics.first?.partitions.first?.error == .topicAuthorizationFailed)
    }

    @Test func groupsAreSeenAndJoinedByWhoMay() throws {
        let broker = try makeBroker([(.allow, .read, .group, "g"), (.allow, .read, .topic, "a")])
        var commit = OffsetCommitRequest()
        commit.topics = ["a", "b"].map { name in
            var topic = OffsetCommitRequest.Topic()
            topic.name = name
            topic.partitions = [OffsetCommitRequest.Topic.Partition()]
            return topic
        }
        func errors(_ group: String) throws -> [ErrorCode] {
            commit.groupID = group
            let response: OffsetCommitResponse = try broker.ask(commit, version: 5, connection: 2)
            return response.topics.sorted { $0.name < $1.name }.flatMap { $0.partitions.map(\.error) }
        }
        #expect(try errors("g") == [.none, .topicAuthorizationFailed])
        #expect(try errors("h") == [.groupAuthorizationFailed, .groupAuthorizationFailed])
        var heartbeat = HeartbeatRequest()
        heartbeat.groupID = "h"
        let beaten: HeartbeatResponse = try broker.ask(heartbeat, version: 3, connection: 2)
        #expect(beaten.error == .groupAuthorizationFailed)
        var coordinator = FindCoordinatorRequest()
        coordinator.keys = ["g", "h"]
        let found: FindCoordinatorResponse = try broker.ask(coordinator, version: 4, connection: 2)
        #expect(found.coordinators.first { $0.key == "g" }?.error == ErrorCode.none)
        #expect(found.coordinators.first { $0.key == "h" }?.error == .groupAuthorizationFailed)
        let listed: ListGroupsResponse = try broker.ask(ListGroupsRequest(), version: 4, connection: 2)
        #expect(listed.groups.map(\.groupID) == ["g"])
    }

    @Test func aProducerWithoutATransactionNeedsATopicToWriteTo() throws {
        let without = try makeBroker([])
        let refused: InitProducerIDResponse = try without.ask(InitProducerIDRequest(), version: 4, connection: 2)
        #expect(refused.error == .clusterAuthorizationFailed)
        let with = try makeBroker([(.allow, .write, .topic, "a")])
        let given: InitProducerIDResponse = try with.ask(InitProducerIDRequest(), version: 4, connection: 2)
        #expect(given.error == .none)
    }

    @Test func accessRulesAreTheAdministratorsToSeeAndChange() throws {
        let broker = try makeBroker([(.allow, .read, .topic, "a")])
        var describe = DescribeAclsRequest()
        describe.filter.patternType = 1
        let refused: DescribeAclsResponse = try broker.ask(describe, version: 2, connection: 2)
        #expect(refused.error == .clusterAuthorizationFailed)
        let seen: DescribeAclsResponse = try broker.ask(describe, version: 2)
        #expect(seen.resources.map(\.resourceName) == ["a"])
        #expect(seen.resources.first?.rules.map(\.principal) == ["User:alice"])
        var delete = DeleteAclsRequest()
        delete.filters = [describe.filter]
        let removed: DeleteAclsResponse = try broker.ask(delete, version: 2)
        #expect(removed.results.first?.removed.map(\.resourceName) == ["a"])
        let gone: DescribeAclsResponse = try broker.ask(describe, version: 2)
        #expect(gone.resources.isEmpty)
    }

    @Test func withoutAnAuthorizerThereAreNoRulesAndEverythingIsAllowed() throws {
        let broker = try TestBroker()
        let response: DescribeAclsResponse = try broker.ask(DescribeAclsRequest(), version: 2)
        #expect(response.error == .securityDisabled)
        var request = DescribeClusterRequest()
        request.includesAuthorizedOperations = true
        let cluster: DescribeClusterResponse = try broker.ask(request, version: 0)
        // CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE.
        #expect(cluster.authorizedOperations == 0b1_1111_1010_0000)
    }

    @Test func brokenRulesAreRefusedOneByOne() throws {
        let broker = try makeBroker([])
        var request = CreateAclsRequest()
        let changes: [(inout CreateAclsRequest.Creation) -> Void] = [
            { $0.resourceType = 1 }, { $0.resourceName = "" }, { $0.patternType = 2 }, { $0.principal = "alice" },
            { $0.operation = 1 }, { $0.permission = 0 }, { $0.resourceType = 4 }, { _ in },
        ]
        request.creations = changes.map { change in
            var creation = CreateAclsRequest.Creation()
            creation.resourceType = 2
            creation.resourceName = "t"
            creation.principal = "User:a"
            creation.host = "*"
            creation.operation = 3
            creation.permission = 3
            change(&creation)
            return creation
        }
        let response: CreateAclsResponse = try broker.ask(request, version: 3)
        #expect(response.results.dropLast().allSatisfy { $0.error == .invalidRequest && $0.errorMessage != nil })
        #expect(response.results.last?.error == ErrorCode.none)
    }
}

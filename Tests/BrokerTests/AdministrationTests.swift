// What administrators ask: features, settings and where their values come from, quotas, SCRAM credentials, topics
// by pages; and that what they set is there after a restart.

import Crypto
import KafkaWire
import Testing

@testable import Broker

@Suite struct AdministrationTests {
    @Test func apiVersionsTellsFeaturesAndRefusesANamelessClient() throws {
        let broker = try TestBroker()
        var request = ApiVersionsRequest()
        let refused: ApiVersionsResponse = try broker.ask(request, version: 3)
        #expect(refused.error == .invalidRequest)
        request.clientSoftwareName = "a-1.b"
        request.clientSoftwareVersion = "1"
        let response: ApiVersionsResponse = try broker.ask(request, version: 4)
        #expect(response.error == ErrorCode.none)
        #expect(response.apiKeys.map(\.apiKey) == response.apiKeys.map(\.apiKey).sorted())
        #expect(response.supportedFeatures.count == 7)
        #expect(response.finalizedFeatures.count == 6)
        #expect(response.finalizedFeatures.first { $0.name == "metadata.version" }?.first == 30)
    }

    @Test func requestsOfShareGroupsAreRefusedNotCutOff() throws {
        // ShareGroupHeartbeat 1: header version 2, group "g", member "m".
        let broker = try TestBroker()
        var frame: [UInt8] = [0, 76, 0, 1, 0, 0, 0, 9, 0xff, 0xff, 0, 2, 103, 2, 109, 0, 0, 0, 0, 0, 0, 0]
        broker.core.handle(
            connection: 1, slot: 0, clientHost: "local", buffer: &frame, frame: 0..<frame.count, now: broker.now)
        broker.turn()
        #expect(broker.closed.isEmpty)
        let answer = try #require(broker.replies[1]?[0])
        #expect(answer[4..<15] == [0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 35])
    }

    @Test func aHeartbeatOfAStreamsGroupIsRefusedInKafkasForm() throws {
        // StreamsGroupHeartbeat 0: only the header and what comes first are looked at.
        let broker = try TestBroker()
        var frame: [UInt8] = [0, 88, 0, 0, 0, 0, 0, 9, 0xff, 0xff, 0, 2, 103, 2, 109, 0, 0, 0, 0]
        broker.core.handle(
            connection: 1, slot: 0, clientHost: "local", buffer: &frame, frame: 0..<frame.count, now: broker.now)
        broker.turn()
        let answer = try #require(broker.replies[1]?[0])
        // UNSUPPORTED_VERSION, no message, no member, four numbers, an empty status, three null lists of tasks.
        let expected: [UInt8] = [0, 35, 0, 1] + [UInt8](repeating: 0, count: 16) + [1] + [UInt8](repeating: 0, count: 9)
        #expect(Array(answer.dropFirst(13)) == expected)
    }

    @Test func aTopicsValueComesFromTheNearestPlace() throws {
        let broker = try TestBroker(settings: { try? $0.set(key: "log.retention.ms", value: "5000") })
        try broker.createTopic("t")
        #expect(try describe(broker, 2, "t", "retention.ms") == "5000 4")
        try alter(broker, 4, "", "log.retention.ms", "6000")
        #expect(try describe(broker, 2, "t", "retention.ms") == "6000 3")
        try alter(broker, 4, "1", "log.retention.ms", "7000")
        #expect(try describe(broker, 2, "t", "retention.ms") == "7000 2")
        #expect(broker.core.catalog.log("t", 0)?.settings.retentionMilliseconds == 7_000)
        try alter(broker, 2, "t", "retention.ms", "8000")
        #expect(try describe(broker, 2, "t", "retention.ms") == "8000 1")
        let again = try TestBroker(disk: broker.disk)
        #expect(try describe(again, 2, "t", "retention.ms") == "8000 1")
        #expect(try describe(again, 4, "1", "log.retention.ms") == "7000 2")
        #expect(try describe(again, 4, "", "log.retention.ms") == "6000 3")
    }

    @Test(arguments: [
        (2, "t", "retention.ms", "x", 40), (2, "t", "nonsense", "1", 40), (2, "t", "segment.bytes", "100", 40),
        (2, "t", "min.compaction.lag.ms", "9223372036854775807", 0), (2, "t", "cleanup.policy", "compact,other", 40),
        (2, "t", "compression.gzip.level", "0", 40), (2, "missing", "retention.ms", "1", 3),
        (4, "1", "num.partitions", "3", 42), (4, "2", "log.retention.ms", "3", 42),
        (4, "", "message.max.bytes", "-1", 42),
        (16, "m", "interval.ms", "bbb", 40), (16, "m", "match", "client_id=a.*", 0), (16, "m", "match", "other=a", 40),
        (32, "g", "consumer.session.timeout.ms", "45001", 0), (32, "g", "consumer.session.timeout.ms", "1", 40),
        (8, "1", "no.such.logger", "INFO", 40), (99, "x", "a", "b", 42),
    ] as [(Int8, String, String, String, Int16)])
    func aSettingIsTakenOrRefused(type: Int8, name: String, key: String, value: String, code: Int16) throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        #expect(try change(broker, type, name, key, value).rawValue == code)
    }

    @Test func aGroupIsListedWhileItHasSettings() throws {
        let broker = try TestBroker()
        #expect(try listed(broker, 32) == [])
        try alter(broker, 32, "gp", "consumer.session.timeout.ms", "45001")
        #expect(try listed(broker, 32) == ["gp"])
        try alter(broker, 32, "gp", "consumer.session.timeout.ms", nil)
        #expect(try listed(broker, 32) == [])
    }

    @Test func listSettingsGrowAndShrinkItemByItem() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        #expect(try change(broker, 2, "t", "cleanup.policy", "compact", operation: 2) == .none)
        #expect(try describe(broker, 2, "t", "cleanup.policy") == "delete,compact 1")
        #expect(try change(broker, 2, "t", "cleanup.policy", "delete", operation: 3) == .none)
        #expect(try describe(broker, 2, "t", "cleanup.policy") == "compact 1")
        #expect(try change(broker, 2, "t", "retention.ms", "1", operation: 2) == .invalidConfig)
    }

    @Test func topicsComePageByPage() throws {
        let broker = try TestBroker()
        try broker.createTopic("a", partitions: 3)
        try broker.createTopic("b", partitions: 2)
        var request = DescribeTopicPartitionsRequest()
        request.partitionLimit = 2
        var seen: [String] = []
        for _ in 0..<3 {
            let page: DescribeTopicPartitionsResponse = try broker.ask(request, version: 0)
            for topic in page.topics { seen += topic.partitions.map { "\(topic.name ?? "")\($0.index)" } }
            guard let next = page.nextCursor else { break }
            var cursor = DescribeTopicPartitionsRequest.Cursor()
            (cursor.topicName, cursor.partitionIndex) = (next.topicName, next.partitionIndex)
            request.cursor = cursor
        }
        #expect(seen == ["a0", "a1", "a2", "b0", "b1"])
    }

    @Test func topicsThatDifferInADotAloneAreRefused() throws {
        let broker = try TestBroker()
        try broker.createTopic("a.b")
        var topic = CreateTopicsRequest.Topic()
        (topic.name, topic.partitionCount, topic.replicationFactor) = ("a_b", 1, 1)
        var request = CreateTopicsRequest()
        request.topics = [topic]
        let response: CreateTopicsResponse = try broker.ask(request, version: 7)
        #expect(response.topics.first?.error == .invalidTopic)
    }

    // MARK: Steps

    private func describe(_ broker: TestBroker, _ type: Int8, _ name: String, _ key: String) throws -> String {
        var resource = DescribeConfigsRequest.Resource()
        (resource.type, resource.name, resource.keys) = (type, name, [key])
        var request = DescribeConfigsRequest()
        request.resources = [resource]
        let response: DescribeConfigsResponse = try broker.ask(request, version: 4)
        let config = try #require(response.results.first?.configs.first)
        return "\(config.value ?? "null") \(config.source)"
    }

    private func change(
        _ broker: TestBroker, _ type: Int8, _ name: String, _ key: String, _ value: String?, operation: Int8 = 0
    ) throws -> ErrorCode {
        var config = IncrementalAlterConfigsRequest.Resource.Config()
        (config.name, config.value, config.operation) = (key, value, value == nil ? 1 : operation)
        var resource = IncrementalAlterConfigsRequest.Resource()
        (resource.type, resource.name, resource.configs) = (type, name, [config])
        var request = IncrementalAlterConfigsRequest()
        request.resources = [resource]
        let response: IncrementalAlterConfigsResponse = try broker.ask(request, version: 1)
        return try #require(response.results.first?.error)
    }

    private func alter(_ broker: TestBroker, _ type: Int8, _ name: String, _ key: String, _ value: String?) throws {
        #expect(try change(broker, type, name, key, value) == .none)
    }

    private func listed(_ broker: TestBroker, _ type: Int8) throws -> [String] {
        var request = ListConfigResourcesRequest()
        request.types = [type]
        let response: ListConfigResourcesResponse = try broker.ask(request, version: 1)
        return response.resources.map(\.name)
    }
}

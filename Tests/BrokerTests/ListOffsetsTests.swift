// Offsets by time and by the special values, in every version that a client sends.

import KafkaWire
import Testing

@testable import Broker

@Suite struct ListOffsetsTests {
    /// Offsets 0-1 at time 1,000, 2-3 at 3,000, 4-5 at 2,000.
    private func broker() throws -> TestBroker {
        let broker = try TestBroker()
        try broker.createTopic("t")
        for (values, time) in [(["a", "b"], 1_000), (["c", "d"], 3_000), (["e", "f"], 2_000)] as [([String], Int64)] {
            #expect(try broker.produce("t", TestBroker.batch(values, timestamp: time)).error == ErrorCode.none)
        }
        return broker
    }

    private func ask(
        _ broker: TestBroker, _ timestamps: [Int64], version: Int16 = 7, offsetsMax: Int32 = 1, topic: String = "t",
        partitions: [Int32]? = nil
    ) throws -> [ListOffsetsResponse.Topic.Partition] {
        var asked = ListOffsetsRequest.Topic()
        asked.name = topic
        for (place, timestamp) in timestamps.enumerated() {
            var partition = ListOffsetsRequest.Topic.Partition()
            partition.index = partitions?[place] ?? 0
            partition.timestamp = timestamp
            partition.offsetsMax = offsetsMax
            asked.partitions.append(partition)
        }
        var request = ListOffsetsRequest()
        request.topics = [asked]
        let response: ListOffsetsResponse = try broker.ask(request, version: version)
        return try #require(response.topics.first).partitions
    }

    @Test(arguments: [
        (-1, 6, -1), (-2, 0, -1), (-3, 2, 3_000), (0, 0, 1_000), (1_000, 0, 1_000), (1_001, 2, 3_000),
        (3_000, 2, 3_000), (3_001, -1, -1),
    ] as [(Int64, Int64, Int64)])
    func aTimestampFindsTheFirstRecordAtOrAfterIt(timestamp: Int64, offset: Int64, found: Int64) throws {
        let partition = try #require(try ask(try broker(), [timestamp]).first)
        #expect(partition.error == ErrorCode.none)
        #expect(partition.offset == offset)
        #expect(partition.timestamp == found)
    }

    @Test func anOldClientGetsAListOfOne() throws {
        let broker = try broker()
        #expect(try ask(broker, [-1], version: 0).first?.offsets == [6])
        #expect(try ask(broker, [-2], version: 0).first?.offsets == [0])
        #expect(try ask(broker, [1_001], version: 0).first?.offsets == [2])
        #expect(try ask(broker, [9_000], version: 0).first?.offsets == [])
        #expect(try ask(broker, [-1], version: 0, offsetsMax: 0).first?.offsets == [])
    }

    @Test func whatAVersionDoesNotKnowIsRefused() throws {
        let broker = try broker()
        #expect(try ask(broker, [-3], version: 6).first?.error == .unsupportedVersion)
        #expect(try ask(broker, [-4], version: 7).first?.error == .unsupportedVersion)
        #expect(try ask(broker, [-7], version: 11).first?.error == .unsupportedVersion)
        #expect(try ask(broker, [-1, -2]).map(\.error) == [.invalidRequest, .invalidRequest])
        #expect(try ask(broker, [-1], topic: "missing").first?.error == .unknownTopicOrPartition)
        #expect(try ask(broker, [-1], partitions: [7]).first?.error == .unknownTopicOrPartition)
    }

    @Test func versionZeroIsSpokenButNotAnnounced() throws {
        var request = ApiVersionsRequest()
        request.clientSoftwareName = "a"
        request.clientSoftwareVersion = "1"
        let response: ApiVersionsResponse = try TestBroker().ask(request, version: 3)
        #expect(response.apiKeys.first { $0.apiKey == 2 }?.minVersion == 1)
    }
}

import KafkaWire
import Testing

@testable import Broker

@Suite struct FetchSessionTests {
    private func response(_ broker: TestBroker, _ request: FetchRequest, version: Int16 = 12) throws -> FetchResponse {
        try broker.ask(request, version: version)
    }

    private func opening(_ broker: TestBroker, _ topics: [String]) -> FetchRequest {
        var request = FetchRequest()
        request.minBytes = 0
        request.sessionEpoch = 0
        request.topics = topics.map { broker.fetchRequest($0, from: 0, committedOnly: false).topics[0] }
        return request
    }

    private func next(_ session: Int32, _ epoch: Int32) -> FetchRequest {
        var request = FetchRequest()
        request.minBytes = 0
        request.sessionID = session
        request.sessionEpoch = epoch
        return request
    }

    @Test func sessionTellsOnlyWhatIsNew() throws {
        let broker = try TestBroker()
        for name in ["a", "b"] { try broker.createTopic(name) }
        let first = try response(broker, opening(broker, ["a", "b"]))
        #expect(first.sessionID > 0)
        #expect(first.topics.map(\.name) == ["a", "b"])
        #expect(try response(broker, next(first.sessionID, 1)).topics.isEmpty)
        _ = try broker.produce("b", TestBroker.batch(["x"]))
        let second = try response(broker, next(first.sessionID, 2))
        #expect(second.topics.map(\.name) == ["b"])
        #expect((second.topics.first?.partitions.first?.records.range?.count ?? 0) > 0)
        // The position moves with the request; then there is nothing new.
        var moved = next(first.sessionID, 3)
        moved.topics = [broker.fetchRequest("b", from: 1, committedOnly: false).topics[0]]
        #expect(try response(broker, moved).topics.isEmpty)
    }

    @Test func forgottenPartitionIsNotFetchedAndAnEmptySessionEnds() throws {
        let broker = try TestBroker()
        for name in ["a", "b"] { try broker.createTopic(name) }
        let first = try response(broker, opening(broker, ["a", "b"]))
        func forget(_ name: String, _ epoch: Int32) throws -> FetchResponse {
            var topic = FetchRequest.ForgottenTopic()
            topic.name = name
            topic.partitions = [0]
            var request = next(first.sessionID, epoch)
            request.forgottenTopics = [topic]
            return try response(broker, request)
        }
        #expect(try forget("a", 1).sessionID == first.sessionID)
        _ = try broker.produce("a", TestBroker.batch(["x"]))
        #expect(try response(broker, next(first.sessionID, 2)).topics.isEmpty)
        #expect(try forget("b", 3).sessionID == 0)
        #expect(try response(broker, next(first.sessionID, 4)).error == .fetchSessionIDNotFound)
    }

    @Test func requestOutOfTurnIsRefused() throws {
        let broker = try TestBroker()
        try broker.createTopic("a")
        let first = try response(broker, opening(broker, ["a"]))
        #expect(try response(broker, next(first.sessionID, 2)).error == .invalidFetchSessionEpoch)
        #expect(try response(broker, next(first.sessionID, 1), version: 13).error == .fetchSessionTopicIDError)
        #expect(try response(broker, next(first.sessionID &+ 1, 1)).error == .fetchSessionIDNotFound)
        // Epoch -1 ends the session and opens none.
        var last = opening(broker, ["a"])
        last.sessionID = first.sessionID
        last.sessionEpoch = -1
        #expect(try response(broker, last).sessionID == 0)
        #expect(try response(broker, next(first.sessionID, 1)).error == .fetchSessionIDNotFound)
    }

    @Test func fullTableGivesUpOldSessionsOnly() throws {
        let broker = try TestBroker(settings: { $0.limits.fetchSessionsMax = 1 })
        try broker.createTopic("a")
        let first = try response(broker, opening(broker, ["a"]))
        #expect(first.sessionID > 0)
        #expect(try response(broker, opening(broker, ["a"])).sessionID == 0)
        broker.advance(121_000)
        #expect(try response(broker, opening(broker, ["a"])).sessionID > 0)
        #expect(try response(broker, next(first.sessionID, 1)).error == .fetchSessionIDNotFound)
    }

    @Test func partitionsThatGaveRecordsComeLastNextTime() throws {
        let broker = try TestBroker()
        for name in ["a", "b"] {
            try broker.createTopic(name)
            _ = try broker.produce(name, TestBroker.batch(["x"]))
        }
        var request = opening(broker, ["a", "b"])
        request.maxBytes = 1
        let first = try response(broker, request)
        func sizes(_ response: FetchResponse) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: response.topics.map {
                ($0.name, $0.partitions.first?.records.range?.count ?? 0)
            })
        }
        #expect(sizes(first)["b"] == 0)
        var second = next(first.sessionID, 1)
        second.maxBytes = 1
        #expect((sizes(try response(broker, second))["a"] ?? 0) > 0)
        second.sessionEpoch = 2
        #expect((sizes(try response(broker, second))["b"] ?? 0) > 0)
    }

    @Test func unknownTopicIDAndOffsetAreToldPerPartition() throws {
        let broker = try TestBroker()
        try broker.createTopic("a")
        var request = opening(broker, ["a"])
        request.topics[0].id = TopicID(high: 1, low: 2)
        #expect(try response(broker, request, version: 18).topics.first?.partitions.first?.error == .unknownTopicID)
        request = opening(broker, ["a"])
        request.topics[0].partitions[0].fetchOffset = 7
        let outside = try #require(try response(broker, request).topics.first?.partitions.first)
        #expect(outside.error == .offsetOutOfRange)
        #expect(outside.highWatermark == -1)
        // A reader that has more of the epoch than there is learns where it parts.
        request.topics[0].partitions[0].lastFetchedEpoch = 0
        let diverging = try #require(try response(broker, request).topics.first?.partitions.first)
        #expect(diverging.error == ErrorCode.none)
        #expect(diverging.divergingEpoch?.endOffset == 0)
    }
}

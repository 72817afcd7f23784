// That a connection's requests are answered one after another, by what is true when their turn comes: Kafka Streams
// takes a log end that is older than the records it was just given for a partition that has nothing more to say.

import Bytes
import Glibc
import KafkaWire
import Testing

@testable import Broker

@Suite struct RequestOrderTests {
    private final class Served {
        let directory = "/var/tmp/lgsp-broker-test-\(UInt64.random(in: 0...UInt64.max))"
        let server: BrokerServer

        init() throws {
            try FileDisk().createDirectory(directory)
            server = try BrokerServer(settings: BrokerSettings(dataDirectory: directory, port: 0))
            try server.start()
            var topic = MetadataRequest.Topic()
            topic.name = "t"
            var metadata = MetadataRequest()
            metadata.topics = [topic]
            let _: MetadataResponse = try RawClient(port: server.port).ask(metadata, version: 9)
        }

        deinit {
            server.stop()
            remove(directory)
        }

        private func remove(_ path: String) {
            let disk = FileDisk()
            for name in (try? disk.list(path)) ?? [] { remove(path + "/" + name) }
            try? disk.remove(path)
        }
    }

    private func fetch(waitMilliseconds: Int32) -> FetchRequest {
        var field = FetchRequest.Topic.Partition()
        field.maxBytes = 1 << 20
        var entry = FetchRequest.Topic()
        entry.name = "t"
        entry.partitions = [field]
        var request = FetchRequest()
        request.maxWaitMilliseconds = waitMilliseconds
        request.minBytes = 1
        request.topics = [entry]
        return request
    }

    private var logEnd: ListOffsetsRequest {
        var field = ListOffsetsRequest.Topic.Partition()
        field.timestamp = -1
        var entry = ListOffsetsRequest.Topic()
        entry.name = "t"
        entry.partitions = [field]
        var request = ListOffsetsRequest()
        request.topics = [entry]
        return request
    }

    private var produce: ProduceRequest { TestBroker.produceRequest("t", TestBroker.batch(["r"])) }

    @Test func logEndAskedBehindAFetchIsNotOlderThanWhatTheFetchGave() throws {
        let served = try Served()
        let reader = try RawClient(port: served.server.port)
        try reader.post([(fetch(waitMilliseconds: 8_000), 4), (logEnd, 1)])
        let writer = try RawClient(port: served.server.port)
        let _: ApiVersionsResponse = try writer.ask(ApiVersionsRequest(), version: 0)
        let _: ProduceResponse = try writer.ask(produce, version: 9)
        let fetched: FetchResponse = try reader.take(version: 4)
        #expect(fetched.topics.first?.partitions.first?.highWatermark == 1)
        let ended: ListOffsetsResponse = try reader.take(version: 1)
        #expect(ended.topics.first?.partitions.first?.offset == 1)
    }

    @Test func whatIsAskedBehindAProduceSeesItsRecords() throws {
        let served = try Served()
        let client = try RawClient(port: served.server.port)
        try client.post([(produce, 9), (produce, 9), (logEnd, 1), (produce, 9), (logEnd, 1)])
        for offset in [Int64(0), 1] {
            let produced: ProduceResponse = try client.take(version: 9)
            #expect(produced.topics.first?.partitions.first?.baseOffset == offset)
        }
        for offset in [Int64(2), 3] {
            let ended: ListOffsetsResponse = try client.take(version: 1)
            #expect(ended.topics.first?.partitions.first?.offset == offset)
            if offset == 2 { let _: ProduceResponse = try client.take(version: 9) }
        }
    }

    @Test func requestHeldBehindAFetchIsAnsweredWhenTheFetchHasWaitedLongEnough() throws {
        let served = try Served()
        let client = try RawClient(port: served.server.port)
        try client.post([(fetch(waitMilliseconds: 50), 4), (produce, 9), (fetch(waitMilliseconds: 8_000), 4)])
        let before: FetchResponse = try client.take(version: 4)
        #expect(before.topics.first?.partitions.first?.highWatermark == 0)
        let _: ProduceResponse = try client.take(version: 9)
        let after: FetchResponse = try client.take(version: 4)
        #expect(after.topics.first?.partitions.first?.highWatermark == 1)
    }

    @Test func hangingUpWithARequestHeldEndsTheConnection() throws {
        let served = try Served()
        for _ in 0..<3 {
            let client = try RawClient(port: served.server.port)
            try client.post([(fetch(waitMilliseconds: 100), 4), (logEnd, 1)])
        }
        let other = try RawClient(port: served.server.port)
        let ended: ListOffsetsResponse = try other.ask(logEnd, version: 1)
        #expect(ended.topics.first?.partitions.first?.offset == 0)
    }
}

extension RawClient {
    /// Sends requests in one go.
    func post(_ requests: [(message: any WireMessage, version: Int16)]) throws {
        func frame<M: WireMessage>(_ message: M, _ version: Int16) throws -> [UInt8] {
            try RequestHeader(apiKey: M.apiKey.rawValue, version: version, correlationID: 1, clientID: "raw")
                .frame(message)
        }
        var bytes: [UInt8] = []
        for request in requests { bytes += try frame(request.message, request.version) }
        send(bytes)
    }

    /// The next response.
    func take<R: WireMessage>(version: Int16, _ type: R.Type = R.self) throws -> R {
        let length = try #require(receive(4)).bigEndian(at: 0, as: Int32.self)
        let frame = try #require(receive(Int(length)))
        return try ResponseHeader.read(type, version: version, frame: frame).body
    }
}

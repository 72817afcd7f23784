// The server over real sockets and files, spoken to with raw bytes.

import Bytes
import Glibc
import KafkaWire
import Testing

@testable import Broker

@Suite struct ServerTests {
    /// A data directory of its own, removed by the caller.
    private func temporaryDirectory() throws -> String {
        let path = "/var/tmp/lgsp-broker-test-\(UInt64.random(in: 0...UInt64.max))"
        try FileDisk().createDirectory(path)
        return path
    }

    private func remove(_ path: String) {
        let disk = FileDisk()
        for name in (try? disk.list(path)) ?? [] { remove(path + "/" + name) }
        try? disk.remove(path)
    }

    @Test func keepsRecordsOverARestart() throws {
        let directory = try temporaryDirectory()
        defer { remove(directory) }
        for round in Int64(0)..<2 {
            let server = try BrokerServer(settings: BrokerSettings(dataDirectory: directory, port: 0))
            try server.start()
            let client = try RawClient(port: server.port)
            var topic = MetadataRequest.Topic()
            topic.name = "t"
            var metadata = MetadataRequest()
            metadata.topics = [topic]
            let described: MetadataResponse = try client.ask(metadata, version: 9)
            #expect(described.brokers.first?.port == Int32(server.port))
            let produce = TestBroker.produceRequest("t", TestBroker.batch(["r\(round)"]))
            let produced: ProduceResponse = try client.ask(produce, version: 9)
            #expect(produced.topics.first?.partitions.first?.baseOffset == round)
            server.stop()
        }
        #expect(try BrokerLog.check(directory) == [])
        var dumped: [String] = []
        try BrokerLog.dump(directory, topic: "t") { dumped.append(String(decoding: $0.value ?? [], as: UTF8.self)) }
        #expect(dumped == ["r0", "r1"])
    }

    @Test func secondBrokerOnADirectoryIsRefused() throws {
        let directory = try temporaryDirectory()
        defer { remove(directory) }
        let server = try BrokerServer(settings: BrokerSettings(dataDirectory: directory, port: 0))
        #expect(throws: ServerError.self) {
            try BrokerServer(settings: BrokerSettings(dataDirectory: directory, port: 0))
        }
        try server.start()
        server.stop()
    }

    @Test func liesAboutLengthsCloseTheConnectionAndNothingElse() throws {
        let directory = try temporaryDirectory()
        defer { remove(directory) }
        let server = try BrokerServer(settings: BrokerSettings(dataDirectory: directory, port: 0))
        try server.start()
        defer { server.stop() }
        let other = try RawClient(port: server.port)
        let hostile: [[UInt8]] = [
            [0xff, 0xff, 0xff, 0xff, 1], [0x7f, 0xff, 0xff, 0xff, 0, 3], [0, 0, 0, 1, 0],
            [0, 0, 0, 15, 0, 3, 0, 1, 0, 0, 0, 1, 0, 1, 120, 0x7f, 0xff, 0xff, 0xff],
            [0, 0, 0, 11, 0xff, 0xfb, 0, 0, 0, 0, 0, 1, 0, 1, 120],
        ]
        for bytes in hostile {
            let client = try RawClient(port: server.port)
            client.send(bytes)
            #expect(client.receive(4) == nil)
        }
        let ranges: ApiVersionsResponse = try other.ask(ApiVersionsRequest(), version: 2)
        #expect(ranges.apiKeys.count == APIKey.allCases.count + UnofferedRequest.all.count)
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() throws {
        let directory = try temporaryDirectory()
        defer { remove(directory) }
        let server = try BrokerServer(settings: BrokerSettings(dataDirectory: directory, port: 0))
        try server.start()
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        var frames: [UInt8] = []
        for number in Int32(0)..<2_000 {
            frames += try RequestHeader(apiKey: 18, version: 0, correlationID: number, clientID: nil)
                .frame(ApiVersionsRequest())
        }
        client.send(frames)
        for number in Int32(0)..<2_000 {
            let length = try #require(client.receive(4)).bigEndian(at: 0, as: Int32.self)
            let frame = try #require(client.receive(Int(length)))
            #expect(frame.bigEndian(at: 0, as: Int32.self) == number)
        }
    }
}

/// A blocking client that speaks frames.
final class RawClient {
    let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        unsafe _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw ServerError(description: "cannot connect") }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            guard case .bytes(let count) = Sockets.send(descriptor, bytes, from: sent) else { return }
            sent += count
        }
    }

    /// Exactly so many bytes, or nil at the end of the stream.
    func receive(_ count: Int) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            guard case .bytes(let more) = Sockets.receive(descriptor, into: &buffer, at: received) else { return nil }
            received += more
        }
        return buffer
    }

    func ask<R: WireMessage>(_ message: some WireMessage, version: Int16, _ type: R.Type = R.self) throws -> R {
        func key<M: WireMessage>(_ message: M) -> Int16 { M.apiKey.rawValue }
        let header = RequestHeader(apiKey: key(message), version: version, correlationID: 1, clientID: "raw")
        send(try header.frame(message))
        let length = try #require(receive(4)).bigEndian(at: 0, as: Int32.self)
        let frame = try #require(receive(Int(length)))
        return try ResponseHeader.read(type, version: version, frame: frame).body
    }
}

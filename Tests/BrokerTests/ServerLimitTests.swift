// The server's bounds against peers that send half of something, never read, or come in crowds; and TLS.

import Bytes
import Crypto
import Glibc
import KafkaWire
import Testing

@testable import Broker

@Suite(.serialized) struct ServerLimitTests {
    private func withServer(
        _ change: (inout BrokerSettings) -> Void, _ body: (BrokerServer, String) throws -> Void
    ) throws {
        let directory = "/var/tmp/lgsp-broker-test-\(UInt64.random(in: 0...UInt64.max))"
        try FileDisk().createDirectory(directory)
        defer { remove(directory) }
        var settings = BrokerSettings(dataDirectory: directory + "/log", port: 0)
        change(&settings)
        let server = try BrokerServer(settings: settings)
        try server.start()
        defer { server.stop() }
        try body(server, directory)
    }

    private func remove(_ path: String) {
        let disk = FileDisk()
        for name in (try? disk.list(path)) ?? [] { remove(path + "/" + name) }
        try? disk.remove(path)
    }

    private static func residentBytes() throws -> Int {
        let file = try FileDisk().open("/proc/self/statm", creating: false)
        var text: [UInt8] = []
        try file.read(into: &text, at: 0, count: 100)
        let pages = String(decoding: text, as: UTF8.self).split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (pages ?? 0) * 4_096
    }

    private func isServed(_ client: RawClient) -> Bool {
        client.send([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff])
        guard let length = client.receive(4)?.bigEndian(at: 0, as: Int32.self), (5..<1 << 20).contains(length) else {
            return false
        }
        return client.receive(Int(length)) != nil
    }

    @Test func halfSentRequestsOnManyConnectionsStayWithinBounds() throws {
        try withServer { settings in
            settings.limits.requestBytesTotalMax = 8 << 20
            settings.limits.requestBytesMax = 4 << 20
        } _: { server, _ in
            let before = try Self.residentBytes()
            var clients: [RawClient] = []
            // 64 times 2 MiB of a request of 4 MiB: 128 MiB in all, were they kept.
            var half: [UInt8] = []
            half.appendBigEndian(Int32(4 << 20))
            half.append(contentsOf: repeatElement(0, count: 2 << 20))
            for _ in 0..<64 {
                let client = try RawClient(port: server.port)
                client.sendWithoutWaiting(half)
                clients.append(client)
            }
            let honest = try RawClient(port: server.port)
            #expect(isServed(honest))
            // The senders' side of the sockets is the kernel's, and so is what the server has not read.
            #expect(try Self.residentBytes() - before < 32 << 20)
        }
    }

    @Test func whoDoesNotReadIsNotReadEither() throws {
        try withServer { settings in
            settings.limits.responseBytesQueuedMax = 64 << 10
        } _: { server, _ in
            let greedy = try RawClient(port: server.port)
            var many: [UInt8] = []
            for number in Int32(0)..<2_000 {
                many += try RequestHeader(apiKey: 18, version: 0, correlationID: number, clientID: nil)
                    .frame(ApiVersionsRequest())
            }
            let before = try Self.residentBytes()
            // Each round asks for some 600 KiB of answers and reads none; in the end the socket takes no more.
            for _ in 0..<100 { greedy.sendWithoutWaiting(many) }
            let honest = try RawClient(port: server.port)
            #expect(isServed(honest))
            #expect(try Self.residentBytes() - before < 16 << 20)
        }
    }

    @Test func anAddressHasItsShareOfConnections() throws {
        try withServer { $0.limits.connectionsPerAddressMax = 3 } _: { server, _ in
            var clients = try (0..<3).map { _ in try RawClient(port: server.port) }
            #expect(clients.allSatisfy(isServed))
            #expect(!isServed(try RawClient(port: server.port)))
            clients.removeLast()
            // The place is free again once the server has seen the end.
            #expect(waitUntil { (try? RawClient(port: server.port)).map(isServed) ?? false })
        }
    }

    @Test func whoDoesNotAuthenticateInTimeIsCutOff() throws {
        try withServer { settings in
            settings.limits.handshakeMilliseconds = 200
            settings.security.mechanisms = [.plain]
            settings.security.listeners = [ListenerSettings(.saslPlaintext, host: "127.0.0.1", port: 0)]
        } _: { server, _ in
            let silent = try RawClient(port: server.port)
            #expect(silent.receive(1) == nil)
        }
    }

    @Test func aConnectionWithAllItsRequestsWaitingHoldsNobodyUp() throws {
        try withServer { $0.limits.requestsInFlightMax = 4 } _: { server, _ in
            let waiting = try RawClient(port: server.port)
            var topic = MetadataRequest.Topic()
            topic.name = "t"
            var metadata = MetadataRequest()
            metadata.topics = [topic]
            let _: MetadataResponse = try waiting.ask(metadata, version: 9)
            var partition = FetchRequest.Topic.Partition()
            partition.maxBytes = 1
            var asked = FetchRequest.Topic()
            asked.name = "t"
            asked.partitions = [partition]
            var fetch = FetchRequest()
            fetch.maxWaitMilliseconds = 60_000
            fetch.minBytes = 1
            fetch.topics = [asked]
            for number in Int32(0)..<6 {
                waiting.send(
                    try RequestHeader(apiKey: 1, version: 11, correlationID: number, clientID: nil).frame(fetch))
            }
            #expect(isServed(try RawClient(port: server.port)))
        }
    }

    // MARK: TLS

    private struct Identities {
        let authority: CertificateAuthority
        let directory: String

        init(in directory: String) throws {
            self.directory = directory
            authority = try CertificateAuthority.make(name: "Test authority", validity: Self.validity)
            try PrivateFile.write(try authority.certificate.pem(), to: directory + "/ca.pem")
            try issueServer()
        }

        static var validity: Validity { .days(2, from: Sockets.clock() / 1_000) }

        func issueServer() throws {
            let server = try authority.issueWithKey(
                .server(hosts: ["localhost"]), validity: Self.validity)
            try PrivateFile.write(try server.certificate.pem() + server.key.pem(), to: directory + "/server.pem")
        }

        func client(_ uri: String?) throws -> TLSContext {
            let own = try uri.map { try authority.issueWithKey(.client($0), validity: Self.validity) }
            let identity = own.map { TLSIdentity(chain: [$0.certificate], key: $0.key) }
            return try TLSContext(.client, TLSConfiguration(identity: identity, trustedRoots: [authority.certificate]))
        }
    }

    private func withTLSServer(
        _ clients: ClientCertificates, _ body: (BrokerServer, Identities) throws -> Void
    ) throws {
        var identities: Identities?
        try withServer { settings in
            let directory = String(settings.dataDirectory.dropLast("/log".count))
            identities = try? Identities(in: directory)
            settings.security.certificateFile = directory + "/server.pem"
            settings.security.keyFile = directory + "/server.pem"
            settings.security.authorityFile = directory + "/ca.pem"
            settings.security.clientCertificates = clients
            settings.security.listeners = [ListenerSettings(.tls, host: "127.0.0.1", port: 0)]
        } _: { server, _ in
            try body(server, try #require(identities))
        }
    }

    @Test func theCertificatesSubjectIsThePrincipal() throws {
        try withTLSServer(.required) { server, identities in
            let client = try TLSClient(port: server.port, try identities.client("urn:lgsp:a:b"))
            let response: ApiVersionsResponse = try client.ask(ApiVersionsRequest(), version: 2)
            #expect(response.error == .none)
            let principals = client.principals(of: server)
            #expect(principals == ["User:CN=urn:lgsp:a:b"])
            // Without a certificate the handshake fails; in the clear nothing is understood.
            #expect(throws: (any Error).self) {
                let stranger = try TLSClient(port: server.port, try identities.client(nil))
                let _: ApiVersionsResponse = try stranger.ask(ApiVersionsRequest(), version: 2)
            }
            #expect(!isServed(try RawClient(port: server.port)))
        }
    }

    @Test func largeAnswersComeThroughTLSWhole() throws {
        try withTLSServer(.none) { server, identities in
            let client = try TLSClient(port: server.port, try identities.client(nil))
            for number in 0..<200 {
                let response: ApiVersionsResponse = try client.ask(ApiVersionsRequest(), version: 2)
                #expect(response.apiKeys.count >= APIKey.allCases.count, "\(number)")
            }
        }
    }

    @Test func newCertificatesAreTakenWithoutDroppingConnections() throws {
        try withTLSServer(.none) { server, identities in
            let early = try TLSClient(port: server.port, try identities.client(nil))
            let _: ApiVersionsResponse = try early.ask(ApiVersionsRequest(), version: 2)
            let first = early.serverFingerprint
            try identities.issueServer()
            server.reloadCertificates()
            var late: TLSClient?
            #expect(
                waitUntil {
                    late = try? TLSClient(port: server.port, try identities.client(nil))
                    let answer: ApiVersionsResponse? = try? late?.ask(ApiVersionsRequest(), version: 2)
                    return answer != nil && late?.serverFingerprint != first
                })
            let _: ApiVersionsResponse = try early.ask(ApiVersionsRequest(), version: 2)
            // What cannot be used changes nothing.
            try PrivateFile.write(Array("no certificate".utf8), to: identities.directory + "/server.pem")
            server.reloadCertificates()
            let after = try TLSClient(port: server.port, try identities.client(nil))
            let _: ApiVersionsResponse = try after.ask(ApiVersionsRequest(), version: 2)
            #expect(after.serverFingerprint == late?.serverFingerprint)
        }
    }

    private func waitUntil(_ condition: () -> Bool) -> Bool {
        let deadline = Sockets.monotonicClock() + 10_000
        while Sockets.monotonicClock() < deadline {
            if condition() { return true }
            usleep(10_000)
        }
        return false
    }
}

extension RawClient {
    /// Sends what the socket takes at once, for as long as it takes something.
    func sendWithoutWaiting(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { source in
                unsafe Glibc.send(
                    descriptor, source.baseAddress! + sent, min(source.count - sent, 64 << 10),
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}

/// A blocking client that speaks frames through TLS.
private final class TLSClient {
    private let raw: RawClient
    private let tls: TLSConnection
    private var plain: [UInt8] = []

    init(port: Int, _ context: TLSContext) throws {
        raw = try RawClient(port: port)
        tls = try context.makeConnection(peer: .host("localhost"))
        while try !tls.handshake() {
            flush()
            try receive()
        }
        flush()
    }

    var serverFingerprint: Digest? { tls.peer?.fingerprint }

    private func flush() {
        var bytes: [UInt8] = []
        tls.takeOutgoing(into: &bytes)
        if !bytes.isEmpty { raw.send(bytes) }
    }

    private func receive() throws {
        guard let first = raw.receive(1) else { throw ServerError(description: "the server has hung up") }
        try tls.receive(first.span)
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while plain.count < count {
            switch try tls.read(into: &plain) {
            case .bytes: continue
            case .needsBytes: try receive()
            case .closed: throw ServerError(description: "the server has ended the connection")
            }
        }
        defer { plain.removeFirst(count) }
        return Array(plain.prefix(count))
    }

    func ask<R: WireMessage>(_ message: some WireMessage, version: Int16, _ type: R.Type = R.self) throws -> R {
        func key<M: WireMessage>(_ message: M) -> Int16 { M.apiKey.rawValue }
        let header = RequestHeader(apiKey: key(message), version: version, correlationID: 1, clientID: "raw")
        let frame = try header.frame(message)
        try tls.write(frame.span)
        flush()
        let length = try take(4).bigEndian(at: 0, as: Int32.self)
        return try ResponseHeader.read(type, version: version, frame: try take(Int(length))).body
    }

    /// Who the server takes its clients for. The loop is idle between a test's requests.
    func principals(of server: BrokerServer) -> [String] {
        server.core.sessions.values.map(\.principal.description)
    }
}

// Server and client over loopback: exchanges, identities, deadlines, and peers that misbehave.

import Crypto
import Glibc
import HTTP
import Synchronization
import Testing

let nowSeconds = Int64(time(nil))

/// A root with a server for 127.0.0.1 and clients.
struct TestAuthority {
    let authority: CertificateAuthority

    init() throws { authority = try .make(name: "Test root", validity: .days(30, from: nowSeconds)) }

    func context(_ side: TLSSide, _ profile: CertificateProfile?, lists: [[UInt8]] = []) throws -> TLSContext {
        var identity: TLSIdentity?
        if let profile {
            let (certificate, key) = try authority.issueWithKey(profile, validity: .days(5, from: nowSeconds))
            identity = TLSIdentity(chain: [certificate], key: key)
        }
        var settings = TLSConfiguration(identity: identity, trustedRoots: [authority.certificate])
        settings.revocationLists = lists
        return try TLSContext(side, settings)
    }

    func server() throws -> TLSContext { try context(.server, .server(hosts: ["127.0.0.1"])) }
    func client(_ uri: String = "urn:lgsp:health:his") throws -> TLSContext { try context(.client, .client(uri)) }
}

/// Answers with what it was asked.
let echo: HTTPHandler = { request, peer in
    var response = HTTPResponse(200, body: request.body)
    response.fields.add("x-method", request.method)
    response.fields.add("x-target", request.target)
    response.fields.add("x-peer", peer?.hubIdentity ?? "nobody")
    return response
}

func server(
    tls: TLSContext? = nil, limits: HTTPLimits = HTTPLimits(), handler: @escaping HTTPHandler = echo
) throws -> HTTPServer {
    try HTTPServer(
        listen: HTTPEndpoint(host: "127.0.0.1", port: 0), tls: tls, limits: limits, workers: 2, handler: handler)
}

func client(of server: HTTPServer, tls: TLSContext? = nil, limits: HTTPLimits = HTTPLimits()) -> HTTPClient {
    HTTPClient(endpoint: HTTPEndpoint(host: "127.0.0.1", port: server.port), tls: tls, limits: limits)
}

/// A plain socket that sends bytes and reads until the end or the timeout.
final class RawSocket {
    private let descriptor: Int32

    init(port: UInt16) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, 16) }
        }
    }

    deinit { close(descriptor) }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) { _ = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

    /// Everything until the end, and whether the end came in time.
    func readToEnd(seconds: Int = 5) -> (bytes: [UInt8], ended: Bool) {
        var timeout = timeval(tv_sec: seconds, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, 16)
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { return (result, count == 0 || errno != EAGAIN) }
            result.append(contentsOf: buffer[..<count])
        }
    }
}

func statuses(_ bytes: [UInt8]) -> [Int] {
    String(decoding: bytes, as: UTF8.self).split(separator: "HTTP/1.1 ").compactMap { Int($0.prefix(3)) }
}

@Suite struct ServerTests {
    @Test func `a client keeps its connection and proves who it is`() throws {
        let root = try TestAuthority()
        let server = try server(tls: try root.server())
        let client = client(of: server, tls: try root.client())
        for round in 0..<5 {
            let body = (0..<round * 50_000).map { UInt8(truncatingIfNeeded: $0) }
            let response = try client.send(
                HTTPRequest(method: "POST", target: "/r/\(round)", body: body), timeoutMilliseconds: 5000)
            #expect(response.status == 200)
            #expect(response.body == body)
            #expect(response.fields["x-peer"] == "urn:lgsp:health:his")
            #expect(response.fields["x-target"] == "/r/\(round)")
        }
        server.stop()
    }

    @Test func `no payload reaches a server that is not who it should be`() throws {
        let root = try TestAuthority()
        let asked = Atomic<Int>(0)
        let other = try TestAuthority()
        let server = try server(tls: try other.server()) { _, _ in
            asked.add(1, ordering: .relaxed)
            return HTTPResponse(200)
        }
        let error = #expect(throws: HTTPError.self) {
            try client(of: server, tls: try root.client()).send(
                HTTPRequest(method: "POST", target: "/", body: [1]), timeoutMilliseconds: 5000)
        }
        #expect(error?.kind == .untrusted)
        #expect(error?.mayHaveArrived == false)
        #expect(asked.load(ordering: .relaxed) == 0)
    }

    @Test func `a client without a certificate is refused`() throws {
        let root = try TestAuthority()
        let server = try server(tls: try root.server())
        let error = #expect(throws: HTTPError.self) {
            try client(of: server, tls: try root.context(.client, nil)).send(
                HTTPRequest(method: "GET", target: "/"), timeoutMilliseconds: 5000)
        }
        #expect(error?.kind == .untrusted || error?.kind == .cutOff)
    }

    @Test func `a revoked client is cut off when the server takes a new list`() throws {
        let root = try TestAuthority()
        let (gone, key) = try root.authority.issueWithKey(
            .client("urn:lgsp:gone:x"), validity: .days(5, from: nowSeconds))
        let clientTLS = try TLSContext(
            .client,
            TLSConfiguration(identity: .init(chain: [gone], key: key), trustedRoots: [root.authority.certificate]))
        let server = try server(tls: try root.server())
        let client = client(of: server, tls: clientTLS)
        #expect(try client.send(HTTPRequest(method: "GET", target: "/"), timeoutMilliseconds: 5000).status == 200)
        let list = try root.authority.revocationList(revoked: [gone], number: 1, validity: .days(1, from: nowSeconds))
        server.replaceTLS(try root.context(.server, .server(hosts: ["127.0.0.1"]), lists: [list]))
        // The kept connection ends with at most one more answer; no new one comes about.
        _ = try? client.send(HTTPRequest(method: "GET", target: "/"), timeoutMilliseconds: 5000)
        #expect(throws: HTTPError.self) {
            try client.send(HTTPRequest(method: "GET", target: "/"), timeoutMilliseconds: 5000)
        }
    }

    @Test func `a client's deadline covers a server that never answers`() throws {
        let server = try server { _, _ in
            var response = HTTPResponse(200)
            response.ending = .hang
            return response
        }
        let error = #expect(throws: HTTPError.self) {
            try client(of: server).send(HTTPRequest(method: "GET", target: "/"), timeoutMilliseconds: 100)
        }
        #expect(error == HTTPError(.timedOut, "the deadline passed before the answer", mayHaveArrived: true))
    }

    @Test func `resets, endless bodies and encoded bodies are errors and bounded`() throws {
        let server = try server { request, _ in
            var response = HTTPResponse(200, body: [1, 2, 3])
            switch request.target {
            case "/reset": response.ending = .resetInsteadOfAnswer
            case "/endless":
                response.bodySource = { chunk in
                    chunk.append(contentsOf: repeatElement(0, count: 65_536))
                    return true
                }
            case "/gzip": response.fields.add("content-encoding", "gzip")
            case "/redirect": response = HTTPResponse(302, fields: ["location": "http://127.0.0.1:1/"])
            default: break
            }
            return response
        }
        var limits = HTTPLimits()
        limits.bodyBytesMax = 1 << 20
        let client = client(of: server, limits: limits)
        func failure(_ target: String) -> HTTPError.Kind? {
            do {
                _ = try client.send(HTTPRequest(method: "GET", target: target), timeoutMilliseconds: 5000)
                return nil
            } catch { return error.kind }
        }
        #expect(failure("/reset") == .cutOff)
        #expect(failure("/endless") == .malformed)
        #expect(failure("/gzip") == .malformed)
        #expect(
            try client.send(HTTPRequest(method: "GET", target: "/redirect"), timeoutMilliseconds: 5000).status == 302)
        #expect(failure("/fine") == nil)
    }

    @Test func `a body from a source comes whole`() throws {
        let server = try server { _, _ in
            var response = HTTPResponse(200)
            let left = Mutex(200)
            response.bodySource = { chunk in
                left.withLock { left in
                    left -= 1
                    chunk.append(contentsOf: repeatElement(UInt8(left), count: 1000))
                    return left > 0
                }
            }
            return response
        }
        let body = try client(of: server).send(HTTPRequest(method: "GET", target: "/"), timeoutMilliseconds: 5000).body
        #expect(body.count == 200_000)
        #expect(body.first == 199 && body.last == 0)
    }

    @Test func `a request that cannot be written safely is not sent`() throws {
        let server = try server()
        for request in [
            HTTPRequest(method: "GET", target: "/", fields: ["x": "a\r\ny: b"]),
            HTTPRequest(method: "GET", target: "/a b"),
            HTTPRequest(method: "GET x", target: "/"), HTTPRequest(method: "GET", target: "/", fields: ["x y": "z"]),
        ] {
            let error = #expect(throws: HTTPError.self) {
                try client(of: server).send(request, timeoutMilliseconds: 1000)
            }
            #expect(error?.kind == .unsendable)
        }
    }

    @Test func `pipelined requests are answered in order and a broken one ends the connection`() throws {
        let server = try server()
        let socket = RawSocket(port: server.port)
        let good = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
        socket.send(good + good + "GET /x HTTP/1.1\r\nHost : a\r\n\r\n" + good)
        let (bytes, ended) = socket.readToEnd()
        #expect(statuses(bytes) == [200, 200, 400])
        #expect(ended)
    }

    @Test func `a head that does not come is answered 408 and an idle connection is closed`() throws {
        var limits = HTTPLimits()
        limits.headMilliseconds = 150
        limits.idleMilliseconds = 150
        limits.bodyGraceMilliseconds = 150
        limits.handshakeMilliseconds = 150
        let server = try server(limits: limits)
        let half = RawSocket(port: server.port)
        half.send("GET / HTTP/1.1\r\nHost")
        #expect(statuses(half.readToEnd().bytes) == [408])
        let slow = RawSocket(port: server.port)
        slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nab")
        #expect(statuses(slow.readToEnd().bytes) == [408])
        let silent = RawSocket(port: server.port)
        let (bytes, ended) = silent.readToEnd()
        #expect(bytes.isEmpty && ended)
        let secure = try TestAuthority()
        let guarded = try HTTPServer(
            listen: HTTPEndpoint(host: "127.0.0.1", port: 0), tls: try secure.server(), limits: limits, handler: echo)
        let noHandshake = RawSocket(port: guarded.port)
        noHandshake.send([22, 3, 1])
        #expect(noHandshake.readToEnd().ended)
    }

    @Test func `slow clients do not keep others waiting`() throws {
        let server = try server()
        let drips = (0..<300).map { _ in RawSocket(port: server.port) }
        for drip in drips { drip.send("GET / HTTP/1.1\r\nHo") }
        let client = client(of: server)
        for _ in 0..<20 {
            #expect(try client.send(HTTPRequest(method: "GET", target: "/"), timeoutMilliseconds: 5000).status == 200)
        }
        #expect(drips.count == 300)
    }

    @Test func `too many connections of one peer are refused and others are served`() throws {
        let root = try TestAuthority()
        var limits = HTTPLimits()
        limits.connectionsPerPeerMax = 2
        let server = try server(tls: try root.server(), limits: limits)
        let one = try root.client("urn:lgsp:a:one")
        let two = try root.client("urn:lgsp:b:two")
        func ask(_ client: HTTPClient) -> Bool {
            (try? client.send(HTTPRequest(method: "GET", target: "/"), timeoutMilliseconds: 5000))?.status == 200
        }
        let first = client(of: server, tls: one)
        let second = client(of: server, tls: one)
        #expect(ask(first) && ask(second))
        #expect(!ask(client(of: server, tls: one)))
        #expect(ask(client(of: server, tls: two)))
        #expect(ask(first))
    }
}

// The request and response readers: framing, limits at their edges, and every split of the bytes.

import HTTP
import Testing

/// What a reader makes of a byte stream: the requests, then the status of a refusal.
func outcome(_ bytes: [UInt8], pieces: Int, limits: HTTPLimits = HTTPLimits()) -> (
    requests: [HTTPRequest], refused: Int?
) {
    var reader = HTTPRequestReader(limits: limits)
    var requests: [HTTPRequest] = []
    var place = 0
    do {
        repeat {
            let end = min(bytes.count, place + pieces)
            reader.receive(bytes.span.extracting(place..<end))
            while let request = try reader.next() { requests.append(request) }
            place = end
        } while place < bytes.count
        return (requests, nil)
    } catch { return (requests, error.status) }
}

func outcome(_ text: String, limits: HTTPLimits = HTTPLimits()) -> (requests: [HTTPRequest], refused: Int?) {
    let whole = outcome(Array(text.utf8), pieces: .max / 2, limits: limits)
    for pieces in [1, 2, 7] {
        let split = outcome(Array(text.utf8), pieces: pieces, limits: limits)
        #expect(split.requests == whole.requests && split.refused == whole.refused, "the split changes the outcome")
    }
    return whole
}

@Suite struct ReaderTests {
    @Test func `requests come out one by one however the bytes are cut`() {
        let result = outcome(
            "POST /v1/events?max=1 HTTP/1.1\r\nHost: hub.test\r\nContent-Length: 3\r\nX-A:  b \r\n\r\nabc"
                + "\r\nPUT /x HTTP/1.1\r\nHost: hub.test:80\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "2\r\nde\r\n1;a=\"b\\\"\";c\r\nf\r\n0\r\nT: v\r\n\r\n"
                + "GET / HTTP/1.0\r\n\r\n")
        #expect(result.refused == nil)
        #expect(result.requests.map(\.method) == ["POST", "PUT", "GET"])
        #expect(result.requests.map { String(decoding: $0.body, as: UTF8.self) } == ["abc", "def", ""])
        #expect(result.requests[0].fields["x-a"] == "b")
        #expect(result.requests[0].path == "/v1/events")
        #expect(result.requests[0].query("max") == "1")
        #expect(result.requests[1].fields["t"] == nil, "trailers are dropped")
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\nHost: a\n\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400), ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501), ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{0}\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n", 417),
    ])
    func `what two parsers could read differently is refused`(text: String, status: Int) {
        let result = outcome(text)
        #expect(result.requests.isEmpty)
        #expect(result.refused == status)
    }

    @Test func `each limit holds at its edge and not before`() {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 10
        limits.fieldCountMax = 3
        func head(_ extra: String) -> String { "POST / HTTP/1.1\r\nHost: a\r\n" + extra + "\r\n" }
        let body10 = String(repeating: "x", count: 10)
        #expect(outcome(head("Content-Length: 10\r\n") + body10, limits: limits).refused == nil)
        #expect(outcome(head("Content-Length: 11\r\n"), limits: limits).refused == 413)
        #expect(
            outcome(head("Transfer-Encoding: chunked\r\n") + "a\r\n\(body10)\r\n0\r\n\r\n", limits: limits).refused
                == nil)
        #expect(
            outcome(head("Transfer-Encoding: chunked\r\n") + "a\r\n\(body10)\r\n1\r\n", limits: limits).refused == 413)
        #expect(outcome(head("A: 1\r\nB: 2\r\n"), limits: limits).refused == nil)
        #expect(outcome(head("A: 1\r\nB: 2\r\nC: 3\r\n"), limits: limits).refused == 431)
        let ordinary = HTTPLimits()
        for extra in [-1, 0, 1] {
            let target =
                "/" + String(repeating: "a", count: ordinary.lineBytesMax - "GET / HTTP/1.1".utf8.count + extra)
            let line = "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n"
            #expect(outcome(Array(line.utf8), pieces: 1000).refused == (extra > 0 ? 414 : nil))
            let field = "X: " + String(repeating: "a", count: ordinary.fieldBytesMax - 3 + extra)
            #expect(outcome(Array(head(field + "\r\n").utf8), pieces: 1000).refused == (extra > 0 ? 431 : nil))
        }
        let long = "X: " + String(repeating: "a", count: 16_000) + "\r\n"
        #expect(outcome(Array(head(long + long + long + long).utf8), pieces: 5000).refused == nil)
        #expect(outcome(Array(head(long + long + long + long + long).utf8), pieces: 5000).refused == 431)
    }

    @Test func `an expectation is announced until the body comes`() throws {
        var reader = HTTPRequestReader()
        let head = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n".utf8)
        reader.receive(head.span)
        #expect(try reader.next() == nil)
        #expect(reader.awaitsContinue)
        reader.receive([0x61].span)
        #expect(try reader.next() == nil)
        #expect(!reader.awaitsContinue)
        #expect(reader.phase == .body(1))
    }

    @Test func `bytes at random never trap and never pass for a request`() {
        var generator = SystemRandomNumberGenerator()
        let seeds = [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        ]
        for _ in 0..<3000 {
            var bytes = Array(seeds.randomElement(using: &generator)!.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[place], at: place)
                }
            }
            let whole = outcome(bytes, pieces: .max / 2)
            let split = outcome(bytes, pieces: 1)
            #expect(whole.refused == split.refused && whole.requests == split.requests)
        }
    }

    // MARK: Responses

    func answer(_ text: String, method: String = "GET", ends: Bool = false, limits: HTTPLimits = HTTPLimits()) throws
        -> HTTPResponse?
    {
        var reader = HTTPResponseReader(limits: limits, method: method)
        for byte in text.utf8 {
            reader.receive([byte].span)
            if let response = try reader.next() { return response }
        }
        return ends ? try reader.connectionEnded() : nil
    }

    @Test func `answers are read by length, chunks, status or the connection's end`() throws {
        #expect(try answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab")?.body == [0x61, 0x62])
        #expect(
            try answer(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 \r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")?
                .status == 201)
        #expect(try answer("HTTP/1.1 204 No Content\r\n\r\n")?.ending == .keepAlive)
        #expect(try answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", method: "HEAD")?.body == [])
        let closing = try answer("HTTP/1.0 200 OK\r\n\r\nabc", ends: true)
        #expect(closing?.body == Array("abc".utf8))
        #expect(closing?.ending == .close)
        #expect(try answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", ends: true) == nil)
    }

    @Test(arguments: [
        "HTTP/1.1 20 OK\r\n", "HTTP/3 200 OK\r\n", "hello\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10485761\r\n\r\n",
    ])
    func `a broken or unbounded answer is refused`(text: String) {
        #expect(throws: HTTPRefusal.self) { try answer(text) }
    }
}

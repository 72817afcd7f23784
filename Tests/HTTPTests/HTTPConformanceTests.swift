// The shared HTTP/1.1 suites against the request reader and a running server, where they are present.

import Foundation
import HTTP
import Testing

/// The shared suites lie beside the package; nil where this copy has none.
func sharedFile(_ path: String) -> Data? {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    for folder in ["../shared", "../../shared"] {
        let url = package.appendingPathComponent(folder).appendingPathComponent(path)
        if let data = try? Data(contentsOf: url) { return data }
    }
    print("skipped: shared/\(path) is absent")
    return nil
}

@Suite struct HTTPConformanceTests {
    struct Parser: Decodable {
        var id: String
        var raw_b64: Data
        var llhttp_error: String?
    }
    struct Vectors: Decodable {
        struct Vector: Decodable {
            var id: String
            var raw_b64: Data
            var expect: String
            var level: String
            var max_responses: Int?
        }
        var vectors: [Vector]
    }

    @Test func `nothing is accepted that llhttp refuses`() throws {
        guard let data = sharedFile("suites/http1-llhttp/request-vectors.json") else { return }
        var wrong: [String] = []
        for row in try JSONDecoder().decode([Parser].self, from: data) {
            // A pause is how llhttp hands an upgraded connection over; it is no refusal. We never upgrade.
            guard let error = row.llhttp_error, !error.hasPrefix("Pause") else { continue }
            let bytes = Array(row.raw_b64)
            let whole = outcome(bytes, pieces: .max / 2)
            let split = outcome(bytes, pieces: 1)
            if whole.refused != split.refused || whole.requests != split.requests { wrong.append("split \(row.id)") }
            // A request before the bad one may come out; the bad one must not.
            if whole.refused == nil && !whole.requests.isEmpty { wrong.append(row.id) }
        }
        #expect(wrong == [])
    }

    @Test func `the server answers the attack suite as it must`() throws {
        guard let data = sharedFile("suites/http1/vectors.json") else { return }
        let vectors = try JSONDecoder().decode(Vectors.self, from: data).vectors
        let server = try server { request, _ in
            HTTPResponse(request.path == "/healthz" || request.path == "/v1/echo" ? 200 : 404)
        }
        var wrong: [String] = []
        var strict = (passed: 0, total: 0)
        let rejections: Set<Int> = [400, 408, 411, 413, 414, 417, 421, 431, 501, 505]
        for vector in vectors where vector.expect == "reject" || vector.expect == "either" {
            let bytes = Array(vector.raw_b64)
            let socket = RawSocket(port: server.port)
            socket.send(bytes)
            let waits = vector.expect == "reject"
            let (answer, ended) = waits ? socket.readToEnd(seconds: 2) : ([], true)
            let codes = statuses(answer)
            var isRight = true
            if waits { isRight = ended && (codes.first.map(rejections.contains) ?? true) && codes.count <= 1 }
            let parsed = outcome(bytes, pieces: 1)
            if let most = vector.max_responses, parsed.requests.count > most { isRight = false }
            if vector.level == "strict" {
                strict.total += 1
                if isRight { strict.passed += 1 } else { print("strict \(vector.id) \(codes) ended \(ended)") }
            } else if !isRight {
                wrong.append("\(vector.id) \(codes) ended \(ended)")
            }
        }
        #expect(wrong == [])
        #expect(strict.passed * 100 >= strict.total * 98, "\(strict)")
    }
}

// The simulated VNeID: client-credentials tokens that run out, and documents by idempotency key: the first
// request under a key makes the document, later ones are answered 409 with the same name.

import HTTP
import JSON

struct VNeIDLogic: PlatformLogic {
    private let tokenSeconds: Int
    private var generator: SeededGenerator
    private var tokens: [String: Int64] = [:]
    private var documentOfKey: [String: String] = [:]
    private var deleted: Set<String> = []

    init(tokenSeconds: Int, seed: UInt64) {
        self.tokenSeconds = tokenSeconds
        generator = SeededGenerator(seed: seed ^ 0x746f_6b65_6e73)
    }

    func key(of request: HTTPRequest) -> String { request.fields["idempotency-key"] ?? "" }

    mutating func answer(_ request: HTTPRequest, wallMilliseconds: Int64, refusesToken: Bool) -> SimulatedAnswer {
        func refuse(_ status: Int) -> SimulatedAnswer {
            SimulatedAnswer(response: .problem(status, "refused"), operation: "refuse", effect: false)
        }
        if request.path.hasSuffix("/oauth/token") {
            guard request.method == "POST", request.fields["authorization"]?.hasPrefix("Basic ") == true,
                request.body.elementsEqual("grant_type=client_credentials".utf8)
            else { return refuse(400) }
            let token = "t" + String(generator.next(), radix: 36)
            tokens[token] = wallMilliseconds + Int64(tokenSeconds) * 1000
            let body: JSONValue = [
                "access_token": .string(token), "token_type": "Bearer", "expires_in": .integer(tokenSeconds),
            ]
            return SimulatedAnswer(response: .json(200, body.write()), operation: "token", effect: false)
        }
        guard let header = request.fields["authorization"], header.hasPrefix("Bearer "),
            let end = tokens[String(header.dropFirst(7))], end > wallMilliseconds
        else { return refuse(401) }
        if refusesToken {
            tokens[String(header.dropFirst(7))] = nil
            return refuse(401)
        }
        guard request.path.hasSuffix("/api/v1/documents") else { return refuse(404) }
        let key = key(of: request)
        guard !key.isEmpty else { return refuse(400) }
        switch request.method {
        case "POST": return create(request, key)
        case "DELETE":
            guard request.query("holder") != nil, request.query("number") != nil else { return refuse(400) }
            let isFirst = deleted.insert(key).inserted
            return SimulatedAnswer(
                response: isFirst ? HTTPResponse(204) : .problem(404, "absent"), operation: "delete", effect: isFirst)
        default: return refuse(405)
        }
    }

    private mutating func create(_ request: HTTPRequest, _ key: String) -> SimulatedAnswer {
        if let known = documentOfKey[key] {
            let body: JSONValue = ["documentId": .string(known)]
            return SimulatedAnswer(response: .json(409, body.write()), operation: "create", effect: false)
        }
        guard let document = try? JSONValue(parsing: request.body), document["documentType"]?.stringValue != nil,
            document["holder"]?["citizenId"]?.stringValue?.utf8.count == 12, document["number"]?.stringValue != nil
        else {
            return SimulatedAnswer(response: .problem(422, "incomplete"), operation: "refuse", effect: false)
        }
        let name = "VNEID-" + String(documentOfKey.count + 1)
        documentOfKey[key] = name
        let body: JSONValue = ["documentId": .string(name)]
        return SimulatedAnswer(response: .json(201, body.write()), operation: "create", effect: true)
    }
}

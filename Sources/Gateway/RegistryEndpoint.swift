// The registry over HTTP: Confluent's media types, paths and error bodies around `RegistryStore`.

public import Crypto
public import HTTP
import JSON
import SchemaRegistry

/// Answers the registry's requests.
public struct RegistryEndpoint: Sendable {
    private static let mediaType = "application/vnd.schemaregistry.v1+json"
    private static let unknownMembersField = "confluent-accept-unknown-properties"

    private let store: RegistryStore
    private let mayWrite: @Sendable (_ peer: PeerIdentity?, _ subject: String?) -> Bool

    /// - Parameter mayWrite: whether an identity (nil without a client certificate) may change a subject; a subject
    ///   of nil stands for what holds for all.
    public init(
        _ store: RegistryStore, mayWrite: @escaping @Sendable (_ peer: PeerIdentity?, _ subject: String?) -> Bool
    ) {
        self.store = store
        self.mayWrite = mayWrite
    }

    /// The handler for `HTTPServer`.
    public func respond(to request: HTTPRequest, from peer: PeerIdentity?) -> HTTPResponse {
        do throws(RegistryFailure) {
            let asked = try RegistryEndpoint.read(request)
            switch try store.handle(asked, mayWrite: { mayWrite(peer, $0) }) {
            case .answer(let value), .store(_, let value): return respond(200, value.write(), request)
            case .text(let text): return respond(200, Array(text.utf8), request)
            }
        } catch {
            let body: JSONValue = ["error_code": .integer(error.code), "message": .string(error.message)]
            return respond(error.status, body.write(), request)
        }
    }

    private func respond(_ status: Int, _ body: [UInt8], _ request: HTTPRequest) -> HTTPResponse {
        HTTPResponse(status, fields: ["content-type": RegistryEndpoint.mediaType], body: body)
    }

    private static func read(_ request: HTTPRequest) throws(RegistryFailure) -> RegistryRequest {
        var segments: [String] = []
        for segment in request.path.split(separator: "/") {
            // In a path a plus sign is itself.
            let escaped = segment.utf8.flatMap { $0 == 0x2B ? Array("%2B".utf8) : [$0] }
            guard let text = HTTPSyntax.percentDecoded(escaped) else {
                throw RegistryFailure(code: 400, message: "the path is not UTF-8")
            }
            segments.append(text)
        }
        var query: [String: String] = [:]
        for name in queryNames { query[name] = request.query(name) }
        return RegistryRequest(
            method: request.method == "HEAD" ? "GET" : request.method, segments: segments, query: query, body: request.body,
            acceptsUnknownMembers: request.fields[unknownMembersField]?.lowercased() == "true")
    }

    private static let queryNames = [
        "subjectPrefix", "deleted", "deletedOnly", "latestOnly", "offset", "limit", "normalize", "verbose", "permanent",
        "defaultToGlobal", "fetchMaxId", "force", "subject", "format",
    ]
}

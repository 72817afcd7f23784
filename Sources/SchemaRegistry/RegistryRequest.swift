// A request to the registry as the HTTP shell hands it over, and what comes of it.

public import JSON

/// Method, path segments already percent-decoded, query and body.
public struct RegistryRequest: Sendable {
    public var method: String
    public var segments: [String]
    public var query: [String: String]
    public var body: [UInt8]
    /// Whether the client takes members that older clients do not know.
    public var acceptsUnknownMembers: Bool

    public init(
        method: String, segments: [String], query: [String: String] = [:], body: [UInt8] = [],
        acceptsUnknownMembers: Bool = false
    ) {
        self.method = method
        self.segments = segments
        self.query = query
        self.body = body
        self.acceptsUnknownMembers = acceptsUnknownMembers
    }

    func flag(_ name: String) -> Bool { query[name]?.lowercased() == "true" }

    func number(_ name: String, default standard: Int) -> Int { query[name].flatMap { Int($0) } ?? standard }

    /// The body as JSON; an empty one is an empty object.
    func json() throws(RegistryFailure) -> JSONValue {
        if body.isEmpty { return .object([]) }
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw .malformed("the body is not JSON: \(error)")
        }
    }
}

/// What a request comes to.
public enum RegistryOutcome: Sendable, Equatable {
    case answer(JSONValue)
    /// A schema's text as it is.
    case text(String)
    /// Store these records, in this order, then answer.
    case store([RegistryRecord], answer: JSONValue)
}

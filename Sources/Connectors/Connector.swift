// The shape of a connector: declared data and a pure translation between delivered records and a platform's
// requests and answers. Sockets, retries, tokens and threads are the deliverer's business, the same for all.

public import HTTP
public import Records

/// A record to be handed to a platform, as its route released it.
public struct Delivery: Sendable, Equatable {
    /// The record's `ce_id`: the idempotency key at the platform, the same for every attempt.
    public var id: String
    /// `ce_id` of the contract record that was shared (`lgsp-origin`).
    public var origin: String
    /// The contract's name without its version: `land-certificate`.
    public var contract: String
    /// The record's key: records with equal keys are delivered in order.
    public var key: [UInt8]
    /// The released payload, JSON.
    public var payload: [UInt8]

    public init(id: String, origin: String, contract: String, key: [UInt8], payload: [UInt8]) {
        self.id = id
        self.origin = origin
        self.contract = contract
        self.key = key
        self.payload = payload
    }
}

/// A record that a delivery brought forth, to be published under a contract.
public struct ConnectorEvent: Sendable, Equatable {
    /// Deterministic: the same delivery brings forth the same ids.
    public var id: String
    public var contract: String
    public var major: Int
    /// The subject reference, which is also the record's key.
    public var subject: String
    /// JSON.
    public var payload: [UInt8]

    public init(id: String, contract: String, major: Int, subject: String, payload: [UInt8]) {
        self.id = id
        self.contract = contract
        self.major = major
        self.subject = subject
        self.payload = payload
    }
}

/// What a conversation wants next.
public enum ConversationStep: Sendable, Equatable {
    /// Send this request; a bearer token is added where the connector uses one.
    case ask(HTTPRequest)
    /// The platform has everything; `reference` is its own name for what it took.
    case done(reference: String)
    /// The record can never be delivered. The detail holds no value of the record.
    case refused(RejectionCode, detail: String)
}

/// What a conversation says of an answer.
public enum AnswerVerdict: Sendable, Equatable {
    /// Understood: ask for the next step.
    case understood
    /// The platform did not do it now: send the same request again later.
    case retry(afterMilliseconds: Int64?, blame: Blame, reason: String)
    /// The token is no longer good: renew it and ask again.
    case unauthorised
}

/// Where a failure that may pass most likely lies.
public enum Blame: Sendable, Equatable {
    /// The platform or the way to it: says nothing about the record, whose attempts are not used up by it.
    case platform
    /// Possibly this record: it has a limited number of attempts.
    case record
}

/// The exchange about one record: one or more requests, each answered before the next. A value: pure, without
/// I/O. Wall time is a parameter.
public protocol Conversation: Sendable {
    /// What is wanted next. Called again without an answer in between, it gives the same step with a new time.
    mutating func next(wallMilliseconds: Int64) -> ConversationStep
    /// Takes the answer to the last request.
    mutating func take(_ answer: HTTPResponse, wallMilliseconds: Int64) -> AnswerVerdict
    /// What has come out of it so far; kept even when the record is refused in the end.
    var events: [ConnectorEvent] { get }
}

/// A connector to one national platform.
public protocol Connector: Sendable {
    static var spec: ConnectorSpec { get }
    /// Throws every fault of the settings at once.
    init(settings: ConnectorSettings) throws(ConfigurationFaults)
    var endpoint: HTTPEndpoint { get }
    /// The request for a token; nil where the platform uses none.
    var tokenRequest: HTTPRequest? { get }
    /// The token in the answer to `tokenRequest`, and how long it lives; nil where there is none.
    func token(in answer: HTTPResponse) -> (text: String, lifetimeMilliseconds: Int64)?
    func conversation(about delivery: Delivery) -> any Conversation
}

extension Connector {
    public var tokenRequest: HTTPRequest? { nil }
    public func token(in answer: HTTPResponse) -> (text: String, lifetimeMilliseconds: Int64)? { nil }
}

/// A connector as data: for the engine, the command line, the console, documents and tests.
public struct ConnectorSpec: Sendable, Equatable {
    /// One setting of a connector.
    public struct Setting: Sendable, Equatable {
        public var name: String
        public var title: String
        /// Kept in a file of mode 0600 and never shown.
        public var isSecret: Bool

        init(_ name: String, _ title: String, isSecret: Bool = false) {
            self.name = name
            self.title = title
            self.isSecret = isSecret
        }
    }

    /// As in `connector-<name>` and `receipt.<name>`; also the recipient's name in routes.
    public var name: String
    public var titleVietnamese: String
    public var titleEnglish: String
    /// The national platform's own name.
    public var platform: String
    /// Contracts that it can deliver; empty for any contract that holds persons.
    public var contracts: [String]
    /// Contracts whose records come out of deliveries.
    public var produces: [String]
    public var settings: [Setting]
}

/// All connectors.
public enum ConnectorRegistry {
    public static let all: [any Connector.Type] = [PopulationConnector.self, VNeIDConnector.self]

    public static func connector(named name: String) -> (any Connector.Type)? {
        all.first { $0.spec.name.utf8.elementsEqual(name.utf8) }
    }
}

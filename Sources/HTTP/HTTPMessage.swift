// Requests and responses as values.

/// One field line: the name in lower case, the value without surrounding white space.
public struct HTTPField: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name.lowercased()
        self.value = value
    }
}

/// The fields of a message in their order; names may repeat.
public struct HTTPFields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    public private(set) var entries: [HTTPField] = []

    public init() {}

    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }

    /// The first value of that name (any case).
    public subscript(_ name: String) -> String? {
        let wanted = name.lowercased()
        return entries.first { $0.name.utf8.elementsEqual(wanted.utf8) }?.value
    }

    /// Every value of that name, in order.
    public func all(_ name: String) -> [String] {
        let wanted = name.lowercased()
        return entries.filter { $0.name.utf8.elementsEqual(wanted.utf8) }.map(\.value)
    }

    public mutating func add(_ name: String, _ value: String) { entries.append(HTTPField(name, value)) }

    /// Replaces every field of that name by one.
    public mutating func set(_ name: String, _ value: String) {
        let wanted = name.lowercased()
        entries.removeAll { $0.name.utf8.elementsEqual(wanted.utf8) }
        add(wanted, value)
    }

    /// Whether a list-valued field (such as `connection`) has that element, in any case.
    public func lists(_ name: String, _ element: String) -> Bool {
        let wanted = element.lowercased()
        return all(name).contains { value in
            value.lowercased().utf8.split(separator: 0x2c).contains { part in
                HTTPSyntax.trimmed(Array(part)[...]).elementsEqual(wanted.utf8)
            }
        }
    }
}

/// A request, whole.
public struct HTTPRequest: Sendable, Equatable {
    /// In capitals: one of `HTTPSyntax.methods`.
    public var method: String
    /// Path and query as sent: `/v1/events?max=10`.
    public var target: String
    public var fields: HTTPFields
    public var body: [UInt8]
    /// False for HTTP/1.0.
    public var isVersion11 = true

    public init(method: String, target: String, fields: HTTPFields = [:], body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
    }

    /// The target up to the question mark, still percent-encoded.
    public var path: Substring { target.prefix { $0 != "?" } }

    /// The value of a query parameter, percent-decoded; nil where it is absent or not UTF-8.
    public func query(_ name: String) -> String? {
        guard let mark = target.utf8.firstIndex(of: 0x3f) else { return nil }
        let text = target.utf8[target.utf8.index(after: mark)...]
        for pair in text.split(separator: 0x26) {
            let halves = pair.split(separator: 0x3d, maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = halves.first, HTTPSyntax.percentDecoded(key)?.utf8.elementsEqual(name.utf8) == true else {
                continue
            }
            return HTTPSyntax.percentDecoded(halves.count > 1 ? halves[1] : key[key.endIndex...])
        }
        return nil
    }

    var keepsAlive: Bool {
        isVersion11 ? !fields.lists("connection", "close") : false
    }
}

/// A response, whole.
public struct HTTPResponse: Sendable {
    /// How the connection goes on after a response. All but the first two are for simulators of bad platforms.
    public enum Ending: Sendable, Equatable {
        case keepAlive
        case close
        /// Nothing is answered and the connection is reset.
        case resetInsteadOfAnswer
        /// The answer is sent and the connection then reset, without close_notify.
        case resetAfterAnswer
        /// Nothing is answered and the connection stays open until the peer gives up.
        case hang
    }

    public var status: Int
    public var fields: HTTPFields
    public var body: [UInt8]
    /// Where set, the body comes from here in chunks and `body` is not looked at: append bytes and return true,
    /// or return false at the end. Called on the server's loop thread; it must not block.
    public var bodySource: (@Sendable (inout [UInt8]) -> Bool)?
    public var ending = Ending.keepAlive
    /// How long the server holds the answer back.
    public var delayMilliseconds: Int64 = 0

    public init(_ status: Int, fields: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A response of JSON bytes.
    public static func json(_ status: Int, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(status, fields: ["content-type": "application/json"], body: body)
    }

    /// A problem (RFC 9457). The detail must hold no personal data.
    public static func problem(_ status: Int, _ title: String, detail: String = "") -> HTTPResponse {
        var body = "{\"status\":\(status),\"title\":\(HTTPSyntax.jsonString(title))"
        if !detail.isEmpty { body += ",\"detail\":\(HTTPSyntax.jsonString(detail))" }
        return HTTPResponse(
            status, fields: ["content-type": "application/problem+json"], body: Array((body + "}").utf8))
    }
}

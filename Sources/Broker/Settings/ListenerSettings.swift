// Where the broker listens and how clients must come in there: `listeners` as Kafka writes them.

/// What a listener asks of its clients.
public enum SecurityProtocol: String, Sendable, CaseIterable {
    case plaintext = "PLAINTEXT"
    case tls = "SSL"
    case saslPlaintext = "SASL_PLAINTEXT"
    case saslTLS = "SASL_SSL"

    var usesTLS: Bool { self == .tls || self == .saslTLS }
    var usesSASL: Bool { self == .saslPlaintext || self == .saslTLS }
}

/// One place to listen.
public struct ListenerSettings: Sendable, Equatable {
    /// Kafka's name of the listener; where nothing else is said, the name of its protocol.
    public var name: String
    public var securityProtocol: SecurityProtocol
    public var host: String
    /// 0 takes any free port.
    public var port: Int

    public init(_ securityProtocol: SecurityProtocol, host: String, port: Int, name: String? = nil) {
        self.name = name ?? securityProtocol.rawValue
        self.securityProtocol = securityProtocol
        self.host = host
        self.port = port
    }

    /// Splits `NAME://HOST:PORT`; a host may be empty (all addresses) and an IPv6 address is in brackets.
    static func parse(_ text: String) -> (name: String, host: String, port: Int)? {
        let trimmed = text.drop { $0 == " " }
        guard let separator = trimmed.range(of: "://"), let colon = trimmed.lastIndex(of: ":"),
            colon >= separator.upperBound, let port = Int(trimmed[trimmed.index(after: colon)...].filter { $0 != " " }),
            (0...65_535).contains(port)
        else { return nil }
        let host = trimmed[separator.upperBound..<colon].filter { $0 != "[" && $0 != "]" }
        return (String(trimmed[..<separator.lowerBound]).uppercased(), String(host), port)
    }
}

extension Substring {
    /// The first place of `text`, byte by byte.
    fileprivate func range(of text: StaticString) -> Range<Index>? {
        let wanted = text.withUTF8Buffer { unsafe Array($0) }
        var start = startIndex
        while start < endIndex {
            if self[start...].utf8.starts(with: wanted) {
                return start..<utf8.index(start, offsetBy: wanted.count)
            }
            formIndex(after: &start)
        }
        return nil
    }
}

/// Where clients are told to connect, by the listener they came in through.
struct Endpoint: Sendable {
    var host: String
    var port: Int32
}

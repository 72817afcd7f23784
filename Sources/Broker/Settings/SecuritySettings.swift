// Who may come in and what they may do, by Kafka's names of settings: listeners, TLS files, SASL mechanisms,
// the authorizer. Each name is taken or refused here; what hangs together is checked once, in `listeners(for:)`.

/// Whether a TLS listener asks for client certificates.
public enum ClientCertificates: String, Sendable {
    case none, requested, required
}

/// The broker's security settings.
public struct SecuritySettings: Sendable {
    /// Places to listen beside `BrokerSettings.host` and `.port`, which stand for one PLAINTEXT listener while
    /// this is empty.
    public var listeners: [ListenerSettings] = []
    /// PEM files: our chain (leaf first), its key (may be the same file), the roots that clients must come from.
    public var certificateFile: String?
    public var keyFile: String?
    public var authorityFile: String?
    public var clientCertificates = ClientCertificates.none
    var allowsTLS12 = true
    var principalRules = PrincipalRules.identity

    public var mechanisms: [SASLMechanism] = []
    /// Passwords by name, for PLAIN; the same people may use SCRAM.
    var passwords: [GroupName: [UInt8]] = [:]
    /// How long an authentication lasts; 0 is for ever.
    var reauthenticationMilliseconds: Int64 = 0
    var failureDelayMilliseconds: Int64 = 100

    var isAuthorizing = false
    var superUsers: Set<String> = []
    var allowsEveryoneWithoutRule = false

    private var listenerTexts: [(name: String, host: String, port: Int)] = []
    private var advertisedTexts: [(name: String, host: String, port: Int)] = []
    private var protocols: [String: SecurityProtocol] = [:]

    public init() {}

    /// The authorizer by Kafka's name.
    static let authorizerName = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"

    /// Takes a setting; false when it is none of security's. Throws `SettingError` for a value that cannot be.
    mutating func take(_ key: String, _ value: String) throws -> Bool {
        if try takeListener(key, value) || takeTLS(key, value) || takeSASL(key, value) { return true }
        switch key {
        case "authorizer.class.name":
            guard value.isEmpty || value == Self.authorizerName else {
                throw SettingError(key: key, reason: "can be \(Self.authorizerName) or nothing")
            }
            isAuthorizing = !value.isEmpty
        case "super.users":
            superUsers = Set(value.split(separator: ";").map { String($0.trimmed) })
            for user in superUsers where !user.contains(":") {
                throw SettingError(key: key, reason: "\"\(user)\" needs the form TYPE:NAME")
            }
        case "allow.everyone.if.no.acl.found": allowsEveryoneWithoutRule = try flag(key, value)
        default: return false
        }
        return true
    }

    /// Takes the names and passwords of a file: see `PasswordFile`.
    public mutating func readPasswords(_ path: String) throws { passwords.merge(try PasswordFile.read(path)) { $1 } }

    /// Whether a value must not be shown.
    static func isSecret(_ key: String) -> Bool { key.hasSuffix("sasl.jaas.config") || key.hasSuffix("password") }

    private mutating func takeListener(_ key: String, _ value: String) throws -> Bool {
        switch key {
        case "listeners": listenerTexts = try addresses(key, value)
        case "advertised.listeners": advertisedTexts = try addresses(key, value)
        case "listener.security.protocol.map":
            for pair in value.split(separator: ",") {
                let parts = pair.split(separator: ":").map { String($0.trimmed).uppercased() }
                guard parts.count == 2, let known = SecurityProtocol(rawValue: parts[1]) else {
                    throw SettingError(key: key, reason: "\"\(pair)\" needs the form NAME:PROTOCOL")
                }
                protocols[parts[0]] = known
            }
        default: return false
        }
        return true
    }

    private func addresses(_ key: String, _ value: String) throws -> [(name: String, host: String, port: Int)] {
        try value.split(separator: ",").map { text in
            guard let parsed = ListenerSettings.parse(String(text)) else {
                throw SettingError(key: key, reason: "\"\(text)\" needs the form NAME://HOST:PORT")
            }
            return parsed
        }
    }

    private mutating func takeTLS(_ key: String, _ value: String) throws -> Bool {
        switch key {
        case "ssl.keystore.location":
            certificateFile = value
            keyFile = keyFile ?? value
        case "ssl.truststore.location": authorityFile = value
        case "ssl.keystore.type", "ssl.truststore.type":
            guard value == "PEM" else { throw SettingError(key: key, reason: "is PEM here, not \"\(value)\"") }
        case "ssl.client.auth":
            guard let wanted = ClientCertificates(rawValue: value) else {
                throw SettingError(key: key, reason: "is none, requested or required, not \"\(value)\"")
            }
            clientCertificates = wanted
        case "ssl.enabled.protocols":
            let versions = Set(value.split(separator: ",").map { String($0.trimmed) })
            guard versions.isSubset(of: ["TLSv1.2", "TLSv1.3"]), versions.contains("TLSv1.3") else {
                throw SettingError(key: key, reason: "is TLSv1.3, or TLSv1.2,TLSv1.3")
            }
            allowsTLS12 = versions.contains("TLSv1.2")
        case "ssl.principal.mapping.rules":
            guard let rules = PrincipalRules(value) else {
                throw SettingError(key: key, reason: "\"\(value)\" is no list of RULE:pattern/replacement/[LU] and DEFAULT")
            }
            principalRules = rules
        default: return false
        }
        return true
    }

    private mutating func takeSASL(_ key: String, _ value: String) throws -> Bool {
        switch key {
        case "sasl.enabled.mechanisms":
            mechanisms = try value.split(separator: ",").map { text in
                guard let known = SASLMechanism(rawValue: String(text.trimmed)) else {
                    throw SettingError(key: key, reason: "\(text) is none of PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512")
                }
                return known
            }
        case "connections.max.reauth.ms": reauthenticationMilliseconds = try count(key, value)
        case "connection.failed.authentication.delay.ms": failureDelayMilliseconds = try count(key, value)
        case _ where key.hasSuffix("plain.sasl.jaas.config"):
            let users = PasswordFile.users(jaas: value)
            guard !users.isEmpty else { throw SettingError(key: key, reason: "names no user_NAME=\"PASSWORD\"") }
            passwords.merge(users) { $1 }
        default: return false
        }
        return true
    }

    private func count(_ key: String, _ value: String) throws -> Int64 {
        guard let number = Int64(value), number >= 0 else {
            throw SettingError(key: key, reason: "must be a whole number of at least 0, not \"\(value)\"")
        }
        return number
    }

    private func flag(_ key: String, _ value: String) throws -> Bool {
        guard value == "true" || value == "false" else {
            throw SettingError(key: key, reason: "must be true or false, not \"\(value)\"")
        }
        return value == "true"
    }
}

extension SecuritySettings {
    /// All listeners with what is advertised for each (nil: where they listen), or why they cannot be.
    func resolvedListeners(host: String, port: Int) throws -> [(listener: ListenerSettings, advertised: Endpoint?)] {
        var all = listeners
        for text in listenerTexts {
            guard let known = protocols[text.name] ?? SecurityProtocol(rawValue: text.name) else {
                throw SettingError(key: "listeners", reason: "\(text.name) has no entry in listener.security.protocol.map")
            }
            all.append(ListenerSettings(known, host: text.host.isEmpty ? "0.0.0.0" : text.host, port: text.port, name: text.name))
        }
        if all.isEmpty { all = [ListenerSettings(.plaintext, host: host, port: port)] }
        guard Set(all.map(\.name)).count == all.count else {
            throw SettingError(key: "listeners", reason: "each listener needs a name of its own")
        }
        for listener in all {
            if listener.securityProtocol.usesTLS {
                guard certificateFile != nil, keyFile != nil else {
                    throw SettingError(key: "ssl.keystore.location", reason: "\(listener.name) needs a certificate and a key")
                }
                guard clientCertificates == .none || authorityFile != nil else {
                    throw SettingError(key: "ssl.truststore.location", reason: "client certificates need an authority")
                }
            }
            if listener.securityProtocol.usesSASL, mechanisms.isEmpty {
                throw SettingError(key: "sasl.enabled.mechanisms", reason: "\(listener.name) needs a mechanism")
            }
        }
        return all.map { listener in
            let told = advertisedTexts.first { $0.name == listener.name }
            return (listener, told.map { Endpoint(host: $0.host, port: Int32(truncatingIfNeeded: $0.port)) })
        }
    }
}

extension StringProtocol {
    /// Without spaces at its ends.
    var trimmed: SubSequence {
        let from = firstIndex { !$0.isWhitespace } ?? endIndex
        let rest = self[from...]
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return rest }
        return rest[...last]
    }
}

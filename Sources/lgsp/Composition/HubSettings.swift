// What `lgsp up` and `lgsp run` are told: a JSON file, every key of which is known, with defaults that make a
// hub on one machine.
import JSON
import Records

/// How to reach one national platform.
struct PlatformSettings: Sendable {
    /// `https://host:port`.
    var endpoint: String
    /// PEM files of the hub's client certificate and key, and of the platform's issuer.
    var certificate: String
    var key: String
    var authority: String
    /// What the connector's own `spec` asks for: accounts, codes. Values may name a file as `@path`.
    var values: [String: String]
}

/// Where the registry of contracts answers.
struct RegistrySettings: Sendable {
    /// `HOST:PORT`.
    var listen: String
    /// PEM files of the server's certificate and key and of the clients' issuer; nil serves plain HTTP, which only
    /// a loopback address may.
    var tls: (certificate: String, key: String, authority: String)?
    /// The `error_code` of an incompatible schema: 409, or 40901 as Confluent's registry gives from 8.2.
    var incompatibleCode = 409
}

/// The settings of one hub.
struct HubSettings: Sendable {
    /// Where the hub keeps its keys, and the embedded broker its log.
    var data = "hub-data"
    /// nil: the embedded broker.
    var bootstrapServers: String?
    /// Where the embedded broker listens.
    var listen = "127.0.0.1:9092"
    var fsync = "always"
    /// Drop folders: `<inbox>/<agency>/<feed>/`.
    var inbox = "inbox"
    /// How long a file must have been left alone before it is read.
    var quietSeconds = 2.0
    /// The name of this process among several that do the same role on one bus: each needs its own, the same after
    /// each restart, because it is what fences the predecessor that crashed.
    var instance = "0"
    /// Partitions of each new topic.
    var partitions = 4
    var platforms: [String: PlatformSettings] = [:]
    /// nil: no registry is served.
    var registry: RegistrySettings?
    /// Settings of librdkafka, under its own names.
    var kafka: [(name: String, value: String)] = []

    static let keys = [
        "data", "bootstrapServers", "listen", "fsync", "inbox", "quietSeconds", "partitions", "platforms", "kafka", "instance",
        "registry",
    ]

    init() {}

    /// - Parameter file: the path that faults name.
    init(parsing bytes: [UInt8], file: String) throws(CommandFailure) {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw CommandFailure(.usage, "\(file): not JSON: \(error)")
        }
        guard let members = document.objectValue else { throw CommandFailure(.usage, "\(file): must be a JSON object") }
        for member in members {
            try take(member.name, member.value, file: file)
        }
    }

    private mutating func take(_ name: String, _ value: JSONValue, file: String) throws(CommandFailure) {
        func text() throws(CommandFailure) -> String {
            guard let text = value.stringValue else { throw CommandFailure(.usage, "\(file)#/\(name): must be a string") }
            return text
        }
        switch name {
        case "data": data = try text()
        case "bootstrapServers": bootstrapServers = try text()
        case "listen": listen = try text()
        case "fsync": fsync = try text()
        case "inbox": inbox = try text()
        case "instance": instance = try text()
        case "quietSeconds":
            guard let seconds = value.intValue, (0...3_600).contains(seconds) else {
                throw CommandFailure(.usage, "\(file)#/quietSeconds: must be a whole number from 0 to 3600")
            }
            quietSeconds = Double(seconds)
        case "partitions":
            guard let count = value.intValue, (1...1_000).contains(count) else {
                throw CommandFailure(.usage, "\(file)#/partitions: must be a whole number from 1 to 1000")
            }
            partitions = count
        case "platforms":
            guard let members = value.objectValue else {
                throw CommandFailure(.usage, "\(file)#/platforms: must be an object of platform names")
            }
            for member in members {
                platforms[member.name] = try Self.platform(member.value, pointer: "\(file)#/platforms/\(member.name)")
            }
        case "registry": registry = try Self.registry(value, pointer: "\(file)#/registry")
        case "kafka":
            guard let members = value.objectValue else {
                throw CommandFailure(.usage, "\(file)#/kafka: must be an object of librdkafka's settings")
            }
            kafka = try members.map { member throws(CommandFailure) in
                guard let text = member.value.stringValue else {
                    throw CommandFailure(.usage, "\(file)#/kafka/\(member.name): must be a string, numbers too")
                }
                return (member.name, text)
            }
        default:
            throw CommandFailure(.usage, "\(file)#/\(name): unknown; known are \(Self.keys.joined(separator: ", "))")
        }
    }

    private static func registry(_ value: JSONValue, pointer: String) throws(CommandFailure) -> RegistrySettings {
        guard let listen = value["listen"]?.stringValue else { throw CommandFailure(.usage, "\(pointer)/listen: is missing") }
        var settings = RegistrySettings(listen: listen)
        if let code = value["incompatibleCode"] {
            guard let code = code.intValue, [409, 40901].contains(code) else {
                throw CommandFailure(.usage, "\(pointer)/incompatibleCode: 409 or 40901")
            }
            settings.incompatibleCode = code
        }
        let names = ["certificate", "key", "authority"]
        let known = names + ["listen", "incompatibleCode"]
        if let stranger = value.objectValue?.first(where: { !known.contains($0.name) }) {
            throw CommandFailure(.usage, "\(pointer)/\(stranger.name): is no setting; there are \(known.joined(separator: ", "))")
        }
        let files = names.compactMap { value[$0]?.stringValue }
        if files.isEmpty { return settings }
        guard files.count == names.count else {
            throw CommandFailure(.usage, "\(pointer): certificate, key and authority go together")
        }
        settings.tls = (files[0], files[1], files[2])
        return settings
    }

    private static func platform(_ value: JSONValue, pointer: String) throws(CommandFailure) -> PlatformSettings {
        func text(_ name: String) throws(CommandFailure) -> String {
            guard let text = value[name]?.stringValue else { throw CommandFailure(.usage, "\(pointer)/\(name): is missing") }
            return text
        }
        var values: [String: String] = [:]
        for member in value["values"]?.objectValue ?? [] { values[member.name] = member.value.stringValue }
        return PlatformSettings(
            endpoint: try text("endpoint"), certificate: try text("certificate"), key: try text("key"),
            authority: try text("authority"), values: values)
    }
}

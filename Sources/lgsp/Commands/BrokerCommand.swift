// `lgsp broker`: the embedded Kafka-protocol broker alone.
import Broker
import Dispatch
import Foundation
import HTTP
import Runtime

enum BrokerCommand {
    static let all: [Command] = [broker]

    static let broker = Command(
        words: ["broker"], summary: "the embedded Kafka-protocol broker alone, until SIGTERM",
        options: [
            .value("data", "DIR", "where the log lies (required)"),
            .value("listen", "HOST:PORT", "where to listen (default: 127.0.0.1:9092; port 0 takes a free one)"),
            .value("fsync", "always|interval:MS|os", "when records reach the disk (default: always, before the acknowledgement)"),
            .value("tls-listen", "HOST:PORT", "where to listen with TLS too; alone, without --listen, only there"),
            .value("tls-cert", "PEM", "certificate chain of the TLS listener, leaf first; read again on change and SIGHUP"),
            .value("tls-key", "PEM", "its private key, a file of mode 0600 (default: the file of --tls-cert)"),
            .value("tls-ca", "PEM", "roots that client certificates come from"),
            .value("tls-client", "required|requested|none", "whether clients show one (default: required with --tls-ca)"),
            .value("sasl", "MECHANISMS", "have clients log in: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, with commas"),
            .value("sasl-users", "FILE", "who may: NAME:PASSWORD a line, mode 0600, beside the SCRAM users of the store"),
            .value("metrics", "HOST:PORT", "where to answer GET /metrics, in Prometheus' text format"),
            .value("set", "KEY=VALUE", "one of Kafka's broker settings; may be given again"),
        ],
        example: "lgsp broker --data /var/lib/lgsp/broker --listen 127.0.0.1:9092 --set num.partitions=3"
    ) { arguments in
        guard let data = arguments.value("data") else {
            throw CommandFailure(.usage, "--data DIR is missing: where the log is to lie")
        }
        var settings = try settings(
            data: data, listen: arguments.value("listen") ?? "127.0.0.1:9092", fsync: arguments.value("fsync") ?? "always")
        try secure(&settings, arguments)
        for pair in arguments.all("set") {
            guard let equals = pair.firstIndex(of: "=") else {
                throw CommandFailure(.usage, "--set \(pair): needs the form KEY=VALUE")
            }
            do {
                try settings.set(key: String(pair[..<equals]), value: String(pair[pair.index(after: equals)...]))
            } catch {
                throw CommandFailure(.usage, "--set \(pair): \(error)")
            }
        }
        let shutdown = try ShutdownSignal.installed()
        let server = try start(settings)
        let metrics = try arguments.value("metrics").map { try BrokerMetricsServer.start($0, server) }
        defer { metrics?.stop() }
        if let metrics { Log.info("broker.metrics", ["port": "\(metrics.port)"]) }
        shutdown.onRequest { server.stop() }
        signal(SIGHUP, SIG_IGN)
        let hangUp = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
        hangUp.setEventHandler { server.reloadCertificates() }
        hangUp.activate()
        defer { hangUp.cancel() }
        do {
            try server.wait()
        } catch {
            throw CommandFailure(.integrity, "\(error)")
        }
        return .done
    }

    /// Takes the options of TLS and SASL. With SASL every listener asks for it, but one that requires certificates.
    private static func secure(_ settings: inout BrokerSettings, _ arguments: Arguments) throws {
        func set(_ key: String, _ option: String) throws {
            guard let value = arguments.value(option) else { return }
            do { try settings.set(key: key, value: value) } catch {
                throw CommandFailure(.usage, "--\(option) \(value): \(error)")
            }
        }
        try set("ssl.keystore.location", "tls-cert")
        settings.security.keyFile = arguments.value("tls-key") ?? settings.security.keyFile
        try set("ssl.truststore.location", "tls-ca")
        if arguments.value("tls-ca") != nil { settings.security.clientCertificates = .required }
        try set("ssl.client.auth", "tls-client")
        try set("sasl.enabled.mechanisms", "sasl")
        if let file = arguments.value("sasl-users") {
            do { try settings.security.readPasswords(file) } catch {
                throw CommandFailure(.usage, "--sasl-users \(file): \(error)")
            }
        }
        let usesSASL = !settings.security.mechanisms.isEmpty
        let namesListeners = arguments.value("tls-listen") != nil || arguments.all("set").contains { $0.hasPrefix("listeners=") }
        if arguments.value("listen") != nil || !namesListeners {
            let kind = usesSASL ? SecurityProtocol.saslPlaintext : .plaintext
            settings.security.listeners.append(ListenerSettings(kind, host: settings.host, port: settings.port))
        }
        if let listen = arguments.value("tls-listen") {
            let (host, port) = try address(listen)
            let kind = usesSASL && settings.security.clientCertificates != .required ? SecurityProtocol.saslTLS : .tls
            settings.security.listeners.append(ListenerSettings(kind, host: host, port: port))
        }
    }

    private static func address(_ listen: String) throws(CommandFailure) -> (host: String, port: Int) {
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw CommandFailure(.usage, "listen \(listen): needs the form HOST:PORT") }
        return (String(listen[..<colon]), port)
    }

    /// The settings of an embedded broker from the words of the command line or of a configuration.
    static func settings(data: String, listen: String, fsync: String) throws(CommandFailure) -> BrokerSettings {
        let (host, port) = try address(listen)
        guard let policy = SyncPolicy(fsync) else {
            throw CommandFailure(.usage, "fsync \(fsync): must be always, interval:MS or os")
        }
        return BrokerSettings(dataDirectory: data, host: host, port: port, fsync: policy)
    }

    /// Starts a broker and says on stderr where it listens.
    static func start(_ settings: BrokerSettings) throws(CommandFailure) -> BrokerServer {
        do {
            let server = try BrokerServer(settings: settings)
            try server.start()
            for address in server.addresses {
                Log.info("broker.listening", ["address": address, "data": settings.dataDirectory])
            }
            return server
        } catch {
            throw CommandFailure(.unreachable, "the broker cannot start: \(error); check the folder, and that no other broker has the port")
        }
    }
}

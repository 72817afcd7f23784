// `lgsp broker`: the embedded Kafka-protocol broker alone.
import Broker
import Foundation
import Runtime

enum BrokerCommand {
    static let all: [Command] = [broker]

    static let broker = Command(
        words: ["broker"], summary: "the embedded Kafka-protocol broker alone, until SIGTERM",
        options: [
            .value("data", "DIR", "where the log lies (required)"),
            .value("listen", "HOST:PORT", "where to listen (default: 127.0.0.1:9092; port 0 takes a free one)"),
            .value("fsync", "always|interval:MS|os", "when records reach the disk (default: always, before the acknowledgement)"),
            .value("set", "KEY=VALUE", "one of Kafka's broker settings; may be given again"),
        ],
        example: "lgsp broker --data /var/lib/lgsp/broker --listen 127.0.0.1:9092 --set num.partitions=3"
    ) { arguments in
        guard let data = arguments.value("data") else {
            throw CommandFailure(.usage, "--data DIR is missing: where the log is to lie")
        }
        var settings = try settings(
            data: data, listen: arguments.value("listen") ?? "127.0.0.1:9092", fsync: arguments.value("fsync") ?? "always")
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
        shutdown.onRequest { server.stop() }
        do {
            try server.wait()
        } catch {
            throw CommandFailure(.integrity, "\(error)")
        }
        return .done
    }

    /// The settings of an embedded broker from the words of the command line or of a configuration.
    static func settings(data: String, listen: String, fsync: String) throws(CommandFailure) -> BrokerSettings {
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw CommandFailure(.usage, "listen \(listen): needs the form HOST:PORT") }
        guard let policy = SyncPolicy(fsync) else {
            throw CommandFailure(.usage, "fsync \(fsync): must be always, interval:MS or os")
        }
        return BrokerSettings(dataDirectory: data, host: String(listen[..<colon]), port: port, fsync: policy)
    }

    /// Starts a broker and says on stderr where it listens.
    static func start(_ settings: BrokerSettings) throws(CommandFailure) -> BrokerServer {
        do {
            let server = try BrokerServer(settings: settings)
            try server.start()
            Log.info("broker.listening", ["address": "\(settings.host):\(server.port)", "data": settings.dataDirectory])
            return server
        } catch {
            throw CommandFailure(.unreachable, "the broker cannot start: \(error); check the folder, and that no other broker has the port")
        }
    }
}

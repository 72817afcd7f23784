// `lgsp registry`: the registry of contracts alone, for a bus that runs elsewhere.
import Bus
import Runtime

enum RegistryCommand {
    static let all: [Command] = [registry]

    static let registry = Command(
        words: ["registry"], summary: "the registry of contracts, as Confluent's clients speak it, until SIGTERM",
        options: [
            .value("listen", "HOST:PORT", "where to listen (default: 127.0.0.1:8081; port 0 takes a free one)"),
            .value("certificate", "FILE", "the server's certificate, PEM; without it only a loopback address"),
            .value("key", "FILE", "its key, PEM"),
            .value("authority", "FILE", "who vouches for the clients, PEM"),
        ],
        example: "lgsp registry --bootstrap-servers 127.0.0.1:9092 --listen 127.0.0.1:8081"
    ) { arguments in
        let settings = try UpCommands.settings(arguments)
        var registry = settings.registry ?? RegistrySettings(listen: "127.0.0.1:8081")
        if let listen = arguments.value("listen") { registry.listen = listen }
        if let certificate = arguments.value("certificate") {
            guard let key = arguments.value("key"), let authority = arguments.value("authority") else {
                throw CommandFailure(.usage, "--certificate, --key and --authority go together")
            }
            registry.tls = (certificate, key, authority)
        }
        let tree = try FileRoot.load(arguments.root)
        let rules = try HubRules(tree: tree, subjectSecret: try HubSecrets.subjectKey(data: settings.data))
        let signal = try ShutdownSignal.installed()
        let bus = BusSettings(bootstrapServers: settings.bootstrapServers ?? settings.listen, extra: settings.kafka)
        let server = try RegistryServer(registry, bus: bus, contracts: rules.contracts)
        while !signal.wait(until: Deadline(afterMilliseconds: 1_000)) {}
        server.stop()
        return .done
    }
}

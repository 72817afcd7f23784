// `lgsp up` and `lgsp run`: the hub as configured, all in one process or one role of several.
import Broker
import Bus
import Foundation
import Models
import Runtime

enum UpCommands {
    static let all: [Command] = [up, run]

    static let up = Command(
        words: ["up"], summary: "everything configured in one process, until SIGTERM",
        options: [.value("step-fd", "N", "test harness: write each step to this descriptor and wait (LGSP_TEST=1 only)")],
        example: "lgsp up --config hub.json"
    ) { arguments in
        try serve(arguments, roles: Set(Role.allCases))
    }

    static let run = Command(
        words: ["run"], summary: "one role or several of the hub, scaled out on a Kafka cluster",
        positional: Role.allCases.map(\.rawValue).joined(separator: "|") + "…",
        example: "lgsp run conform share --config hub.json --bootstrap-servers kafka1:9092,kafka2:9092"
    ) { arguments in
        var roles: Set<Role> = []
        for word in arguments.positional {
            guard let role = Role(rawValue: word) else {
                throw CommandFailure(.usage, "no role \(word); there are \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            roles.insert(role)
        }
        guard !roles.isEmpty else { throw CommandFailure(.usage, "name one role or several: lgsp run conform share") }
        return try serve(arguments, roles: roles)
    }

    /// The settings of the arguments: the configuration file, then what the command line says.
    static func settings(_ arguments: Arguments) throws(CommandFailure) -> HubSettings {
        var settings = HubSettings()
        if let file = arguments.value("config") {
            settings = try HubSettings(parsing: try FileRoot.bytes(of: file), file: file)
        }
        if let servers = arguments.bootstrapServers { settings.bootstrapServers = servers }
        return settings
    }

    private static func serve(_ arguments: Arguments, roles: Set<Role>) throws -> ExitCode {
        let settings = try settings(arguments)
        let tree = try FileRoot.load(arguments.root)
        let rules = try HubRules(tree: tree, subjectSecret: try HubSecrets.subjectKey(data: settings.data))
        let signal = try ShutdownSignal.installed()
        var broker: BrokerServer?
        var servers = settings.bootstrapServers
        if servers == nil, roles.contains(.broker) {
            let started = try BrokerCommand.start(
                try BrokerCommand.settings(data: settings.data + "/broker", listen: settings.listen, fsync: settings.fsync))
            broker = started
            servers = "127.0.0.1:\(started.port)"
        }
        let bus = BusSettings(bootstrapServers: servers ?? settings.listen, extra: settings.kafka)
        // The workers stop before the broker that they commit to.
        let workers = ShutdownSignal()
        let file = arguments.value("config") ?? "settings"
        let platforms = try settings.platforms.sorted { $0.key < $1.key }.map {
            try PlatformLink(name: $0.key, settings: $0.value, file: file)
        }
        let hub = Hub(
            rules: rules, bus: bus, settings: settings, platforms: platforms, shutdown: workers, gate: try gate(arguments))
        var server: RegistryServer?
        defer { server?.stop() }
        do {
            try hub.createTopics()
            try hub.start(roles) { CalendarDay.today() }
            if roles == Set(Role.allCases), let registry = settings.registry {
                server = try RegistryServer(registry, bus: bus, contracts: rules.contracts)
            }
            Log.info("hub.up", ["roles": roles.map(\.rawValue).sorted().joined(separator: ","), "bus": bus.bootstrapServers])
            while !signal.wait(until: Deadline(afterMilliseconds: 500)) {
                if let failure = hub.failure { throw failure }
            }
        } catch {
            workers.request()
            hub.join()
            broker?.stop()
            throw error
        }
        workers.request()
        hub.join()
        broker?.stop()
        return .done
    }

    private static func gate(_ arguments: Arguments) throws -> StepGate {
        guard arguments.value("step-fd") != nil else { return .open }
        let descriptor = try arguments.integer("step-fd", default: -1, in: 0...65_535)
        do {
            return try StepGate.watched(
                descriptor: Int32(descriptor), isTest: ProcessInfo.processInfo.environment["LGSP_TEST"] == "1")
        } catch {
            throw CommandFailure(.usage, "--step-fd: \(error)")
        }
    }
}

extension CalendarDay {
    /// The day in Vietnam (UTC+7, no daylight saving) that a count of days since 1970 names.
    init(daysSince1970 days: Int64) { self.init(number: Int32(clamping: days)) }
}

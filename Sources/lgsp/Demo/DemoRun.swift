// One demo from start to summary: bus, samples, platforms, workers, drain, accounts.
import Broker
import Bus
import Consent
import Foundation
import JSON
import Models
import Operations
import Pipeline
import Records
import Routing
import Runtime

struct DemoRun {
    let records: Int
    let seed: UInt64
    let folder: String
    let root: String
    let bootstrapServers: String?
    /// Whether to tell on stderr what is going on.
    let says: Bool

    /// The day after the samples' last month: when indicators are judged, so that figures do not change with the day
    /// on which the demo runs.
    static let asOf = CalendarDay(year: 2024, month: 9, day: 30) ?? CalendarDay(number: 0)
    /// A drain that makes no progress for so long is a fault.
    static let patienceSeconds = 120.0

    func run(stay: Bool, show: (DemoSummary) -> Void) throws -> DemoSummary {
        let clock = SystemClock()
        let began = clock.monotonicNanoseconds()
        let signal = try ShutdownSignal.installed()
        let tree = try FileRoot.load(root)
        let secret = try HubSecrets.subjectKey(data: folder)
        let rules = try HubRules(tree: tree, subjectSecret: secret)
        let samples = DemoSamples(folder: folder)
        say("samples: \(records) records of seed \(seed)")
        try samples.prepare(seed: seed, records: records, tree: tree)
        var broker: BrokerServer?
        defer { broker?.stop() }
        var servers = bootstrapServers
        if servers == nil {
            let started = try BrokerCommand.start(
                try BrokerCommand.settings(data: folder + "/broker", listen: "127.0.0.1:0", fsync: "always"))
            broker = started
            servers = "127.0.0.1:\(started.port)"
        }
        let bus = BusSettings(bootstrapServers: servers ?? "")
        var settings = HubSettings()
        settings.data = folder
        settings.inbox = samples.inbox
        settings.quietSeconds = 0
        settings.partitions = 2
        let registry = try FileRoot.bytes(of: samples.registry)
        let platforms = try DemoPlatforms.start(registry: registry)
        defer { platforms.stop() }
        let workers = ShutdownSignal()
        let hub = Hub(rules: rules, bus: bus, settings: settings, platforms: platforms.links, shutdown: workers)
        defer {
            workers.request()
            hub.join()
        }
        say("bus: \(bus.bootstrapServers)\(bootstrapServers == nil ? " (embedded broker)" : "")")
        try hub.createTopics()
        try samples.publishConsents(bus: bus, subjectSecret: secret)
        try hub.start(Set(Role.allCases)) { Self.asOf }
        let lags = try drain(hub, bus: bus, signal: signal)
        let elapsed = Double(clock.monotonicNanoseconds() - began) / 1e9
        say("drained; counting what lies on the bus")
        let summary = try account(hub, bus: bus, lags: lags, elapsed: elapsed)
        show(summary)
        if stay {
            say("running on \(bus.bootstrapServers) until SIGTERM")
            signal.wait()
        }
        return summary
    }

    /// Waits until every file is read and every group stands at its end, twice with nothing moved in between.
    private func drain(_ hub: Hub, bus: BusSettings, signal: ShutdownSignal) throws -> [(group: String, records: Int64)] {
        let admin = try Admin(bus)
        let duties = hub.duties()
        var last: DrainLook?
        var moved = Date()
        while true {
            if signal.wait(until: Deadline(afterMilliseconds: 300)) {
                throw CommandFailure(.unreachable, "stopped by a signal before everything was drained")
            }
            if let failure = hub.failure { throw failure }
            let isAllRead = hub.intake.map { $0.state.scans > 0 && $0.state.filesWaiting == 0 } ?? true
            let look: DrainLook
            do {
                look = try DrainLook.take(admin, duties: duties)
            } catch {
                guard Date().timeIntervalSince(moved) < Self.patienceSeconds else { throw error }
                continue
            }
            if look != last { moved = Date() }
            if isAllRead, look == last, look.total == 0 { return look.lags.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
            if Date().timeIntervalSince(moved) > Self.patienceSeconds {
                let lags = look.lags.filter { $0.value > 0 }.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", ")
                throw CommandFailure(
                    .unreachable,
                    "nothing has moved for \(Int(Self.patienceSeconds)) s; waiting: \(lags); the log on stderr says why")
            }
            last = look
        }
    }

    /// Counts what lies on the bus, and asks the rules again what each route should have matched.
    private func account(
        _ hub: Hub, bus: BusSettings, lags: [(group: String, records: Int64)], elapsed: Double
    ) throws -> DemoSummary {
        let admin = try Admin(bus)
        var engine = ShareEngine(routes: hub.rules.routes, referenceSecret: hub.rules.subjectSecret)
        let consents = try Self.consents(bus, admin: admin)
        let inputs = Set(hub.rules.routes.inputTopics)
        var check = ContractCheck(contracts: hub.rules.contracts)
        var discarded = RecordBatch()
        var accounts = try Reconciliation.count(bus, admin: admin, platforms: hub.platforms.map(\.name)) { batch in
            check.add(batch)
            guard batch.topics.contains(where: inputs.contains) else { return }
            engine.process(batch, consents: consents, at: SystemClock().wallMilliseconds(), into: &discarded)
            discarded = RecordBatch()
        }
        for counter in engine.counters {
            let place = accounts.routes.firstIndex { $0.recipient == counter.recipient && $0.contract == counter.contract }
            if let place {
                accounts.routes[place].matched = counter.matched
            } else if counter.matched > 0 {
                var missing = RouteAccount(recipient: counter.recipient, contract: counter.contract)
                missing.matched = counter.matched
                accounts.routes.append(missing)
            }
        }
        return DemoSummary(
            records: records, seed: seed, accounts: accounts, models: try models(hub, bus: bus, accounts),
            check: check, lags: lags, elapsedSeconds: elapsed)
    }

    private static func consents(_ bus: BusSettings, admin: Admin) throws -> ConsentView {
        var view = ConsentView()
        guard let topic = try admin.describeTopic(TopicName.consent) else { return view }
        let reader = try AssignedReader(bus, from: topic.partitions.map { .oldest($0.topic, $0.partition) })
        try reader.readToEnd { view.apply($0) }
        return view
    }

    /// Decision counts from each model's state topic, indicators from theirs.
    private func models(_ hub: Hub, bus: BusSettings, _ accounts: Reconciliation) throws -> [ModelAccount] {
        try hub.rules.models.map { fresh in
            var runner = fresh
            let reader = try AssignedReader(bus, from: [.oldest(runner.stateTopic, 0)])
            try reader.readToEnd { batch in
                for slot in batch.slots where !slot.key.isAbsent {
                    runner.restore(
                        key: batch.arena[slot.key.range], value: slot.value.isAbsent ? nil : batch.arena[slot.value.range])
                }
            }
            // An empty batch makes the runner judge what it has restored.
            var discarded = RecordBatch()
            runner.process(batch: RecordBatch(), into: &discarded)
            let number = runner.spec.head.number
            var indicators: [JSONValue] = []
            for (_, value) in accounts.indicators.sorted(by: { $0.key < $1.key }) {
                guard let document = try? JSONValue(parsing: value), document["model"]?.intValue == number else { continue }
                // How often a value was revised on the way depends on how the records came in; the value does not.
                indicators.append(
                    .object((document.objectValue ?? []).filter { !["revision", "late"].contains($0.name) }))
            }
            return ModelAccount(
                number: number, title: runner.spec.head.title.vietnamese, decisions: runner.tally, indicators: indicators)
        }
    }

    private func say(_ text: String) {
        if says { Output.diagnostic("demo: \(text)") }
    }
}

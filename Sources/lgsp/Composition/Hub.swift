// A running hub: the workers of the roles asked for, each on its thread, on one bus.
import Bus
import Connectors
import Foundation
import Mapping
import Models
import Operations
import Pipeline
import Records
import Routing
import Runtime

/// What a process of the hub may do; `lgsp up` does all.
enum Role: String, CaseIterable {
    case broker, intake, conform, share, deliver, models
}

/// The workers of one process.
final class Hub {
    let rules: HubRules
    let bus: BusSettings
    let settings: HubSettings
    let platforms: [PlatformLink]
    private let shutdown: ShutdownSignal
    private let gate: StepGate
    private var threads: [WorkerThread] = []
    /// Asks each worker for the error that stopped it for good.
    private var failures: [@Sendable () -> BusError?] = []
    private(set) var intake: IntakeWorker?

    init(
        rules: HubRules, bus: BusSettings, settings: HubSettings, platforms: [PlatformLink], shutdown: ShutdownSignal,
        gate: StepGate = .open
    ) {
        self.rules = rules
        self.platforms = platforms
        self.bus = bus
        self.settings = settings
        self.shutdown = shutdown
        self.gate = gate
    }

    /// Makes the topics that are missing.
    ///
    /// - Throws: `BusError` where the bus cannot be reached.
    func createTopics() throws {
        let admin = try Admin(bus)
        let plan = Topology.plan(rules.topology, partitions: settings.partitions)
        try admin.createTopics(
            plan.map { NewTopic($0.name, partitionCount: $0.partitions, settings: $0.settings.map { (name: $0.0, value: $0.1) }) })
        try awaitLeaders(of: plan, admin)
    }

    /// On a cluster a new partition has a leader a moment after its topic was acknowledged.
    private func awaitLeaders(of plan: [TopicPlan], _ admin: Admin) throws {
        let names = Set(plan.map(\.name))
        let deadline = Deadline(afterMilliseconds: 30_000)
        while true {
            do {
                let topics = try admin.listTopics().filter { names.contains($0.name) }
                _ = try admin.endOffsets(of: topics.flatMap(\.partitions))
                if topics.count == names.count { return }
            } catch {
                if deadline.hasPassed { throw error }
            }
            if deadline.hasPassed {
                throw CommandFailure(.unreachable, "the topics were made but are not there after 30 s; see the broker's log")
            }
            shutdown.wait(until: Deadline(afterMilliseconds: 200))
        }
    }

    /// What each group has to read, for the drain.
    func duties() -> [GroupDuty] {
        var duties = [
            GroupDuty(group: "conform", topics: rules.adapters.adapters.map(\.rawTopic)),
            GroupDuty(group: "share", topics: rules.routes.inputTopics),
        ]
        for platform in platforms {
            duties.append(GroupDuty(group: "connector-\(platform.name)", topics: rules.deliverTopics(of: platform.name)))
        }
        for runner in rules.models { duties.append(GroupDuty(group: runner.group, topics: rules.deliverTopics(of: runner.group))) }
        return duties
    }

    /// Starts the workers of the roles.
    ///
    /// - Parameter asOf: the day on which indicators are judged.
    func start(_ roles: Set<Role>, asOf: @escaping @Sendable () -> CalendarDay) throws {
        if roles.contains(.intake) { try startIntake() }
        if roles.contains(.conform) {
            let adapters = rules.adapters
            try start(workerSettings("conform", topics: adapters.adapters.map(\.rawTopic))) { Conform(adapters: adapters) }
        }
        if roles.contains(.share) { try startShare() }
        if roles.contains(.deliver) { try startConnectors() }
        if roles.contains(.models) {
            for runner in rules.models {
                var worker = workerSettings(runner.group, topics: rules.deliverTopics(of: runner.group))
                // There are 42 of them: what waits in memory for all together must stay small.
                worker.fetchedAheadKibibytesMax = BusLimits.fetchedAheadKibibytesMax / 8
                try start(worker) { Evaluate(runner: runner, asOf: asOf) }
            }
        }
    }

    private func startIntake() throws {
        let sources = rules.adapters.adapters.map { adapter in
            IntakeSource(
                folder: SourceFolder(
                    agency: adapter.agency, feed: adapter.feed,
                    path: "\(settings.inbox)/\(adapter.agency)/\(adapter.feed)", quietSeconds: settings.quietSeconds),
                reader: adapter.reader)
        }
        for source in sources {
            try? FileManager.default.createDirectory(atPath: source.folder.path, withIntermediateDirectories: true)
        }
        let worker = IntakeWorker(sources: sources, bus: bus, shutdown: shutdown, gate: gate)
        intake = worker
        failures.append { worker.state.failure }
        threads.append(try WorkerThread(name: "intake") { worker.run() })
    }

    private func startShare() throws {
        let rules = rules
        let bus = bus
        try start(
            workerSettings("share", topics: rules.routes.inputTopics),
            makeStage: { () throws(BusError) in
                Share(
                    engine: ShareEngine(routes: rules.routes, referenceSecret: rules.subjectSecret),
                    reader: try ConsentReader(bus))
            },
            prepare: { (stage: inout Share, _: borrowing RecordBatch) throws(BusError) in
                try stage.catchUpWithConsents()
            })
    }

    private func startConnectors() throws {
        for platform in platforms {
            let client = try platform.client(limits: DelivererLimits())
            let shutdown = shutdown
            let name = platform.name
            var worker = workerSettings("connector-\(name)", topics: rules.deliverTopics(of: name))
            worker.batchRecordsMax = 500
            try start(worker) { Deliver(platform: name, client: client, shutdown: shutdown) }
        }
    }

    private func workerSettings(_ group: String, topics: [String]) -> WorkerSettings {
        WorkerSettings(group: group, topics: topics, transactionalId: "\(group)-\(settings.instance)")
    }

    private func start<S: Stage>(
        _ worker: WorkerSettings,
        makeStage: @escaping @Sendable () throws(BusError) -> S,
        prepare: @escaping @Sendable (inout S, borrowing RecordBatch) throws(BusError) -> Void = { _, _ in }
    ) throws {
        let runner = StageWorker(
            worker, bus: bus, shutdown: shutdown, gate: gate, makeStage: makeStage, prepare: prepare)
        failures.append { runner.state.failure }
        threads.append(try WorkerThread(name: worker.group) { runner.run() })
    }

    /// The first error that stopped a worker for good.
    var failure: BusError? { failures.lazy.compactMap { $0() }.first }

    /// Waits until every worker has ended; ask for the shutdown first.
    func join() { threads.forEach { $0.join() } }
}

// One measured process each: the hub's own stage workers as `lgsp up` drives them, and the raw pass-through. The
// result is one line of JSON on standard output.
import Bus
import Foundation
import Pipeline
import Records
import Routing
import Runtime

/// `lgsp-bench part NAME --servers A --group G --records N`.
func runPipelinePart(_ words: [String]) throws {
    let options = try BenchOptions(words, known: ["servers", "group", "records"])
    let servers = try options.text("servers")
    let group = try options.text("group")
    let records = try options.integer("records")
    let part = StagePart(bus: BusSettings(bootstrapServers: servers, clientId: group), group: group, records: records)
    let result: PartResult
    switch options.positional.first {
    case "conform": result = try part.conform()
    case "share": result = try part.share()
    case "raw-once", "raw":
        let isOnce = options.positional.first == "raw-once"
        var raw = try RawPassThrough(
            RawSettings(
                servers: servers, input: BenchRules.contractTopic, output: PipelineBench.rawOutputTopic, group: group,
                transactionalId: isOnce ? group : nil, records: records))
        result = try raw.run()
    default: throw BenchFailure("the parts are conform, share, raw-once and raw")
    }
    print(result.line)
}

/// A stage in its worker, as the hub composes it.
struct StagePart {
    var bus: BusSettings
    var group: String
    /// Input records to wait for.
    var records: Int

    func conform() throws -> PartResult {
        let adapters = try BenchRules().adapters
        let shutdown = ShutdownSignal()
        let worker = StageWorker(
            settings(BenchRules.rawTopic), bus: bus, shutdown: shutdown, makeStage: { Conform(adapters: adapters) })
        return try measure(worker, shutdown)
    }

    func share() throws -> PartResult {
        let routes = try BenchRules().routes
        let bus = bus
        let shutdown = ShutdownSignal()
        let worker = StageWorker(
            settings(BenchRules.contractTopic), bus: bus, shutdown: shutdown,
            makeStage: { () throws(BusError) in
                Share(
                    engine: ShareEngine(routes: routes, referenceSecret: BenchRules.secret), reader: try ConsentReader(bus))
            },
            prepare: { (stage: inout Share, _: borrowing RecordBatch) throws(BusError) in
                try stage.catchUpWithConsents()
            })
        return try measure(worker, shutdown)
    }

    private func settings(_ topic: String) -> WorkerSettings {
        WorkerSettings(group: group, topics: [topic], transactionalId: group)
    }

    /// Measured from the first batch to the commit of the last record.
    private func measure<S: Stage>(_ worker: StageWorker<S>, _ shutdown: ShutdownSignal) throws -> PartResult {
        let thread = try WorkerThread(name: group) { worker.run() }
        var before: (use: ResourceUse, read: Int)?
        let deadline = Deadline(afterMilliseconds: 600_000)
        while true {
            let state = worker.state
            if let failure = state.failure { throw failure }
            if deadline.hasPassed { throw BenchFailure("\(state.recordsCommitted) of \(records) records in 10 minutes") }
            if before == nil, state.recordsRead > 0 { before = (ResourceUse(), state.recordsRead) }
            if state.recordsCommitted >= records { break }
            shutdown.wait(until: Deadline(afterMilliseconds: 2))
        }
        let state = worker.state
        let result = before?.use.result(records: state.recordsCommitted - (before?.read ?? 0), written: state.recordsWritten)
        shutdown.request()
        thread.join()
        guard let result, state.sessions == 1 else { throw BenchFailure("the worker had to begin anew: nothing is measured") }
        return result
    }
}

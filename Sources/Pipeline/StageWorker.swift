// The one loop that drives every stage: poll a batch, process it, produce what follows, commit offsets and
// output in one transaction. A crash at any point leaves a transaction that the next start aborts; then the
// same records are read again from the committed offsets, so that each has its effect exactly once.
//
// Where something breaks, the whole session (consumer, producer, stage with its state) is thrown away and made
// anew from what is committed. There is no second way to recover.
public import Bus
public import Records
public import Runtime
import Synchronization

/// What a worker reads and how it commits.
public struct WorkerSettings: Sendable {
    /// Consumer group; also the name in logs.
    public var group: String
    /// Topic names, or regular expressions that begin with `^`.
    public var topics: [String]
    /// Stable across restarts, unique per instance: what fences a predecessor.
    public var transactionalId: String
    /// Records of one poll. What is asked of the broker for each batch, such as where the consents end, waits
    /// behind what it is just storing: four times the records, a fourth of the waiting.
    public var batchRecordsMax = 4 * BusLimits.batchRecordsMax
    /// Bytes of one poll.
    public var batchBytesMax = 4 * BusLimits.batchBytesMax
    /// What may wait in memory before it is polled, KiB.
    public var fetchedAheadKibibytesMax = BusLimits.fetchedAheadKibibytesMax
    /// A transaction commits after so many input records …
    public var transactionRecordsMax = 20_000
    /// … or so many milliseconds, or as soon as nothing more is waiting.
    public var transactionMillisecondsMax = 500

    public init(group: String, topics: [String], transactionalId: String) {
        self.group = group
        self.topics = topics
        self.transactionalId = transactionalId
    }
}

/// A worker on its own thread.
public final class StageWorker<S: Stage>: Sendable {
    /// How the worker fares.
    public struct State: Sendable {
        public var recordsRead = 0
        /// Of those, records whose effects are committed.
        public var recordsCommitted = 0
        public var recordsWritten = 0
        public var transactions = 0
        /// Sessions begun; more than one says that something broke and was mended.
        public var sessions = 0
        /// Why it stopped for good.
        public var failure: BusError?
    }

    private let settings: WorkerSettings
    private let bus: BusSettings
    private let gate: StepGate
    private let makeStage: @Sendable () throws(BusError) -> S
    private let prepare: @Sendable (inout S, borrowing RecordBatch) throws(BusError) -> Void
    private let shutdown: ShutdownSignal
    private let stateBox = Mutex(State())

    /// - Parameters:
    ///   - makeStage: a fresh stage for each session.
    ///   - prepare: what has to be known before a batch is decided on, such as the consent topic up to its end.
    public init(
        _ settings: WorkerSettings, bus: BusSettings, shutdown: ShutdownSignal, gate: StepGate = .open,
        makeStage: @escaping @Sendable () throws(BusError) -> S,
        prepare: @escaping @Sendable (inout S, borrowing RecordBatch) throws(BusError) -> Void = { _, _ in }
    ) {
        self.settings = settings
        self.bus = bus
        self.gate = gate
        self.makeStage = makeStage
        self.prepare = prepare
        self.shutdown = shutdown
    }

    public var state: State { stateBox.withLock { $0 } }

    /// Works until the shutdown is requested or an error says that nothing can help.
    public func run() {
        var pauseMilliseconds = 100
        while !shutdown.isRequested {
            stateBox.withLock { $0.sessions += 1 }
            let began = stateBox.withLock { $0.transactions }
            do {
                try session()
            } catch {
                Log.warning("worker.session-ended", ["group": settings.group, "error": "\(error)"])
                if error.disposition == .stop {
                    stateBox.withLock { $0.failure = error }
                    return
                }
                let progressed = stateBox.withLock { $0.transactions } > began
                pauseMilliseconds = progressed ? 100 : min(pauseMilliseconds * 2, 5_000)
                shutdown.wait(until: Deadline(afterMilliseconds: pauseMilliseconds))
            }
        }
    }

    private func session() throws(BusError) {
        let producer = try Producer(bus, transactionalId: settings.transactionalId)
        // First of all: it ends what a predecessor left open, so that the state read next is final.
        try producer.initTransactions()
        var stage = try makeStage()
        try restore(&stage)
        var options = ConsumerOptions()
        options.recordsMax = settings.batchRecordsMax
        options.bytesMax = settings.batchBytesMax
        options.fetchedAheadKibibytesMax = settings.fetchedAheadKibibytesMax
        let consumer = try Consumer(bus, group: settings.group, topics: settings.topics, options: options)
        defer { consumer.close() }
        var transaction = OpenTransaction(producer: producer, consumer: consumer)
        var batch = RecordBatch()
        var out = RecordBatch()
        while !shutdown.isRequested {
            let isIdle = !transaction.hasWork
            let outcome = try consumer.poll(into: &batch, timeoutMilliseconds: isIdle ? 100 : 0)
            if !outcome.revoked.isEmpty {
                // The committed offsets are the truth for whoever reads these partitions next, us included.
                if transaction.isBegun { try producer.abortTransaction() }
                throw BusError(
                    .rebalanced, text: "partitions were taken", fix: "nothing to do: the session begins anew",
                    disposition: .abort)
            }
            if let warning = outcome.warning { Log.debug("worker.warning", ["group": settings.group, "error": "\(warning)"]) }
            if !batch.isEmpty {
                gate.step("worker.read")
                try prepare(&stage, batch)
                try stage.process(batch, into: &out)
                stateBox.withLock { $0.recordsRead += batch.count }
            }
            transaction.take(batch, outcome)
            try produceIfLarge(&out, &transaction)
            let isCaughtUp = batch.isEmpty
            guard transaction.hasWork, isCaughtUp || transaction.isDue(settings) else { continue }
            stage.close(isCaughtUp: isCaughtUp, into: &out)
            try commit(&out, &transaction)
        }
        if transaction.isBegun { try producer.abortTransaction() }
    }

    /// Reads the stage's state topic to its end.
    private func restore(_ stage: inout S) throws(BusError) {
        guard let topic = stage.stateTopic else { return }
        // State topics have one partition: they are read whole.
        let reader = try AssignedReader(bus, from: [.oldest(topic, 0)])
        try reader.readToEnd { stage.restore($0) }
    }

    /// Keeps the output buffer small while a long transaction goes on.
    private func produceIfLarge(_ out: inout RecordBatch, _ transaction: inout OpenTransaction) throws(BusError) {
        guard out.arena.count > 4 << 20 else { return }
        try transaction.produce(&out, group: settings.group)
    }

    private func commit(_ out: inout RecordBatch, _ transaction: inout OpenTransaction) throws(BusError) {
        try transaction.produce(&out, group: settings.group)
        gate.step("worker.produced")
        let (read, written) = (transaction.records, transaction.written)
        try transaction.commit()
        gate.step("worker.committed")
        stateBox.withLock {
            $0.transactions += 1
            $0.recordsCommitted += read
            $0.recordsWritten += written
        }
    }
}

/// A transaction from its first input record to its commit.
struct OpenTransaction {
    private let producer: Producer
    private let consumer: Consumer
    private var positions = PartitionPositions()
    private(set) var records = 0
    /// Output records so far.
    private(set) var written = 0
    private var began: Int64 = 0
    private(set) var isBegun = false
    /// Something was read since the last commit, be it only the end of a partition.
    private(set) var hasWork = false

    init(producer: Producer, consumer: Consumer) {
        self.producer = producer
        self.consumer = consumer
    }

    mutating func take(_ batch: borrowing RecordBatch, _ outcome: PollOutcome) {
        guard !batch.isEmpty || !outcome.endPositions.isEmpty else { return }
        if !hasWork { began = SystemClock().monotonicNanoseconds() }
        hasWork = true
        records += batch.count
        positions.advance(past: batch, and: outcome)
    }

    func isDue(_ settings: WorkerSettings) -> Bool {
        let elapsed = (SystemClock().monotonicNanoseconds() - began) / 1_000_000
        return records >= settings.transactionRecordsMax || elapsed >= Int64(settings.transactionMillisecondsMax)
    }

    /// Produces and empties `out`.
    mutating func produce(_ out: inout RecordBatch, group: String) throws(BusError) {
        if !isBegun {
            try producer.beginTransaction()
            isBegun = true
        }
        if out.isEmpty { return }
        OversizeGuard.park(&out, group: group)
        written += out.count
        try producer.produce(out)
        out.removeAll()
    }

    mutating func commit() throws(BusError) {
        try producer.sendOffsets(positions, of: consumer)
        try producer.commitTransaction()
        positions.removeAll()
        records = 0
        written = 0
        isBegun = false
        hasWork = false
    }
}

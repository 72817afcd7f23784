// One seeded run: a broker on a simulated disk, clients that write, commit, abort and read, and accidents. The
// same seed gives the same run.

import KafkaWire
import Testing

@testable import Broker

final class SimulatedRun {
    let seed: UInt64
    let disk: SimulatedDisk
    var broker: TestBroker
    var known = ClientKnowledge()
    var visible: Set<String> = []
    var seenTransactionOffsets: Set<Int64> = []
    var lastReadFailure = ""
    private(set) var complaints: [String] = []
    private(set) var story: [String] = []
    var random: SeededGenerator
    private var pending: [(slot: UInt64, partition: Int32, value: String)] = []
    private var counter = 0
    private var idempotent: (id: Int64, sequence: Int32, batch: [UInt8], value: String, slot: UInt64?)?
    private let segmentBytes: Int

    init(seed: UInt64) throws {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        disk = SimulatedDisk(seed: seed ^ 0xd15c)
        segmentBytes = [1_024, 2_000, 6_000].randomElement(using: &random) ?? 1_024
        broker = try Self.start(disk, segmentBytes, now: 1_000_000)
        try broker.createTopic("t", partitions: 2)
        try broker.createTopic("k", configs: ["cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.1"])
        broker.syncsByItself = false
    }

    private static func start(_ disk: SimulatedDisk, _ segmentBytes: Int, now: Int64) throws -> TestBroker {
        let broker = try TestBroker(on: disk, now: now) { settings in
            try? settings.set(key: "log.segment.bytes", value: String(segmentBytes))
            try? settings.set(key: "log.cleaner.backoff.ms", value: "200")
            try? settings.set(key: "log.cleaner.delete.retention.ms", value: "500")
            settings.limits.checkpointBytes = 900
        }
        broker.turn()
        return broker
    }

    func complain(_ text: String) { complaints.append("seed \(seed): \(text)") }
    private func note(_ text: String) { story.append(text) }
    private func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
    var isDown: Bool { !broker.failures.isEmpty }

    // MARK: Steps

    func run(steps: Int) throws {
        for _ in 0..<steps {
            try step()
            if chance(3) { pump() }
            if isDown { try restart(cutsPower: false) }
        }
        disk.faults = DiskFaults()
        pump()
        if isDown { try restart(cutsPower: false) }
        try finish()
    }

    private func step() throws {
        switch Int.random(in: 0..<26, using: &random) {
        case 0..<6: try produce()
        case 6..<9: try produceIdempotently()
        case 9..<12: try transact()
        case 12..<16: try produceKeyed()
        case 16..<18: try commit()
        case 18: try deleteRecords()
        case 19: try check()
        case 20: disk.faults.isFull.toggle()
        case 21: disk.faults.failingWrites = Int.random(in: 1...3, using: &random)
        case 22: try restart(cutsPower: true)
        case 23: try restart(cutsPower: false)
        case 24: if chance(4) { disk.faults.failsSync = true }
        default: broker.advance(Int64.random(in: 1...400, using: &random))
        }
        collect()
    }

    /// Lets syncs complete until none is asked for.
    private func pump() {
        while broker.pendingSync != nil, !isDown {
            broker.completeSync()
            broker.turn()
        }
        collect()
    }

    /// A request whose answer is waited for; nil when the broker went down first.
    func control<R: WireMessage>(_ message: some WireMessage, version: Int16, _ type: R.Type = R.self) throws -> R? {
        let slot = try broker.post(message, version: version)
        for _ in 0..<20 {
            if let answer = try broker.answer(slot, type) { return answer }
            if isDown || broker.pendingSync == nil { return nil }
            broker.completeSync()
            broker.turn()
        }
        return nil
    }

    private func next(_ prefix: String) -> String {
        counter += 1
        return prefix + String(counter) + String(repeating: "-", count: Int.random(in: 0...120, using: &random))
    }

    private func produce() throws {
        let partition = Int32.random(in: 0..<2, using: &random)
        let value = next("p")
        let slot = try broker.postProduce("t", TestBroker.batch([value], timestamp: broker.now), partition: partition)
        pending.append((slot, partition, value))
    }

    private func produceIdempotently() throws {
        if idempotent == nil {
            guard let identity: InitProducerIDResponse = try control(InitProducerIDRequest(), version: 4),
                identity.error == .none
            else { return }
            idempotent = (identity.producerID, 0, [], "", nil)
        }
        guard var state = idempotent, state.slot == nil else { return }
        if state.batch.isEmpty {
            state.value = next("i")
            state.batch = TestBroker.batch([state.value], producer: (state.id, 0, state.sequence), timestamp: broker.now)
        }
        state.slot = try broker.postProduce("t", state.batch)
        idempotent = state
    }

    /// Takes answers in.
    private func collect() {
        pending.removeAll { item in
            guard let answer = (try? broker.answer(item.slot, ProduceResponse.self)) ?? nil,
                let result = answer.topics.first?.partitions.first
            else { return false }
            if result.error == .none { known.acknowledged[item.partition, default: [:]][result.baseOffset] = item.value }
            return true
        }
        if let state = idempotent, let slot = state.slot,
            let answer = (try? broker.answer(slot, ProduceResponse.self)) ?? nil,
            let result = answer.topics.first?.partitions.first
        {
            idempotent?.slot = nil
            if result.error == .none {
                known.acknowledged[0, default: [:]][result.baseOffset] = state.value
                idempotent?.batch = []
                idempotent?.sequence += 1
            } else if result.error != .storageError {
                complain("a repeated batch was answered \(result.error)")
            }
        }
    }

    private func transact() throws {
        let id = "x\(Int.random(in: 0..<2, using: &random))"
        var start = InitProducerIDRequest()
        start.transactionalID = id
        start.transactionTimeoutMilliseconds = 60_000
        guard let identity: InitProducerIDResponse = try control(start, version: 4), identity.error == .none else { return }
        var sequence: [Int32: Int32] = [:]
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard try transact(id, identity, &sequence) else { return }
        }
    }

    /// One transaction; false when the producer cannot go on.
    private func transact(_ id: String, _ identity: InitProducerIDResponse, _ sequence: inout [Int32: Int32]) throws -> Bool {
        var values: [String] = []
        var offset: Int64?
        defer { for value in values where !known.committed.contains(value) { known.aborted.insert(value) } }
        let producer = (identity.producerID, identity.producerEpoch)
        guard try addPartitions(id, producer) else { return false }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let partition = Int32.random(in: 0..<2, using: &random)
            let value = next("x")
            values.append(value)
            let batch = TestBroker.batch(
                [value], producer: (producer.0, producer.1, sequence[partition] ?? 0), isTransactional: true,
                timestamp: broker.now)
            let slot = try broker.postProduce("t", batch, partition: partition, transactionalID: id)
            if chance(2) { pump() }
            while try broker.answer(slot, ProduceResponse.self) == nil {
                guard broker.pendingSync != nil, !isDown else { return false }
                broker.completeSync()
                broker.turn()
            }
            let result = try broker.answer(slot, ProduceResponse.self)?.topics.first?.partitions.first
            note("\(id) \(producer) wrote \(value.prefix(4)) to \(partition): \(String(describing: result?.error)) \(result?.baseOffset ?? -1)")
            guard result?.error == ErrorCode.none else { return false }
            sequence[partition, default: 0] += 1
        }
        if chance(2) {
            known.transactionOffset.most += 1
            offset = known.transactionOffset.most
            guard try commitOffset(known.transactionOffset.most, id, producer) else { return false }
        }
        if chance(6) { return false }
        return try end(id, producer, isCommitted: !chance(3), values, offset, &values)
    }

    private func end(
        _ id: String, _ producer: (Int64, Int16), isCommitted: Bool, _ sent: [String], _ offset: Int64?,
        _ values: inout [String]
    ) throws -> Bool {
        var request = EndTransactionRequest()
        request.transactionalID = id
        request.producerID = producer.0
        request.producerEpoch = producer.1
        request.isCommitted = isCommitted
        if chance(8) {
            note("\(id) \(producer) end commit=\(isCommitted) unanswered")
            // The power goes before the answer.
            _ = try broker.post(request, version: 3)
            if chance(2), broker.pendingSync != nil { broker.completeSync(); broker.turn() }
            if isCommitted { known.undecided.append((sent, offset)); values = [] }
            try restart(cutsPower: chance(2))
            return false
        }
        let response: EndTransactionResponse? = try control(request, version: 3)
        note("\(id) \(producer) end commit=\(isCommitted) \(String(describing: response?.error))")
        guard isCommitted else { return response?.error == ErrorCode.none }
        values = []
        guard response?.error == ErrorCode.none else {
            known.undecided.append((sent, offset))
            return false
        }
        known.committed.formUnion(sent)
        if let offset { known.transactionOffset.least = max(known.transactionOffset.least, offset) }
        return true
    }

    private func addPartitions(_ id: String, _ producer: (Int64, Int16)) throws -> Bool {
        var topic = AddPartitionsToTransactionRequest.Topic()
        topic.name = "t"
        topic.partitions = [0, 1]
        var asked = AddPartitionsToTransactionRequest.Transaction()
        asked.transactionalID = id
        (asked.producerID, asked.producerEpoch) = producer
        asked.topics = [topic]
        var request = AddPartitionsToTransactionRequest()
        request.transactions = [asked]
        let response: AddPartitionsToTransactionResponse? = try control(request, version: 3)
        return response?.transactions.first?.topics.first?.partitions.allSatisfy { $0.error == .none } ?? false
    }

    private func commitOffset(_ offset: Int64, _ id: String, _ producer: (Int64, Int16)) throws -> Bool {
        var add = AddOffsetsToTransactionRequest()
        add.transactionalID = id
        (add.producerID, add.producerEpoch) = producer
        add.groupID = "tg"
        let added: AddOffsetsToTransactionResponse? = try control(add, version: 3)
        guard added?.error == ErrorCode.none else { return false }
        var partition = TransactionOffsetCommitRequest.Topic.Partition()
        partition.offset = offset
        var topic = TransactionOffsetCommitRequest.Topic()
        topic.name = "t"
        topic.partitions = [partition]
        var request = TransactionOffsetCommitRequest()
        request.transactionalID = id
        request.groupID = "tg"
        (request.producerID, request.producerEpoch) = producer
        request.topics = [topic]
        let response: TransactionOffsetCommitResponse? = try control(request, version: 3)
        return response?.topics.first?.partitions.first?.error == ErrorCode.none
    }

    private func produceKeyed() throws {
        let key = ["a", "b", "c", "d"].randomElement(using: &random) ?? "a"
        let version = (known.versions[key]?.sent ?? -1) + 1
        known.versions[key, default: (-1, -1)].sent = version
        var builder = RecordBatchBuilder(timestamp: broker.now)
        builder.add(key: [UInt8](key.utf8), value: [UInt8]("\(key):\(version)".utf8))
        if chance(6) { builder.add(key: [UInt8]("gone".utf8), value: nil) }
        let slot = try broker.postProduce("k", builder.build())
        while try broker.answer(slot, ProduceResponse.self) == nil {
            guard broker.pendingSync != nil, !isDown else { return }
            if chance(8) { return }
            broker.completeSync()
            broker.turn()
        }
        if try broker.answer(slot, ProduceResponse.self)?.topics.first?.partitions.first?.error == ErrorCode.none {
            known.versions[key]?.acknowledged = version
        }
    }

    private func commit() throws {
        var partition = OffsetCommitRequest.Topic.Partition()
        known.offset.most += 1
        partition.offset = known.offset.most
        var topic = OffsetCommitRequest.Topic()
        topic.name = "t"
        topic.partitions = [partition]
        var request = OffsetCommitRequest()
        request.groupID = "g"
        request.topics = [topic]
        let response: OffsetCommitResponse? = try control(request, version: 5)
        if response?.topics.first?.partitions.first?.error == ErrorCode.none { known.offset.least = partition.offset }
    }

    private func deleteRecords() throws {
        guard chance(4), let log = broker.core.catalog.log("t", 1) else { return }
        var partition = DeleteRecordsRequest.Topic.Partition()
        partition.index = 1
        partition.offset = Int64.random(in: 0...max(0, log.highWatermark.offset), using: &random)
        var topic = DeleteRecordsRequest.Topic()
        topic.name = "t"
        topic.partitions = [partition]
        var request = DeleteRecordsRequest()
        request.topics = [topic]
        let before = known.start[1] ?? (0, 0)
        known.start[1] = (before.least, max(before.most, partition.offset))
        let response: DeleteRecordsResponse? = try control(request, version: 2)
        if let result = response?.topics.first?.partitions.first, result.error == .none {
            known.start[1] = (max(before.least, result.lowWatermark), max(before.most, partition.offset))
        }
    }

    // MARK: Accidents

    /// The broker ends at once and starts again on what is there.
    func restart(cutsPower: Bool) throws {
        note(cutsPower ? "power cut" : "kill")
        collect()
        pending = []
        idempotent?.slot = nil
        disk.faults = DiskFaults()
        if cutsPower { disk.cutPower() }
        do {
            broker = try Self.start(disk, segmentBytes, now: broker.now + 10)
        } catch {
            complain("the broker does not start: \(error)")
            throw error
        }
        broker.syncsByItself = false
        for _ in 0..<20 where broker.pendingSync != nil {
            broker.completeSync()
            broker.turn()
        }
        try check()
    }

    /// Repeats what is unanswered, ends what is open, and looks at everything once more.
    private func finish() throws {
        for _ in 0..<5 where idempotent?.batch.isEmpty == false {
            try produceIdempotently()
            pump()
        }
        if idempotent?.batch.isEmpty == false { complain("an idempotent record is never acknowledged") }
        for id in ["x0", "x1"] {
            var start = InitProducerIDRequest()
            start.transactionalID = id
            start.transactionTimeoutMilliseconds = 60_000
            let answer: InitProducerIDResponse? = try control(start, version: 4)
            if answer?.error != ErrorCode.none { complain("\(id) cannot begin anew: \(String(describing: answer?.error))") }
        }
        try check()
        checkTransactions()
        try restart(cutsPower: true)
        checkTransactions()
    }

    /// A clean or hard end, one flipped bit, and a start: the damage is noticed or does no harm.
    func flip(afterStop: Bool) throws {
        pump()
        if afterStop { try broker.core.shutDown() }
        collect()
        pending = []
        idempotent = nil
        guard let place = disk.flipBit() else { return }
        note("flip \(place)")
        do {
            broker = try Self.start(disk, segmentBytes, now: broker.now + 10)
        } catch is DiskError {
            return
        }
        let before = complaints.count
        try check(isDamaged: true)
        if complaints.count > before { complain("after \(place), stop \(afterStop)") }
    }
}

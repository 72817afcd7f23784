// The registry on the bus: its state is the topic `_schemas`, read whole at start and followed. Changes are stored
// in a transaction of one transactional id that all processes share: whoever writes takes the id over, which fences
// the process that wrote last; that one notices at its next change, reads what came since, and takes over again. So
// two processes never decide on different states, and nobody has to be elected.

public import Bus
import Records
public import SchemaRegistry
import Synchronization

/// The registry of one process. Requests are rare; one lock orders them.
public final class RegistryStore: Sendable {
    /// Confluent's name of the topic.
    public static let topic = "_schemas"
    private static let transactionalId = "lgsp-schema-registry"
    private static let attemptsMax = 3

    /// Safe because only the lock's holder touches it.
    fileprivate struct Working: @unchecked Sendable {
        var registry: SchemaRegistry
        var reader: AssignedReader
        /// Present while this process wrote last, as far as it knows.
        var producer: Producer?
    }
    private let working: Mutex<Working>
    private let bus: BusSettings

    /// Makes the topic where it is missing and reads it to its end.
    ///
    /// - Throws: `BusError` where the bus cannot be reached.
    public init(_ bus: BusSettings, clusterId: String, incompatibleCode: Int = 409) throws(BusError) {
        self.bus = bus
        let admin = try Admin(bus)
        if try admin.describeTopic(RegistryStore.topic) == nil {
            try admin.createTopics([
                NewTopic(RegistryStore.topic, partitionCount: 1, settings: [(name: "cleanup.policy", value: "compact")])
            ])
        }
        let reader = try AssignedReader(bus, from: [.oldest(RegistryStore.topic, 0)], asksOften: true)
        let registry = SchemaRegistry(clusterId: clusterId, incompatibleCode: incompatibleCode)
        var first = Working(registry: registry, reader: reader)
        try first.catchUp()
        working = Mutex(first)
    }

    /// Decides on a request against everything stored so far.
    ///
    /// - Parameter mayWrite: whether the asking identity may change the subject (nil: what holds for all).
    /// - Throws: `RegistryFailure`; what the bus does not store is one with code 50001.
    public func handle(
        _ request: RegistryRequest, mayWrite: (_ subject: String?) -> Bool
    ) throws(RegistryFailure) -> RegistryOutcome {
        let result: Result<RegistryOutcome, RegistryFailure> = working.withLock { working in
            do throws(RegistryFailure) {
                return .success(try decide(request, mayWrite, &working))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func decide(
        _ request: RegistryRequest, _ mayWrite: (String?) -> Bool, _ working: inout Working
    ) throws(RegistryFailure) -> RegistryOutcome {
        var lastFault = ""
        for _ in 0..<RegistryStore.attemptsMax {
            do throws(BusError) {
                try working.catchUp()
            } catch {
                throw .notStored("\(error)")
            }
            let outcome = try working.registry.handle(request)
            guard case .store(let records, _) = outcome else { return outcome }
            guard records.allSatisfy({ mayWrite($0.subject) }) else { throw .forbidden }
            do throws(BusError) {
                if working.producer == nil {
                    let producer = try Producer(bus, transactionalId: RegistryStore.transactionalId)
                    try producer.initTransactions()
                    working.producer = producer
                    // Whoever wrote before is fenced now: what it stored last must be known before anything is decided.
                    continue
                }
                try working.store(records)
                try working.catchUp()
                return outcome
            } catch {
                working.producer = nil
                lastFault = "\(error)"
            }
        }
        throw .notStored(lastFault.isEmpty ? "another process keeps taking over" : lastFault)
    }
}

fileprivate extension RegistryStore.Working {
    /// Applies what the topic holds by now.
    mutating func catchUp() throws(BusError) {
        var found: [RegistryRecord] = []
        try reader.readToEnd(timeoutMilliseconds: 30_000) { batch in
            for slot in batch.slots where !slot.key.isAbsent {
                let value = slot.value.isAbsent ? nil : Array(batch.arena[slot.value.range])
                found.append(RegistryRecord(key: Array(batch.arena[slot.key.range]), value: value))
            }
        }
        for record in found { registry.state.apply(record) }
    }

    /// Stores records, all or none.
    mutating func store(_ records: [RegistryRecord]) throws(BusError) {
        guard let producer else { return }
        var batch = RecordBatch()
        let topic = batch.topicIndex(RegistryStore.topic)
        for record in records {
            let key = batch.store(record.key)
            let value = record.value.map { batch.store($0) } ?? .absent
            batch.addRecord(topic: topic, partition: 0, key: key, value: value, headersFrom: batch.headerMark)
        }
        try producer.beginTransaction()
        try producer.produce(batch)
        try producer.commitTransaction()
    }
}

// Clients that write to a broker which may die at any moment, and remember what they were told: idempotent and
// transactional producers and a committer of offsets. `verify` then holds the broker against it.
import Foundation
import KafkaWire
import Synchronization

/// What clients were told. All of "t" has two partitions.
struct LoadKnowledge {
    var acknowledged: [Int32: [Int64: String]] = [0: [:], 1: [:]]
    var committed: Set<String> = []
    var aborted: Set<String> = []
    var undecided: [[String]] = []
    var offset: (least: Int64, most: Int64) = (-1, -1)
    var faults: [String] = []
    var count = 0
}

/// One client that goes on where it was after each loss of the connection.
final class LoadClient {
    private let name: String
    private let port: Int
    private let isTransactional: Bool
    private var peer: KafkaPeer?
    private var producer: (id: Int64, epoch: Int16)?
    private var sequences: [Int32: Int32] = [:]
    private var number = 0
    /// The idempotent record that waits for its answer.
    private var unanswered: String?

    init(_ name: String, port: Int, isTransactional: Bool) {
        self.name = name
        self.port = port
        self.isTransactional = isTransactional
    }

    /// One step; false when the broker could not be spoken to.
    func step(_ known: borrowing Mutex<LoadKnowledge>) -> Bool {
        do {
            if peer == nil { peer = try KafkaPeer(port: port) }
            if isTransactional { try transact(known) } else { try write(known) }
            try commit(known)
            return true
        } catch {
            peer = nil
            if isTransactional { producer = nil }
            return false
        }
    }

    private func connection() throws -> KafkaPeer {
        guard let peer else { throw KafkaPeer.Gone() }
        return peer
    }

    private func begin() throws -> (id: Int64, epoch: Int16) {
        if let producer { return producer }
        var request = InitProducerIDRequest()
        request.transactionalID = isTransactional ? name : nil
        request.transactionTimeoutMilliseconds = 60_000
        var response: InitProducerIDResponse = try connection().ask(request, version: 3)
        // The former transaction is being ended: ask again, as clients do.
        for _ in 0..<200 where response.error == .concurrentTransactions {
            usleep(20_000)
            response = try connection().ask(request, version: 3)
        }
        guard response.error == .none else { throw KafkaPeer.Gone(reason: "no producer id: \(response.error)") }
        let begun = (response.producerID, response.producerEpoch)
        producer = begun
        sequences = [:]
        return begun
    }

    private func produce(_ value: String, _ partition: Int32) throws -> ProduceResponse.Topic.Partition {
        let producer = try begin()
        var batch = RecordBatchBuilder(timestamp: Int64(Date().timeIntervalSince1970 * 1_000))
        (batch.producerID, batch.producerEpoch) = producer
        batch.baseSequence = sequences[partition] ?? 0
        batch.isTransactional = isTransactional
        batch.add(key: [UInt8](name.utf8), value: [UInt8](value.utf8))
        var field = ProduceRequest.Topic.Partition()
        field.index = partition
        field.records = RecordsField(bytes: batch.build())
        var topic = ProduceRequest.Topic()
        topic.name = "t"
        topic.partitions = [field]
        var request = ProduceRequest()
        request.transactionalID = isTransactional ? name : nil
        request.acks = -1
        request.timeoutMilliseconds = 10_000
        request.topics = [topic]
        let response: ProduceResponse = try connection().ask(request, version: 7)
        guard let result = response.topics.first?.partitions.first else { throw KafkaPeer.Gone() }
        if result.error == .none { sequences[partition, default: 0] += 1 }
        return result
    }

    private func write(_ known: borrowing Mutex<LoadKnowledge>) throws {
        if unanswered == nil { number += 1 }
        let value = unanswered ?? "\(name)-\(number)"
        let partition = Int32(number % 2)
        unanswered = value
        let result = try produce(value, partition)
        if result.error == .storageError { throw KafkaPeer.Gone() }
        known.withLock { known in
            if result.error == .none {
                known.acknowledged[partition]?[result.baseOffset] = value
                known.count += 1
            } else {
                known.faults.append("\(value) sent again was answered \(result.error)")
            }
        }
        unanswered = nil
    }

    private func transact(_ known: borrowing Mutex<LoadKnowledge>) throws {
        var values: [String] = []
        var isDecided = false
        defer { if !isDecided { known.withLock { $0.aborted.formUnion(values) } } }
        let producer = try begin()
        var topic = AddPartitionsToTransactionRequest.Topic()
        topic.name = "t"
        topic.partitions = [0, 1]
        var asked = AddPartitionsToTransactionRequest.Transaction()
        asked.transactionalID = name
        (asked.producerID, asked.producerEpoch) = producer
        asked.topics = [topic]
        var add = AddPartitionsToTransactionRequest()
        add.transactions = [asked]
        let added: AddPartitionsToTransactionResponse = try connection().ask(add, version: 2)
        let partitions = added.transactions.first?.topics.first?.partitions
        guard partitions?.allSatisfy({ $0.error == .none }) == true else { throw KafkaPeer.Gone() }
        for part in 0..<3 {
            number += 1
            values.append("\(name)-\(number)")
            guard try produce(values[part], Int32(part % 2)).error == .none else { throw KafkaPeer.Gone() }
        }
        var end = EndTransactionRequest()
        end.transactionalID = name
        (end.producerID, end.producerEpoch) = producer
        end.isCommitted = number % 4 != 0
        let isCommitted = end.isCommitted
        isDecided = isCommitted
        do {
            let response: EndTransactionResponse = try connection().ask(end, version: 2)
            guard response.error == .none else { throw KafkaPeer.Gone() }
        } catch {
            if isCommitted { known.withLock { $0.undecided.append(values) } }
            throw error
        }
        known.withLock { known in
            if isCommitted { known.committed.formUnion(values) }
            known.count += 1
        }
    }

    private func commit(_ known: borrowing Mutex<LoadKnowledge>) throws {
        guard name.hasSuffix("0"), !isTransactional else { return }
        let next = known.withLock { known in
            known.offset.most += 1
            return known.offset.most
        }
        var partition = OffsetCommitRequest.Topic.Partition()
        partition.offset = next
        var topic = OffsetCommitRequest.Topic()
        topic.name = "t"
        topic.partitions = [partition]
        var request = OffsetCommitRequest()
        request.groupID = "g"
        request.topics = [topic]
        let response: OffsetCommitResponse = try connection().ask(request, version: 5)
        guard response.topics.first?.partitions.first?.error == ErrorCode.none else { return }
        known.withLock { $0.offset.least = next }
    }

    /// Ends what a transactional producer may have left open.
    func finish() throws {
        peer = try KafkaPeer(port: port)
        guard isTransactional else { return }
        producer = nil
        _ = try begin()
    }
}

extension LoadKnowledge {
    /// Reads everything back; what is wrong is said.
    mutating func verify(port: Int) throws {
        let peer = try KafkaPeer(port: port)
        var visible: Set<String> = []
        for partition in Int32(0)..<2 {
            let all = try Self.readAll(peer, partition, committedOnly: false)
            if Set(all.map(\.value)).count != all.count { faults.append("partition \(partition) has a record twice") }
            let byOffset = Dictionary(all.map { ($0.offset, $0.value) }, uniquingKeysWith: { first, _ in first })
            for (offset, value) in acknowledged[partition] ?? [:] where byOffset[offset] != value {
                faults.append("lost \(value) at \(partition):\(offset), there is \(byOffset[offset] ?? "nothing")")
            }
            visible.formUnion(try Self.readAll(peer, partition, committedOnly: true).map(\.value))
        }
        for value in aborted where visible.contains(value) { faults.append("aborted \(value) is visible") }
        for value in committed where !visible.contains(value) { faults.append("committed \(value) is not visible") }
        for values in undecided {
            let count = values.filter(visible.contains).count
            if count != 0, count != values.count { faults.append("half a transaction: \(values)") }
        }
        var topic = OffsetFetchRequest.Topic()
        topic.name = "t"
        topic.partitionIndexes = [0]
        var request = OffsetFetchRequest()
        request.groupID = "g"
        request.topics = [topic]
        let response: OffsetFetchResponse = try peer.ask(request, version: 5)
        let found = response.topics.first?.partitions.first?.offset ?? -1
        if found < offset.least || found > offset.most { faults.append("the group is at \(found), not in \(offset)") }
    }

    private static func readAll(_ peer: KafkaPeer, _ partition: Int32, committedOnly: Bool) throws -> [(offset: Int64, value: String)] {
        var found: [(offset: Int64, value: String)] = []
        var next: Int64 = 0
        while true {
            let part = try peer.fetch("t", partition, from: next, committedOnly: committedOnly)
            guard part.error == .none else { throw KafkaPeer.Gone(reason: "fetch of \(partition) from \(next): \(part.error)") }
            found += part.records
            guard let end = part.next else { return found }
            next = end
        }
    }
}

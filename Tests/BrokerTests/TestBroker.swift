// A broker core on a disk in memory, driven by hand: requests go in as frames, syncs complete when the
// test says so, time is a variable.

import KafkaWire
import Testing

@testable import Broker

final class TestBroker {
    let disk: MemoryDisk
    let core: BrokerCore
    var now: Int64
    var replies: [Int: [UInt64: [UInt8]]] = [:]
    var closed: Set<Int> = []
    var failures: [String] = []
    var pendingSync: [any SyncTarget]?
    var syncsByItself = true
    private var nextSlot: UInt64 = 0
    private var versions: [UInt64: Int16] = [:]

    init(
        disk: MemoryDisk = MemoryDisk(), now: Int64 = 1_000_000,
        settings change: (inout BrokerSettings) -> Void = { _ in }
    ) throws {
        self.disk = disk
        self.now = now
        var settings = BrokerSettings(dataDirectory: "/data")
        change(&settings)
        core = try BrokerCore(settings: settings, disk: disk, now: now)
        turn()
    }

    /// A broker on another kind of disk.
    init(on other: any Disk, now: Int64, settings change: (inout BrokerSettings) -> Void) throws {
        disk = MemoryDisk()
        self.now = now
        var settings = BrokerSettings(dataDirectory: "/data")
        change(&settings)
        core = try BrokerCore(settings: settings, disk: other, now: now)
    }

    /// Sends a request and returns the slot of its answer.
    @discardableResult
    func post(_ message: some WireMessage, version: Int16, connection: Int = 1) throws -> UInt64 {
        func key<M: WireMessage>(_ message: M) -> Int16 { M.apiKey.rawValue }
        let header = RequestHeader(
            apiKey: key(message), version: version, correlationID: Int32(nextSlot), clientID: "test")
        var frame = try header.frame(message)
        let slot = nextSlot
        nextSlot += 1
        versions[slot] = version
        core.handle(
            connection: connection, slot: slot, clientHost: "local", buffer: &frame, frame: 4..<frame.count, now: now)
        turn()
        return slot
    }

    /// The answer to a posted request, if there is one yet.
    func answer<M: WireMessage>(_ slot: UInt64, _ type: M.Type = M.self, connection: Int = 1) throws -> M? {
        guard let frame = replies[connection]?[slot], let version = versions[slot] else { return nil }
        return try ResponseHeader.read(type, version: version, frame: Array(frame[4...])).body
    }

    func ask<R: WireMessage>(
        _ message: some WireMessage, version: Int16, connection: Int = 1, _ type: R.Type = R.self
    ) throws -> R {
        let slot = try post(message, version: version, connection: connection)
        return try #require(try answer(slot, type, connection: connection))
    }

    func advance(_ milliseconds: Int64) {
        now += milliseconds
        core.tick(now: now)
        turn()
    }

    /// Ends the turn and performs what it leads to, until nothing is left to do.
    func turn() {
        while true {
            core.endTurn()
            let actions = core.takeActions()
            if actions.isEmpty { return }
            for action in actions {
                switch action {
                case .reply(let connection, let slot, let frame): replies[connection, default: [:]][slot] = frame
                case .skip: break
                case .close(let connection): closed.insert(connection)
                case .clean(let job):
                    var failure: DiskError?
                    do throws(DiskError) { try job.sync() } catch { failure = error }
                    core.cleaningCompleted(failure, now: now)
                case .fail(let reason): failures.append(reason)
                case .sync(let targets):
                    pendingSync = targets
                    if syncsByItself { completeSync() }
                }
            }
        }
    }

    func completeSync() {
        guard let targets = pendingSync else { return }
        pendingSync = nil
        var failure: DiskError?
        for target in targets {
            do throws(DiskError) { try target.sync() } catch { failure = error }
        }
        core.syncCompleted(failure, now: now)
    }

    // MARK: Stories

    func createTopic(_ name: String, partitions: Int32 = 1, configs: [String: String] = [:]) throws {
        var topic = CreateTopicsRequest.Topic()
        topic.name = name
        topic.partitionCount = partitions
        topic.replicationFactor = 1
        topic.configs = configs.map { key, value in
            var config = CreateTopicsRequest.Topic.Config()
            config.name = key
            config.value = value
            return config
        }
        var request = CreateTopicsRequest()
        request.topics = [topic]
        let response: CreateTopicsResponse = try ask(request, version: 7)
        #expect(response.topics.first?.error == ErrorCode.none)
    }

    static func batch(
        _ values: [String], producer: (id: Int64, epoch: Int16, sequence: Int32)? = nil, isTransactional: Bool = false,
        timestamp: Int64 = 1_000
    ) -> [UInt8] {
        var builder = RecordBatchBuilder(timestamp: timestamp)
        if let producer {
            builder.producerID = producer.id
            builder.producerEpoch = producer.epoch
            builder.baseSequence = producer.sequence
        }
        builder.isTransactional = isTransactional
        for value in values { builder.add(key: [UInt8](value.utf8), value: [UInt8](value.utf8)) }
        return builder.build()
    }

    static func produceRequest(
        _ topic: String, _ batch: [UInt8], partition: Int32 = 0, transactionalID: String? = nil, acks: Int16 = -1
    ) -> ProduceRequest {
        var field = ProduceRequest.Topic.Partition()
        field.index = partition
        field.records = RecordsField(bytes: batch)
        var entry = ProduceRequest.Topic()
        entry.name = topic
        entry.partitions = [field]
        var request = ProduceRequest()
        request.transactionalID = transactionalID
        request.acks = acks
        request.topics = [entry]
        return request
    }

    @discardableResult
    func postProduce(
        _ topic: String, _ batch: [UInt8], partition: Int32 = 0, transactionalID: String? = nil, acks: Int16 = -1
    ) throws -> UInt64 {
        let request = Self.produceRequest(
            topic, batch, partition: partition, transactionalID: transactionalID, acks: acks)
        return try post(request, version: 9)
    }

    func produce(
        _ topic: String, _ batch: [UInt8], partition: Int32 = 0, transactionalID: String? = nil
    ) throws -> ProduceResponse.Topic.Partition {
        let slot = try postProduce(topic, batch, partition: partition, transactionalID: transactionalID)
        let response = try #require(try answer(slot, ProduceResponse.self))
        return try #require(response.topics.first?.partitions.first)
    }

    func fetchRequest(_ topic: String, from offset: Int64, committedOnly: Bool, wait: Int32 = 0) -> FetchRequest {
        var field = FetchRequest.Topic.Partition()
        field.fetchOffset = offset
        field.maxBytes = 1 << 20
        var entry = FetchRequest.Topic()
        entry.name = topic
        entry.partitions = [field]
        var request = FetchRequest()
        request.isolationLevel = committedOnly ? 1 : 0
        request.maxWaitMilliseconds = wait
        request.minBytes = 1
        request.topics = [entry]
        return request
    }

    func fetch(_ topic: String, from offset: Int64 = 0, committedOnly: Bool = false) throws -> Fetched {
        let slot = try post(fetchRequest(topic, from: offset, committedOnly: committedOnly), version: 12)
        let frame = try #require(replies[1]?[slot])
        return try Fetched(frame, version: 12)
    }
}

/// A fetch response of one partition, as a consumer would read it.
struct Fetched {
    var error: ErrorCode
    var highWatermark: Int64
    var lastStableOffset: Int64
    /// What an application sees: aborted records and markers left out.
    var values: [String] = []
    var offsets: [Int64] = []
    /// One past the last batch; nil when there was none.
    var nextOffset: Int64?

    init(_ whole: [UInt8], version: Int16) throws {
        let frame = Array(whole[4...])
        let response = try ResponseHeader.read(FetchResponse.self, version: version, frame: frame).body
        let partition = try #require(response.topics.first?.partitions.first)
        error = partition.error
        highWatermark = partition.highWatermark
        lastStableOffset = partition.lastStableOffset
        let range = partition.records.range ?? 0..<0
        var aborted = (partition.abortedTransactions ?? []).sorted { $0.firstOffset < $1.firstOffset }
        var active: Set<Int64> = []
        var position = range.lowerBound
        while position < range.upperBound {
            let parsed = RecordBatchHeader(frame.span, at: position)
            let header = try #require(parsed)
            while let next = aborted.first, next.firstOffset <= header.baseOffset {
                active.insert(next.producerID)
                aborted.removeFirst()
            }
            let checksum = header.computedChecksum(frame.span, at: position)
            #expect(checksum == header.checksum)
            if header.isControl {
                active.remove(header.producerID)
            } else if !(header.isTransactional && active.contains(header.producerID)) {
                var records = try RecordIterator(frame.span, header: header, at: position)
                while let record = try records.next() {
                    let value = record.value.map { frame[$0] } ?? []
                    values.append(String(decoding: value, as: UTF8.self))
                    offsets.append(header.baseOffset + Int64(record.offsetDelta))
                }
            }
            position += header.sizeBytes
            nextOffset = header.lastOffset + 1
        }
    }
}

// Brokers that the bus tests run against: the embedded one, and Apache Kafka where it is installed beside
// the project and LGSP_KAFKA_TESTS=1 asks for it.

import Broker
import Bus
import Foundation
import Records
import Runtime
import Synchronization
import Testing

/// A broker that a test talks to.
enum BusTestBroker: String, CaseIterable, CustomTestStringConvertible {
    case embedded, kafka

    var testDescription: String { rawValue }

    /// Those that can be had here.
    static var available: [BusTestBroker] {
        if kafkaServers == nil { print("skipped: Apache Kafka (set LGSP_KAFKA_TESTS=1 and install ../shared/kafka)") }
        return allCases.filter { $0 != .kafka || kafkaServers != nil }
    }

    var settings: BusSettings {
        switch self {
        case .embedded: BusSettings(bootstrapServers: Self.embeddedServers, clientId: "bus-tests")
        case .kafka: BusSettings(bootstrapServers: Self.kafkaServers ?? "", clientId: "bus-tests")
        }
    }

    /// One embedded broker for the whole run; its data goes with the process.
    private static let embeddedServers: String = {
        let data = FileManager.default.temporaryDirectory.appending(path: "bus-broker-\(getpid())")
        do {
            let server = try BrokerServer(settings: BrokerSettings(dataDirectory: data.path, port: 0))
            try server.start()
            running.withLock { $0 = (server, data) }
            atexit { BusTestBroker.stopEmbedded() }
            return "127.0.0.1:\(server.port)"
        } catch {
            Issue.record("the embedded broker does not start: \(error)")
            return "127.0.0.1:1"
        }
    }()
    private static let running = Mutex<(server: BrokerServer, data: URL)?>(nil)

    private static func stopEmbedded() {
        guard let running = running.withLock({ $0 }) else { return }
        running.server.stop()
        try? FileManager.default.removeItem(at: running.data)
    }

    /// A server that runs already (LGSP_KAFKA_SERVERS), or one started for this run.
    private static let kafkaServers: String? = {
        let environment = ProcessInfo.processInfo.environment
        if let servers = environment["LGSP_KAFKA_SERVERS"] { return servers }
        guard environment["LGSP_KAFKA_TESTS"] == "1" else { return nil }
        return KafkaProcess.start()
    }()
}

/// Apache Kafka, started once for a test run and stopped at its end.
enum KafkaProcess {
    static func start() -> String? {
        let scripts = URL(filePath: #filePath).appending(path: "../../../../shared/kafka").standardized
        guard FileManager.default.isExecutableFile(atPath: scripts.appending(path: "start.sh").path) else { return nil }
        let data = FileManager.default.temporaryDirectory.appending(path: "bus-kafka-\(getpid())")
        let port = 20_000 + Int(getpid()) % 20_000 * 2
        guard run(scripts.appending(path: "start.sh"), ["\(port)", data.path]) else { return nil }
        running.withLock { $0 = Running(data: data, scripts: scripts) }
        atexit {
            KafkaProcess.stop()
        }
        return "127.0.0.1:\(port)"
    }

    private static func stop() {
        guard let running = running.withLock({ $0 }) else { return }
        _ = run(running.scripts.appending(path: "stop.sh"), [running.data.path])
        try? FileManager.default.removeItem(at: running.data)
    }

    private static func run(_ script: URL, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = script
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private struct Running {
        var data: URL
        var scripts: URL
    }
    private static let running = Mutex<Running?>(nil)
}

/// What a record is once it has left its batch.
struct ReadRecord: Equatable {
    var topic: String
    var partition: Int32
    var offset: Int64
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [String] = []
    var timestampMilliseconds: Int64 = 0

    var valueText: String { String(decoding: value ?? [], as: UTF8.self) }
}

extension RecordBatch {
    /// The records, copied out one by one: slow and obvious.
    var records: [ReadRecord] {
        slots.map { slot in
            func bytes(_ slice: ArenaSlice) -> [UInt8]? { slice.isAbsent ? nil : Array(arena[slice.range]) }
            var record = ReadRecord(
                topic: topics[Int(slot.topic)], partition: slot.partition, offset: slot.offset, key: bytes(slot.key),
                value: bytes(slot.value), timestampMilliseconds: slot.timestampMilliseconds)
            for place in Int(slot.headerStart)..<Int(slot.headerStart + slot.headerCount) {
                let header = headerSlots[place]
                record.headers.append("\(text(header.name))=\(header.value.isAbsent ? "null" : text(header.value))")
            }
            return record
        }
    }

    /// A batch of text values, keyed by themselves unless told otherwise.
    static func of(_ values: some Sequence<String>, topic: String, partition: Int32 = -1, key: String? = nil) -> RecordBatch {
        var batch = RecordBatch()
        let index = batch.topicIndex(topic)
        for value in values {
            let key = batch.store(key ?? value)
            let stored = batch.store(value)
            batch.addRecord(topic: index, partition: partition, key: key, value: stored, headersFrom: batch.headerMark)
        }
        return batch
    }
}

/// Steps that many bus tests share.
struct BusTestBench {
    let settings: BusSettings
    let admin: Admin

    init(_ broker: BusTestBroker) throws {
        settings = broker.settings
        admin = try Admin(settings)
    }

    /// A topic of its own for one test.
    func makeTopic(partitions: Int = 1, settings: [(name: String, value: String)] = [], _ name: String = "test") throws
        -> String
    {
        let topic = "\(name).\(UInt64.random(in: 0 ... .max))"
        try admin.createTopics([NewTopic(topic, partitionCount: partitions, settings: settings)])
        return topic
    }

    func uniqueGroup() -> String { "group.\(UInt64.random(in: 0 ... .max))" }

    /// Waits until no transaction is open on the partitions: Kafka answers a commit before its markers are
    /// written, so that readers see the records a moment later.
    func settle(_ partitions: [TopicPartition]) throws {
        let deadline = Deadline(afterMilliseconds: 10_000)
        while try admin.endOffsets(of: partitions) != admin.endOffsets(of: partitions, isolation: .uncommitted) {
            if deadline.hasPassed {
                Issue.record("a transaction stays open")
                return
            }
        }
    }

    /// Everything in a topic, as a reader of that isolation sees it once transactions have ended.
    func readAll(_ topic: String, isolation: Isolation = .committed) throws -> [ReadRecord] {
        let partitions = try #require(try admin.describeTopic(topic)).partitions
        try settle(partitions)
        let reader = try AssignedReader(
            settings, from: partitions.map { .oldest($0.topic, $0.partition) }, isolation: isolation)
        var records: [ReadRecord] = []
        try reader.readToEnd(timeoutMilliseconds: 20_000) { records += $0.records }
        return records
    }

    /// Polls until `isDone` says so, at most 20 seconds.
    func poll(
        _ consumer: Consumer, until isDone: (borrowing RecordBatch, PollOutcome) throws -> Bool
    ) throws {
        let deadline = Deadline(afterMilliseconds: 20_000)
        var batch = RecordBatch()
        while !deadline.hasPassed {
            let outcome = try consumer.poll(into: &batch, timeoutMilliseconds: 100)
            if try isDone(batch, outcome) { return }
        }
        Issue.record("the condition did not come true in 20 s")
    }
}

import KafkaWire
import Synchronization
import Testing

@testable import Broker

@Suite struct DurabilityTests {
    @Test func acknowledgesAndShowsOnlyWhatIsSynced() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        broker.syncsByItself = false
        let slot = try broker.postProduce("t", TestBroker.batch(["a"]))
        #expect(try broker.answer(slot, ProduceResponse.self) == nil)
        #expect(try broker.fetch("t").values == [])
        broker.completeSync()
        broker.turn()
        #expect(try broker.answer(slot, ProduceResponse.self)?.topics[0].partitions[0].baseOffset == 0)
        #expect(try broker.fetch("t").values == ["a"])
    }

    @Test func oneSyncCoversWhatArrivedDuringTheOneBefore() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        broker.syncsByItself = false
        let first = try broker.postProduce("t", TestBroker.batch(["a"]))
        let later = try (0..<20).map { try broker.postProduce("t", TestBroker.batch(["b\($0)"])) }
        broker.completeSync()
        broker.turn()
        #expect(try broker.answer(first, ProduceResponse.self) != nil)
        #expect(try later.allSatisfy { try broker.answer($0, ProduceResponse.self) == nil })
        #expect(broker.pendingSync != nil)
        broker.completeSync()
        broker.turn()
        #expect(try later.allSatisfy { try broker.answer($0, ProduceResponse.self) != nil })
        #expect(broker.pendingSync == nil)
    }

    @Test func failedSyncAcknowledgesNothingEverAgain() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        broker.disk.faults.syncFails = true
        let slot = try broker.postProduce("t", TestBroker.batch(["a"]))
        #expect(try broker.answer(slot, ProduceResponse.self) == nil)
        #expect(broker.failures.count == 1)
        broker.disk.faults.syncFails = false
        let refused = try broker.produce("t", TestBroker.batch(["b"]))
        #expect(refused.error == .storageError)
    }

    @Test func fullDiskRefusesWritesServesReadsAndRecovers() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        _ = try broker.produce("t", TestBroker.batch(["a"]))
        broker.disk.faults.isFull = true
        #expect(try broker.produce("t", TestBroker.batch(["b"])).error == .storageError)
        #expect(try broker.fetch("t").values == ["a"])
        broker.disk.faults.isFull = false
        #expect(try broker.produce("t", TestBroker.batch(["c"])).baseOffset == 1)
        #expect(try broker.fetch("t").values == ["a", "c"])
    }

    /// Whatever a power cut leaves of the unsynced bytes: every acknowledged record is there, in order, and
    /// the log goes on behind what is there.
    @Test func everyCrashImageKeepsWhatWasAcknowledged() throws {
        for round in 0..<200 {
            var generator = SeededGenerator(seed: UInt64(round))
            let broker = try TestBroker(settings: { try? $0.set(key: "log.segment.bytes", value: "2000") })
            try broker.createTopic("t")
            var acknowledged: [String] = []
            broker.syncsByItself = false
            for number in 0..<30 {
                let value = "r\(number)" + String(repeating: "x", count: Int.random(in: 0...300, using: &generator))
                let slot = try broker.postProduce("t", TestBroker.batch([value]))
                if Bool.random(using: &generator) {
                    while broker.pendingSync != nil {
                        broker.completeSync()
                        broker.turn()
                    }
                }
                if try broker.answer(slot, ProduceResponse.self) != nil {
                    acknowledged = try broker.fetch("t").values.isEmpty ? acknowledged : allValues(broker)
                }
            }
            let image = broker.disk.crashed { _, unsynced in Int.random(in: 0...unsynced, using: &generator) }
            let again = try TestBroker(disk: image, settings: { try? $0.set(key: "log.segment.bytes", value: "2000") })
            let log = try #require(again.core.catalog.log("t", 0))
            #expect(log.failure == nil, "round \(round)")
            let found = try allValues(again)
            #expect(Array(found.prefix(acknowledged.count)) == acknowledged, "round \(round)")
            #expect(try again.produce("t", TestBroker.batch(["next"])).baseOffset == Int64(found.count))
        }
    }

    private func allValues(_ broker: TestBroker) throws -> [String] {
        var values: [String] = []
        while true {
            let part = try broker.fetch("t", from: Int64(values.count))
            #expect(part.error == ErrorCode.none)
            if part.values.isEmpty { return values }
            #expect(part.offsets == Array(Int64(values.count)..<Int64(values.count + part.values.count)))
            values += part.values
        }
    }

    @Test func flippedBitInSyncedDataStopsThatPartitionOnly() throws {
        let broker = try TestBroker()
        try broker.createTopic("t", partitions: 2)
        for number in 0..<5 { _ = try broker.produce("t", TestBroker.batch(["r\(number)"])) }
        _ = try broker.produce("t", TestBroker.batch(["other"]), partition: 1)
        let image = broker.disk.crashed { _, unsynced in unsynced }
        for path in image.files.keys where path.hasPrefix("/data/t-0/") && path.hasSuffix(".log") {
            image.files[path]?.state.withLock { $0.content[100] ^= 1 }
        }
        let again = try TestBroker(disk: image)
        #expect(again.core.catalog.log("t", 0)?.failure?.contains("in synced data") == true)
        #expect(try again.fetch("t").error == .storageError)
        #expect(try again.produce("t", TestBroker.batch(["x"]), partition: 1).baseOffset == 1)
        let findings = try BrokerLog.check("/data", disk: image)
        #expect(findings.count == 1)
        #expect(findings.first?.isDamage == true)
    }

    @Test func tornTailIsCutOffAndReportedAsNoDamage() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        _ = try broker.produce("t", TestBroker.batch(["a"]))
        let image = broker.disk.crashed { _, unsynced in unsynced }
        let path = "/data/t-0/" + LogSegment.name(0) + ".log"
        let torn = TestBroker.batch(["torn"]).dropLast(3)
        image.files[path]?.state.withLock { $0.content += torn }
        #expect(try BrokerLog.check("/data", disk: image).map(\.isDamage) == [false])
        let again = try TestBroker(disk: image)
        #expect(try again.fetch("t").values == ["a"])
        #expect(try again.produce("t", TestBroker.batch(["b"])).baseOffset == 1)
    }

    @Test func damageReadLaterStopsThePartition() throws {
        let broker = try TestBroker(settings: { try? $0.set(key: "log.segment.bytes", value: "1024") })
        try broker.createTopic("t")
        for number in 0..<40 { _ = try broker.produce("t", TestBroker.batch(["r\(number)"])) }
        try broker.core.shutDown()
        let image = broker.disk.crashed { _, unsynced in unsynced }
        image.files["/data/t-0/" + LogSegment.name(0) + ".log"]?.state.withLock { $0.content[70] ^= 1 }
        let again = try TestBroker(disk: image, settings: { try? $0.set(key: "log.segment.bytes", value: "1024") })
        #expect(again.core.catalog.log("t", 0)?.failure == nil)
        #expect(try again.fetch("t").error == .storageError)
        #expect(again.core.catalog.log("t", 0)?.failure != nil)
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

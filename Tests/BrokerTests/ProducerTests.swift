import Bytes
import KafkaWire
import Testing

@testable import Broker

@Suite struct ProducerTests {
    @Test func repeatedBatchIsAcknowledgedWithItsFirstOffset() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        for sequence in Int32(0)..<6 {
            let result = try broker.produce("t", TestBroker.batch(["v\(sequence)"], producer: (9, 0, sequence)))
            #expect(result.baseOffset == Int64(sequence))
        }
        let repeated = try broker.produce("t", TestBroker.batch(["v3"], producer: (9, 0, 3)))
        #expect(repeated.error == ErrorCode.none)
        #expect(repeated.baseOffset == 3)
        #expect(try broker.fetch("t").values.count == 6)
        #expect(
            try broker.produce("t", TestBroker.batch(["v0"], producer: (9, 0, 0))).error == .outOfOrderSequenceNumber)
        #expect(
            try broker.produce("t", TestBroker.batch(["v8"], producer: (9, 0, 8))).error == .outOfOrderSequenceNumber)
        #expect(
            try broker.produce("t", TestBroker.batch(["e1"], producer: (9, 1, 4))).error == .outOfOrderSequenceNumber)
        #expect(try broker.produce("t", TestBroker.batch(["e1"], producer: (9, 1, 0))).error == ErrorCode.none)
        #expect(try broker.produce("t", TestBroker.batch(["v6"], producer: (9, 0, 6))).error == .invalidProducerEpoch)
    }

    @Test func sequencesAreRememberedOverACrash() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        for sequence in Int32(0)..<3 {
            _ = try broker.produce("t", TestBroker.batch(["v"], producer: (9, 0, sequence)))
        }
        let again = try TestBroker(disk: broker.disk.crashed { _, _ in 0 })
        #expect(try again.produce("t", TestBroker.batch(["v"], producer: (9, 0, 2))).baseOffset == 2)
        #expect(try again.produce("t", TestBroker.batch(["v"], producer: (9, 0, 3))).baseOffset == 3)
    }

    @Test func producerTableComesBackFromItsCheckpoint() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        for sequence in Int32(0)..<7 {
            _ = try broker.produce("t", TestBroker.batch(["v"], producer: (9, 3, sequence)))
        }
        let log = try #require(broker.core.catalog.log("t", 0))
        try log.save(log.checkpoint())
        let bytes = try #require(try broker.disk.readAll("/data/t-0/checkpoint"))
        #expect(LogCheckpoint(bytes)?.producers == log.producers)
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0x10
            #expect(LogCheckpoint(damaged) == nil)
        }
    }

    /// Gives a changed batch a right checksum.
    private func seal(_ batch: inout [UInt8]) {
        guard let header = RecordBatchHeader(batch.span) else { return }
        batch.setBigEndian(header.computedChecksum(batch.span, at: 0), at: RecordBatchHeader.checksumAt)
    }

    @Test func unsoundBatchesAreRefusedOneByOne() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let sound = TestBroker.batch(["v"])
        func result(_ change: (inout [UInt8]) -> Void) throws -> ErrorCode {
            var batch = sound
            change(&batch)
            return try broker.produce("t", batch).error
        }
        #expect(try result { $0[$0.count - 1] ^= 1 } == .corruptMessage)
        #expect(try result { $0[16] = 1 } == .invalidRecord)
        #expect(try result { $0[16] = 3 } == .corruptMessage)
        #expect(try result { $0[7] = 1 } == .invalidRecord)
        #expect(try result { $0 += sound } == .invalidRecord)
        #expect(try result { $0.removeLast() } == .corruptMessage)
        #expect(try result { $0 = Array($0.prefix(30)) } == .corruptMessage)
        #expect(try result { $0 = [] } == .invalidRecord)
        #expect(try result { $0[22] = 5 } == .unsupportedCompressionType)
        #expect(try result { $0[22] = 32; seal(&$0) } == .invalidRecord)
        #expect(try result { $0[60] = 9; seal(&$0) } == .invalidRecord)
        #expect(try result { for place in 43..<51 { $0[place] = 0 }; seal(&$0) } == .invalidRecord)
        #expect(try result { $0[61] += 2; seal(&$0) } == .invalidRecord)
        #expect(
            try broker.produce("t", TestBroker.batch([String(repeating: "x", count: 1_100_000)])).error
                == .messageTooLarge)
        #expect(try broker.produce("nowhere", sound).error == .unknownTopicOrPartition)
        #expect(try broker.fetch("t").values == [])
    }

    @Test func compactionKeepsTheLastOfEachKeyAtItsOffset() throws {
        let broker = try TestBroker(settings: { try? $0.set(key: "log.segment.bytes", value: "1024") })
        try broker.createTopic("t", configs: ["cleanup.policy": "compact"])
        for round in 0..<20 {
            for key in ["a", "b", "c"] {
                var builder = RecordBatchBuilder(timestamp: broker.now)
                builder.add(key: [UInt8](key.utf8), value: [UInt8]("\(key)\(round)".utf8))
                _ = try broker.produce("t", builder.build())
            }
        }
        let log = try #require(broker.core.catalog.log("t", 0))
        let before = log.sizeBytes
        try log.compact(now: broker.now)
        #expect(log.sizeBytes < before / 2)
        let kept = try everything(broker)
        #expect(kept.offsets == kept.offsets.sorted())
        for key in ["a", "b", "c"] { #expect(kept.values.contains("\(key)19")) }
        #expect(!kept.values.contains("a0"))
        #expect(kept.offsets.last == 59)
        let again = try TestBroker(
            disk: broker.disk.crashed { _, _ in 0 }, settings: { try? $0.set(key: "log.segment.bytes", value: "1024") })
        #expect(again.core.catalog.log("t", 0)?.failure == nil)
        #expect(try everything(again).values == kept.values)
        var keyless = RecordBatchBuilder(timestamp: 0)
        keyless.add(key: nil, value: [1])
        #expect(try broker.produce("t", keyless.build()).error == .invalidRecord)
    }

    private func everything(_ broker: TestBroker) throws -> (values: [String], offsets: [Int64]) {
        var values: [String] = []
        var offsets: [Int64] = []
        while true {
            let part = try broker.fetch("t", from: (offsets.last ?? -1) + 1)
            if part.values.isEmpty { return (values, offsets) }
            values += part.values
            offsets += part.offsets
        }
    }

    @Test func recordsThatAreOldWhenTheyComeCanBeReadForHalfAMinute() throws {
        let broker = try TestBroker(now: 1_800_000_000_000)
        try broker.createTopic("t")
        _ = try broker.produce("t", TestBroker.batch(["old"], timestamp: 0))
        broker.advance(29_000)
        #expect(broker.core.catalog.log("t", 0)?.startOffset == 0)
        broker.advance(1_000)
        #expect(broker.core.catalog.log("t", 0)?.startOffset == 1)
    }

    @Test func retentionDropsOldSegmentsAndMovesTheStart() throws {
        let broker = try TestBroker(settings: { try? $0.set(key: "log.segment.bytes", value: "1024") })
        try broker.createTopic("t", configs: ["retention.bytes": "3000"])
        for number in 0..<100 { _ = try broker.produce("t", TestBroker.batch(["r\(number)"], timestamp: broker.now)) }
        let log = try #require(broker.core.catalog.log("t", 0))
        log.enforceRetention(now: broker.now)
        #expect(log.startOffset > 0)
        #expect(log.sizeBytes <= 4_100)
        #expect(try broker.fetch("t").error == .offsetOutOfRange)
        #expect(try broker.fetch("t", from: log.startOffset).values.first == "r\(log.startOffset)")
    }

    @Test func fetchWaitsForRecordsOrItsTime() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let slot = try broker.post(broker.fetchRequest("t", from: 0, committedOnly: false, wait: 500), version: 12)
        #expect(broker.replies[1]?[slot] == nil)
        _ = try broker.produce("t", TestBroker.batch(["a"]))
        let frame = try #require(broker.replies[1]?[slot])
        #expect(try Fetched(frame, version: 12).values == ["a"])
        let late = try broker.post(broker.fetchRequest("t", from: 1, committedOnly: false, wait: 500), version: 12)
        broker.advance(499)
        #expect(broker.replies[1]?[late] == nil)
        // The answer comes within a sixteenth of the time after it.
        broker.advance(33)
        #expect(broker.replies[1]?[late] != nil)
    }
}

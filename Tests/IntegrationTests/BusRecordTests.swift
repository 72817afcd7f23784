// Records go through the bus whole, in order and within the limits of a batch.

import Bus
import Records
import Runtime
import Testing

@Suite(.serialized) struct BusRecordTests {
    @Test(arguments: BusTestBroker.available)
    func carriesEveryPartOfARecord(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic()
        var batch = RecordBatch()
        let index = batch.topicIndex(topic)
        let headersFrom = batch.headerMark
        batch.addHeader("ce_id", "a-1")
        batch.addHeader("tiếng-việt", "Nguyễn")
        batch.addHeader("ce_id", "twice")
        batch.addHeader(batch.store("null"), .absent)
        batch.addHeader("empty", "")
        let binary = batch.store([UInt8](0...255))
        let key = batch.store("khoá")
        batch.addRecord(
            topic: index, timestampMilliseconds: 1_782_864_000_123, key: key, value: binary, headersFrom: headersFrom)
        let onlyKey = batch.store("tombstone")
        batch.addRecord(topic: index, key: onlyKey, value: .absent, headersFrom: batch.headerMark)
        let onlyValue = batch.store("no key")
        batch.addRecord(topic: index, key: .absent, value: onlyValue, headersFrom: batch.headerMark)
        let empty = batch.store("")
        batch.addRecord(topic: index, key: empty, value: empty, headersFrom: batch.headerMark)

        let before = SystemClock().wallMilliseconds()
        let places = try Producer(bench.settings).produceAndWait(batch)
        #expect(Array(places) == [0, 1, 2, 3].map { StoredPlace(partition: 0, offset: $0) })

        let read = try bench.readAll(topic)
        try #require(read.count == 4)
        #expect(read[0].headers == ["ce_id=a-1", "tiếng-việt=Nguyễn", "ce_id=twice", "null=null", "empty="])
        #expect(read[0].key == Array("khoá".utf8) && read[0].value == [UInt8](0...255))
        #expect(read[0].timestampMilliseconds == 1_782_864_000_123)
        #expect(read[1].key == Array("tombstone".utf8) && read[1].value == nil)
        #expect(read[2].key == nil && read[2].value == Array("no key".utf8))
        #expect(read[3].key == [] && read[3].value == [])
        #expect(abs(read[3].timestampMilliseconds - before) < 60_000)
    }

    @Test func anEmptyRecordOfAnEmptyArenaIsNoTombstone() throws {
        guard let broker = BusTestBroker.available.first else { return }
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic()
        var batch = RecordBatch()
        let index = batch.topicIndex(topic)
        let empty = ArenaSlice(start: 0, count: 0)
        batch.addRecord(topic: index, key: empty, value: empty, headersFrom: 0)
        try Producer(bench.settings).produceAndWait(batch)
        let read = try bench.readAll(topic)
        #expect(read.map(\.value) == [[]] && read.map(\.key) == [[]])
    }

    @Test(arguments: BusTestBroker.available, [true, false])
    func keepsTheOrderOfAHundredThousandRecords(_ broker: BusTestBroker, usesBatchCall: Bool) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic(partitions: 3)
        let count = 100_000
        let producer = try Producer(bench.settings)
        var tickets: [Ticket] = []
        for first in stride(from: 0, to: count, by: 1_000) {
            var batch = RecordBatch()
            let index = batch.topicIndex(topic)
            for number in first..<first + 1_000 {
                let key = batch.store("key-\(number % 97)")
                let value = batch.store("\(number)")
                batch.addRecord(topic: index, key: key, value: value, headersFrom: batch.headerMark)
            }
            tickets.append(try producer.produce(batch))
        }
        for ticket in tickets { try producer.wait(for: ticket) }

        var options = ConsumerOptions()
        options.usesBatchCall = usesBatchCall
        let consumer = try Consumer(bench.settings, group: bench.uniqueGroup(), topics: [topic], options: options)
        var lastByKey: [Int: Int] = [:]
        var nextByPartition: [Int32: Int64] = [:]
        var seen = 0
        try bench.poll(consumer) { batch, _ in
            #expect(batch.count <= BusLimits.batchRecordsMax)
            for slot in batch.slots {
                let number = Int(batch.text(slot.value)) ?? -1
                if number <= lastByKey[number % 97] ?? -1 { Issue.record("record \(number) came late") }
                if slot.offset != nextByPartition[slot.partition] ?? 0 { Issue.record("a gap before \(slot.offset)") }
                lastByKey[number % 97] = number
                nextByPartition[slot.partition] = slot.offset + 1
                seen += 1
            }
            return seen >= count
        }
        #expect(seen == count && nextByPartition.count == 3)
    }

    @Test(arguments: BusTestBroker.available)
    func aBatchHoldsAMebibyteAndLosesNothing(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic()
        let large = String(repeating: "x", count: 300_000)
        let producer = try Producer(bench.settings)
        try producer.produceAndWait(.of((0..<40).map { "\($0) \(large)" }, topic: topic, key: "k"))
        let consumer = try Consumer(bench.settings, group: bench.uniqueGroup(), topics: [topic])
        var numbers: [Int] = []
        try bench.poll(consumer) { batch, _ in
            #expect(batch.arena.count <= BusLimits.batchBytesMax + 300_100)
            numbers += batch.records.compactMap { Int($0.valueText.prefix { $0 != " " }) }
            return numbers.count >= 40
        }
        #expect(numbers == Array(0..<40))
    }

    @Test(arguments: BusTestBroker.available)
    func aRecordTooLargeIsNamedAndTheOthersAreStored(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic()
        let producer = try Producer(bench.settings)
        let values = ["a", String(repeating: "x", count: 2_000_000), "c"]
        do throws(BusError) {
            try producer.produceAndWait(.of(values, topic: topic, key: "k"))
            Issue.record("a record of two megabytes was taken")
        } catch {
            #expect(error.code == .recordTooLarge && error.disposition == .park && error.failedRecords == [1])
        }
        #expect(try bench.readAll(topic).map(\.valueText) == ["a", "c"])
    }

    @Test func sayWhichAddressCannotBeReachedAndWhatToCheck() throws {
        // Port 1 is never listened on here.
        let admin = try Admin(BusSettings(bootstrapServers: "127.0.0.1:1"))
        do throws(BusError) {
            _ = try admin.describeCluster(timeoutMilliseconds: 1_000)
            Issue.record("something answered on port 1")
        } catch {
            #expect(error.code == .unreachable && error.exitCode == 3)
            #expect(error.text.contains("127.0.0.1:1") && error.text.contains("refused"))
            #expect(error.fix.contains("broker"))
        }
        let consumer = try Consumer(BusSettings(bootstrapServers: "127.0.0.1:1"), group: "g", topics: ["t"])
        var batch = RecordBatch()
        var warning: BusError?
        let deadline = Deadline(afterMilliseconds: 5_000)
        while warning == nil, !deadline.hasPassed {
            warning = try consumer.poll(into: &batch, timeoutMilliseconds: 100).warning
        }
        #expect(warning?.code == .unreachable)
    }

    @Test func settingsThatGuaranteesRestOnCannotBeChanged() {
        for name in ["enable.auto.commit", "acks", "isolation.level", "enable.idempotence"] {
            let settings = BusSettings(bootstrapServers: "127.0.0.1:1", extra: [(name, "x")])
            #expect(throws: BusError.self) { try Producer(settings) }
        }
        do throws(BusError) {
            _ = try Producer(BusSettings(bootstrapServers: "127.0.0.1:1", extra: [("sasl.password.typo", "s3cret")]))
            Issue.record("an unknown setting was taken")
        } catch {
            #expect(error.exitCode == 2 && error.text.contains("sasl.password.typo"))
            #expect(!"\(error)".contains("s3cret"))
        }
    }
}

// Consumer groups: partitions move between members and no record is lost or committed by the wrong one.

import Bus
import Records
import Runtime
import Synchronization
import Testing

@Suite(.serialized) struct BusGroupTests {
    @Test(arguments: BusTestBroker.available)
    func goesOnWhereTheGroupHadCommitted(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic()
        let group = bench.uniqueGroup()
        let producer = try Producer(bench.settings)
        for round in 0..<3 {
            try producer.produceAndWait(.of((0..<10).map { "\(round) \($0)" }, topic: topic))
            let consumer = try Consumer(bench.settings, group: group, topics: [topic])
            var values: [String] = []
            try bench.poll(consumer) { batch, outcome in
                values += batch.records.map(\.valueText)
                var positions = PartitionPositions()
                positions.advance(past: batch, and: outcome)
                try consumer.commit(positions)
                return values.count >= 10
            }
            #expect(values == (0..<10).map { "\(round) \($0)" })
            consumer.close()
        }
        #expect(try bench.admin.committedOffsets(of: group).map(\.offset) == [30])
    }

    @Test(arguments: BusTestBroker.available)
    func twoMembersShareThePartitionsAndEveryRecordIsDealtWithOnce(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic(partitions: 4)
        let group = bench.uniqueGroup()
        let count = 20_000
        let producer = try Producer(bench.settings)
        func produce(_ numbers: Range<Int>) throws {
            for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 1_000) {
                try producer.produceAndWait(.of((first..<first + 1_000).map { "\($0)" }, topic: topic))
            }
        }
        try produce(0..<count / 2)
        let seen = Mutex<[Int: Int]>([:])
        let assignments = Monitor<[String: Int]>([:])
        let worker: @Sendable (String) -> Void = { name in
            do {
                var options = ConsumerOptions()
                options.recordsMax = 100
                let consumer = try Consumer(bench.settings, group: group, topics: [topic], options: options)
                let deadline = Deadline(afterMilliseconds: 30_000)
                var batch = RecordBatch()
                while seen.withLock({ $0.count }) < count, !deadline.hasPassed {
                    let outcome = try consumer.poll(into: &batch, timeoutMilliseconds: 50)
                    if outcome.isRebalanced { assignments.with { $0[name] = consumer.owned.count } }
                    var positions = PartitionPositions()
                    positions.advance(past: batch)
                    do throws(BusError) {
                        try consumer.commit(positions)
                    } catch {
                        // Between two members: what is not committed is read again by whoever gets it.
                        if error.code == .rebalanced { continue }
                        throw error
                    }
                    let numbers = batch.records.compactMap { Int($0.valueText) }
                    seen.withLock { seen in for number in numbers { seen[number, default: 0] += 1 } }
                }
                consumer.close()
            } catch {
                Issue.record("\(error)")
            }
        }
        let first = try WorkerThread(name: "first") { worker("first") }
        let second = try WorkerThread(name: "second") { worker("second") }
        // The second half comes when both have their share, so that partitions have moved in between.
        let areShared: Bool? = assignments.wait(until: Deadline(afterMilliseconds: 20_000)) {
            $0 == ["first": 2, "second": 2] ? true : nil
        }
        #expect(areShared == true)
        try produce(count / 2..<count)
        first.join()
        second.join()
        #expect(seen.withLock { $0.count } == count)
        #expect(seen.withLock { seen in seen.values.allSatisfy { $0 == 1 } }, "a record was committed by two members")
    }

    @Test(arguments: BusTestBroker.available)
    func aMemberThatTakesPartitionsOverReportsBothSides(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic(partitions: 2)
        let group = bench.uniqueGroup()
        try Producer(bench.settings).produceAndWait(.of((0..<500).map { "\($0)" }, topic: topic))
        let revoked = Mutex<[TopicPartition]>([])
        let first = try Consumer(bench.settings, group: group, topics: [topic]) { partitions in
            revoked.withLock { $0 += partitions }
        }
        try bench.poll(first) { _, outcome in outcome.assigned.count == 2 }
        let second = try Consumer(bench.settings, group: group, topics: [topic])
        var batch = RecordBatch()
        try bench.poll(first) { polled, _ in
            for record in polled.records {
                #expect(first.owned.contains(TopicPartition(topic, record.partition)), "a record of a revoked partition")
            }
            _ = try second.poll(into: &batch, timeoutMilliseconds: 50)
            return first.owned.count == 1 && second.owned.count == 1
        }
        #expect(Set(revoked.withLock { $0 }) == [TopicPartition(topic, 0), TopicPartition(topic, 1)])
        #expect(first.owned.isDisjoint(with: second.owned))
        // A position of the other member's partition is not committed.
        let foreign = try #require(second.owned.first)
        var positions = PartitionPositions()
        positions.advance(to: PartitionPosition(topic, foreign.partition, 5))
        try first.commit(positions)
        #expect(try bench.admin.committedOffsets(of: group).isEmpty)
        let description = try bench.admin.describeGroups([group])[0]
        #expect(description.state == "Stable" && description.members.count == 2)
        #expect(description.members.flatMap(\.assigned).count == 2)
    }

    @Test(arguments: BusTestBroker.available)
    func aPatternFindsTopicsMadeLater(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let prefix = "pattern\(UInt32.random(in: 0 ... .max))"
        let early = try bench.makeTopic("\(prefix).early")
        var settings = bench.settings
        settings.extra = [("topic.metadata.refresh.interval.ms", "500")]
        let consumer = try Consumer(settings, group: bench.uniqueGroup(), topics: ["^\(prefix)\\..*"])
        try bench.poll(consumer) { _, outcome in outcome.assigned.map(\.topic) == [early] }
        let late = try bench.makeTopic("\(prefix).late")
        try Producer(bench.settings).produceAndWait(.of(["x"], topic: late))
        try bench.poll(consumer) { batch, _ in batch.records.map(\.topic) == [late] }
    }
}

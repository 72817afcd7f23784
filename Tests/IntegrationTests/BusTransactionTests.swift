// Transactions: records and positions become visible together or not at all, whatever happens between.

import Bus
import Records
import Runtime
import Testing

@Suite(.serialized) struct BusTransactionTests {
    @Test(arguments: BusTestBroker.available)
    func onlyCommittedRecordsAreVisible(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic()
        let producer = try Producer(bench.settings, transactionalId: "txn.\(topic)")
        try producer.initTransactions()
        for (name, isCommitted) in [("first", true), ("second", false), ("third", true)] {
            try producer.beginTransaction()
            try producer.produce(.of((0..<10).map { "\(name) \($0)" }, topic: topic, key: "k"))
            if isCommitted { try producer.commitTransaction() } else { try producer.abortTransaction() }
        }
        let committed = try bench.readAll(topic).map(\.valueText)
        #expect(committed == (0..<10).map { "first \($0)" } + (0..<10).map { "third \($0)" })
        let everything = try bench.readAll(topic, isolation: .uncommitted)
        #expect(everything.count == 30 || everything.count == 20, "an aborted record may never have been sent")
    }

    @Test(arguments: BusTestBroker.available)
    func theStableEndStopsAtAnOpenTransaction(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic()
        try Producer(bench.settings).produceAndWait(.of(["a", "b"], topic: topic))
        let producer = try Producer(bench.settings, transactionalId: "txn.\(topic)")
        try producer.initTransactions()
        try producer.beginTransaction()
        try producer.produce(.of(["c", "d", "e"], topic: topic))
        let partition = TopicPartition(topic, 0)
        func end(_ isolation: Isolation) throws -> Int64 {
            try bench.admin.endOffsets(of: [partition], isolation: isolation)[0].offset
        }
        let deadline = Deadline(afterMilliseconds: 10_000)
        while try end(.uncommitted) < 5, !deadline.hasPassed {}
        #expect(try end(.uncommitted) == 5)
        #expect(try end(.committed) == 2)
        try producer.commitTransaction()
        try bench.settle([partition])
        #expect(try end(.committed) == 6, "five records and the marker")
        #expect(try bench.readAll(topic).count == 5)
    }

    @Test(arguments: BusTestBroker.available)
    func committingTheEndLeavesNoLag(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let input = try bench.makeTopic(partitions: 2, "input")
        let output = try bench.makeTopic("output")
        let source = try Producer(bench.settings, transactionalId: "source.\(input)")
        try source.initTransactions()
        // Markers and aborted records lie behind the last visible record of both partitions.
        for isCommitted in [true, true, false] {
            try source.beginTransaction()
            for partition in [Int32(0), 1] {
                try source.produce(.of((0..<5).map { "\($0)" }, topic: input, partition: partition))
            }
            if isCommitted { try source.commitTransaction() } else { try source.abortTransaction() }
        }
        let group = bench.uniqueGroup()
        let consumer = try Consumer(bench.settings, group: group, topics: [input])
        let producer = try Producer(bench.settings, transactionalId: group)
        try producer.initTransactions()
        var ended: Set<Int32> = []
        var copied = 0
        try bench.poll(consumer) { batch, outcome in
            guard !batch.isEmpty || !outcome.endPositions.isEmpty else { return false }
            var positions = PartitionPositions()
            positions.advance(past: batch, and: outcome)
            try producer.beginTransaction()
            try producer.produce(.of(batch.records.map(\.valueText), topic: output))
            try producer.sendOffsets(positions, of: consumer)
            try producer.commitTransaction()
            copied += batch.count
            for end in outcome.endPositions { ended.insert(end.partition) }
            return ended.count == 2 && copied == 20
        }
        let partitions = [TopicPartition(input, 0), TopicPartition(input, 1)]
        let ends = try bench.admin.endOffsets(of: partitions, isolation: .uncommitted)
        let committed = try bench.admin.committedOffsets(of: group)
        #expect(Set(committed) == Set(ends))
        #expect(ends.allSatisfy { $0.offset >= 12 })
        #expect(try bench.readAll(output).count == 20)
        // The barrier sees the same end, though nothing visible lies before it.
        let reader = try AssignedReader(bench.settings, from: ends)
        try reader.readToEnd(timeoutMilliseconds: 5_000) { _ in Issue.record("there is nothing to read") }
    }

    /// A copier dies at every step in turn: after producing, after its offsets, in the middle of a batch; the
    /// next one takes over the transactional id. Every record must come through exactly once.
    @Test(arguments: BusTestBroker.available)
    func aCopierThatDiesAnywhereCopiesExactlyOnce(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let input = try bench.makeTopic(partitions: 2, "input")
        let output = try bench.makeTopic(partitions: 2, "output")
        let count = 2_000
        try Producer(bench.settings).produceAndWait(.of((0..<count).map { "\($0)" }, topic: input))
        let group = bench.uniqueGroup()
        var options = ConsumerOptions()
        options.recordsMax = 150
        var zombies: [Producer] = []
        for life in 0..<12 {
            let deathStep = life < 8 ? life % 4 : -1
            let consumer = try Consumer(bench.settings, group: group, topics: [input], options: options)
            // A producer is left as it stands and lives on as a zombie that may still send what it holds.
            let producer = try Producer(bench.settings, transactionalId: group)
            zombies.append(producer)
            try producer.initTransactions()
            var transactions = 0
            var ended: Set<Int32> = []
            var isDead = false
            try bench.poll(consumer) { batch, outcome in
                guard !batch.isEmpty || !outcome.endPositions.isEmpty else { return false }
                var positions = PartitionPositions()
                positions.advance(past: batch, and: outcome)
                let dies = transactions == 1
                try producer.beginTransaction()
                try producer.produce(.of(batch.records.map(\.valueText), topic: output))
                isDead = dies && deathStep == 0
                if isDead { return true }
                try producer.sendOffsets(positions, of: consumer)
                isDead = dies && deathStep == 1
                if isDead { return true }
                try producer.commitTransaction()
                transactions += 1
                isDead = dies && deathStep >= 2
                if isDead { return true }
                for end in outcome.endPositions { ended.insert(end.partition) }
                return ended.count == 2
            }
            if !isDead { break }
        }
        #expect(zombies.count > 8)
        let copied = try bench.readAll(output).compactMap { Int($0.valueText) }
        #expect(copied.count == count)
        #expect(Set(copied) == Set(0..<count))
    }

    /// Destroying a client with partitions on their way into a transaction must not end the process.
    @Test(arguments: BusTestBroker.available)
    func aProducerMayBeDroppedInTheMiddleOfATransaction(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic(partitions: 8)
        for round in 0..<10 {
            let producer = try Producer(bench.settings, transactionalId: "txn.\(topic)")
            try producer.initTransactions()
            try producer.beginTransaction()
            try producer.produce(.of((0..<50).map { "\(round) \($0)" }, topic: topic))
            if round % 3 == 2 {
                try producer.commitTransaction()
                try producer.beginTransaction()
                try producer.produce(.of(["lost"], topic: topic))
            }
        }
        #expect(try bench.readAll(topic).count == 150)
    }

    @Test(arguments: BusTestBroker.available)
    func anOlderProducerIsFencedAndSaysSo(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic()
        let older = try Producer(bench.settings, transactionalId: "txn.\(topic)")
        try older.initTransactions()
        try older.beginTransaction()
        try older.produce(.of(["zombie"], topic: topic))
        let newer = try Producer(bench.settings, transactionalId: "txn.\(topic)")
        try newer.initTransactions()
        try newer.beginTransaction()
        try newer.produce(.of(["new"], topic: topic))
        try newer.commitTransaction()
        do throws(BusError) {
            try older.produce(.of(["zombie"], topic: topic))
            try older.commitTransaction()
            Issue.record("the older producer committed")
        } catch {
            #expect(error.disposition == .recreate, "\(error)")
        }
        #expect(try bench.readAll(topic).map(\.valueText) == ["new"])
    }

    @Test(arguments: BusTestBroker.available)
    func aRecordTooLargeStopsItsTransactionAndIsNamed(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic()
        let producer = try Producer(bench.settings, transactionalId: "txn.\(topic)")
        try producer.initTransactions()
        try producer.beginTransaction()
        do throws(BusError) {
            try producer.produce(.of(["a", String(repeating: "x", count: 2_000_000)], topic: topic))
            Issue.record("a record of two megabytes was taken")
        } catch {
            #expect(error.disposition == .park && error.failedRecords == [1])
        }
        try producer.abortTransaction()
        try producer.beginTransaction()
        try producer.produce(.of(["a"], topic: topic))
        try producer.commitTransaction()
        #expect(try bench.readAll(topic).map(\.valueText) == ["a"])
    }
}

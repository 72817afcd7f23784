// Administration: topics, groups and offsets as the brokers tell them.

import Bus
import Records
import Runtime
import Testing

@Suite(.serialized) struct BusAdminTests {
    @Test(arguments: BusTestBroker.available)
    func makesDescribesAndDeletesTopics(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let name = "admin.\(UInt64.random(in: 0 ... .max))"
        let wanted = NewTopic(name, partitionCount: 3, settings: [("cleanup.policy", "compact")])
        #expect(try bench.admin.createTopics([wanted]) == [name])
        #expect(try bench.admin.createTopics([wanted]) == [], "a topic that exists is no error")
        let topic = try #require(try bench.admin.describeTopic(name))
        #expect(topic.partitionCount == 3 && topic.replicationFactor == 1)
        #expect(try bench.admin.listTopics().map(\.name).contains(name))
        #expect(try bench.admin.topicSettings(name)["cleanup.policy"] == "compact")
        try bench.admin.alterTopic(name, settings: [("retention.ms", "60000")])
        let settings = try bench.admin.topicSettings(name)
        #expect(settings["retention.ms"] == "60000" && settings["cleanup.policy"] == "compact")
        try bench.admin.alterTopic(name, settings: [("retention.ms", nil)])
        #expect(try bench.admin.topicSettings(name)["retention.ms"] == nil)
        #expect(try bench.admin.deleteTopics([name]) == [name])
        #expect(try bench.admin.deleteTopics([name]) == [], "a topic that is gone is no error")
        let deadline = Deadline(afterMilliseconds: 10_000)
        while try bench.admin.describeTopic(name) != nil, !deadline.hasPassed {}
        #expect(try bench.admin.describeTopic(name) == nil)
    }

    @Test(arguments: BusTestBroker.available)
    func findsOffsetsByTimeAndTimesByOffset(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic(partitions: 2)
        let base: Int64 = 1_782_864_000_000
        var batch = RecordBatch()
        let index = batch.topicIndex(topic)
        for number in 0..<10 {
            let value = batch.store("\(number)")
            batch.addRecord(
                topic: index, partition: 0, timestampMilliseconds: base + Int64(number) * 1_000, key: value, value: value,
                headersFrom: 0)
        }
        try Producer(bench.settings).produceAndWait(batch)
        let partitions = [TopicPartition(topic, 0), TopicPartition(topic, 1)]
        #expect(try bench.admin.endOffsets(of: partitions).map(\.offset) == [10, 0])
        #expect(try bench.admin.oldestOffsets(of: partitions).map(\.offset) == [0, 0])
        #expect(try bench.admin.offsets(of: partitions, atMilliseconds: base + 3_500).map(\.offset) == [4, -1])
        let times = try bench.admin.timestamps(
            at: [PartitionPosition(topic, 0, 7), PartitionPosition(topic, 1, 0), PartitionPosition(topic, 0, 7)])
        #expect(times[0] == base + 7_000 && times[1] == nil)
        let end = try bench.admin.timestamps(at: [PartitionPosition(topic, 0, 10)])
        #expect(end == [nil])
    }

    @Test(arguments: BusTestBroker.available)
    func listsGroupsAndTheirCommits(_ broker: BusTestBroker) throws {
        let bench = try BusTestBench(broker)
        let topic = try bench.makeTopic()
        let group = bench.uniqueGroup()
        try Producer(bench.settings).produceAndWait(.of(["a", "b", "c"], topic: topic))
        let consumer = try Consumer(bench.settings, group: group, topics: [topic])
        try bench.poll(consumer) { batch, outcome in
            var positions = PartitionPositions()
            positions.advance(past: batch, and: outcome)
            try consumer.commit(positions)
            return !outcome.endPositions.isEmpty
        }
        #expect(try bench.admin.listGroups().contains(group))
        #expect(try bench.admin.committedOffsets(of: group) == [PartitionPosition(topic, 0, 3)])
        #expect(try bench.admin.describeGroups([group])[0].state == "Stable")
        consumer.close()
        #expect(try bench.admin.describeGroups([group])[0].state == "Empty")
        #expect(try bench.admin.committedOffsets(of: "no-such-group").isEmpty)
        #expect(try bench.admin.describeGroups(["no-such-group"])[0].state == "Dead")
    }
}

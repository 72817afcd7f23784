import Records
import Testing

@testable import Bus

@Suite struct PartitionPositionsTests {
    private func batch(_ rows: [(topic: String, partition: Int32, offset: Int64)]) -> RecordBatch {
        var batch = RecordBatch()
        for row in rows {
            let topic = batch.topicIndex(row.topic)
            batch.addRecord(
                topic: topic, partition: row.partition, offset: row.offset, key: .absent, value: .absent, headersFrom: 0)
        }
        return batch
    }

    @Test func keepsTheNextOffsetOfEachPartition() {
        var positions = PartitionPositions()
        positions.advance(past: batch([("a", 0, 4), ("a", 0, 5), ("b", 0, 0), ("a", 1, 9), ("a", 0, 8)]))
        #expect(positions["a", 0] == 9)
        #expect(positions["a", 1] == 10)
        #expect(positions["b", 0] == 1)
        #expect(positions["b", 1] == nil)
    }

    @Test func goesOnAcrossBatchesWhoseTopicTablesDiffer() {
        var positions = PartitionPositions()
        positions.advance(past: batch([("a", 0, 1), ("b", 0, 1)]))
        positions.advance(past: batch([("b", 0, 7), ("a", 0, 2)]))
        #expect(Set(positions.positions) == [PartitionPosition("a", 0, 3), PartitionPosition("b", 0, 8)])
    }

    @Test func neverGoesBack() {
        var positions = PartitionPositions()
        positions.advance(to: PartitionPosition("a", 0, 10))
        positions.advance(past: batch([("a", 0, 3)]))
        positions.advance(to: PartitionPosition("a", 0, 4))
        #expect(positions["a", 0] == 10)
    }

    @Test func theEndOfAPartitionGoesBeyondItsLastRecord() {
        var outcome = PollOutcome()
        outcome.endPositions = [PartitionPosition("a", 0, 12)]
        var positions = PartitionPositions()
        positions.advance(past: batch([("a", 0, 9)]), and: outcome)
        #expect(positions["a", 0] == 12)
    }

    @Test func forgetsWhatWasRevoked() {
        var positions = PartitionPositions()
        positions.advance(past: batch([("a", 0, 1), ("a", 1, 1)]))
        positions.remove([TopicPartition("a", 0)])
        #expect(positions.positions == [PartitionPosition("a", 1, 2)])
        positions.removeAll()
        #expect(positions.isEmpty)
    }
}

// How far each partition has been dealt with: what a worker commits. Plain rows, updated per batch.

public import Records

/// The next offset of each partition, to be committed once everything before it has had its effect.
public struct PartitionPositions: Sendable {
    private struct Row: Sendable {
        var topic: Int32
        var partition: Int32
        var next: Int64
    }
    private var topics: [String] = []
    private var rows: ContiguousArray<Row> = []

    public init() {}

    public var isEmpty: Bool { rows.isEmpty }
    public var count: Int { rows.count }

    /// Everything in the batch has been dealt with. A polled batch holds each partition's records in order
    /// and without a gap after those before it, so its highest offset stands for all.
    public mutating func advance(past batch: borrowing RecordBatch) {
        var lastTopic: Int32 = -1
        var lastPartition: Int32 = -1
        var row = -1
        for slot in batch.slots {
            if slot.topic != lastTopic || slot.partition != lastPartition {
                row = place(of: batch.topics[Int(slot.topic)], slot.partition)
                (lastTopic, lastPartition) = (slot.topic, slot.partition)
            }
            if slot.offset >= rows[row].next { rows[row].next = slot.offset + 1 }
        }
    }

    /// Everything before that position has been dealt with; positions never go back.
    public mutating func advance(to position: PartitionPosition) {
        let row = place(of: position.topic, position.partition)
        if position.offset > rows[row].next { rows[row].next = position.offset }
    }

    /// Everything that a poll brought has been dealt with: its records and, where it reached the end of a
    /// partition, what lies between the last record and the end (transaction markers, aborted records).
    public mutating func advance(past batch: borrowing RecordBatch, and outcome: PollOutcome) {
        advance(past: batch)
        for end in outcome.endPositions { advance(to: end) }
    }

    public subscript(topic: String, partition: Int32) -> Int64? {
        for row in rows where row.partition == partition && topics[Int(row.topic)] == topic { return row.next }
        return nil
    }

    /// Forgets partitions: after a revocation they are somebody else's.
    public mutating func remove(_ partitions: [TopicPartition]) {
        rows.removeAll { row in
            partitions.contains { $0.partition == row.partition && $0.topic == topics[Int(row.topic)] }
        }
    }

    /// Forgets all and keeps the memory.
    public mutating func removeAll() { rows.removeAll(keepingCapacity: true) }

    /// The rows, to look at or to print.
    public var positions: [PartitionPosition] {
        rows.map { PartitionPosition(topics[Int($0.topic)], $0.partition, $0.next) }
    }

    private mutating func place(of topic: String, _ partition: Int32) -> Int {
        let index: Int32
        if let known = topics.firstIndex(of: topic) {
            index = Int32(known)
        } else {
            topics.append(topic)
            index = Int32(topics.count - 1)
        }
        if let known = rows.firstIndex(where: { $0.topic == index && $0.partition == partition }) { return known }
        rows.append(Row(topic: index, partition: partition, next: -1))
        return rows.count - 1
    }
}

// Where partitions begin and end, and when a record was written: what lag is reckoned from.

import CRdKafka
import Records
import Runtime

extension Admin {
    /// Where partitions end: the last stable offset, or with `.uncommitted` the high watermark.
    public func endOffsets(
        of partitions: [TopicPartition], isolation: Isolation = .committed
    ) throws(BusError) -> [PartitionPosition] {
        try offsets(of: partitions, at: .end, isolation)
    }

    /// The first offset that is still there.
    public func oldestOffsets(of partitions: [TopicPartition]) throws(BusError) -> [PartitionPosition] {
        try offsets(of: partitions, at: .oldest, .uncommitted)
    }

    /// The first offset whose record is of that time or later; -1 where there is none.
    public func offsets(
        of partitions: [TopicPartition], atMilliseconds time: Int64
    ) throws(BusError) -> [PartitionPosition] {
        try offsets(of: partitions, at: .milliseconds(time), .uncommitted)
    }

    private func offsets(
        of partitions: [TopicPartition], at moment: OffsetQuery.Moment, _ isolation: Isolation
    ) throws(BusError) -> [PartitionPosition] {
        try exclusively { () throws(BusError) in
            let query = OffsetQuery(isolation == .committed ? committedHandle : uncommittedHandle)
            return try query.offsets(of: partitions, at: moment, timeoutMilliseconds: BusLimits.requestMilliseconds)
        }
    }

    /// When the record at each position, or the first after it, was written: milliseconds since 1970 UTC, nil
    /// where nothing follows. Lag in seconds is now less that of the committed position.
    public func timestamps(
        at positions: [PartitionPosition], timeoutMilliseconds: Int = BusLimits.requestMilliseconds
    ) throws(BusError) -> [Int64?] {
        var found = [Int64?](repeating: nil, count: positions.count)
        if positions.isEmpty { return found }
        let reader = try AssignedReader(settings, from: positions)
        var open = Set(positions.map(\.topicPartition))
        var batch = RecordBatch()
        let deadline = Deadline(afterMilliseconds: timeoutMilliseconds)
        while !open.isEmpty {
            if deadline.hasPassed { throw BusError(RD_KAFKA_RESP_ERR__TIMED_OUT, servers: settings.bootstrapServers) }
            let outcome = try reader.poll(into: &batch, timeoutMilliseconds: min(100, deadline.remainingMilliseconds))
            for slot in batch.slots {
                let partition = TopicPartition(batch.topics[Int(slot.topic)], slot.partition)
                guard open.remove(partition) != nil,
                    let place = positions.firstIndex(where: { $0.topicPartition == partition })
                else { continue }
                found[place] = slot.timestampMilliseconds
            }
            for end in outcome.endPositions { open.remove(end.topicPartition) }
            if let warning = outcome.warning, warning.code == .topicUnknown { throw warning }
        }
        return found
    }
}

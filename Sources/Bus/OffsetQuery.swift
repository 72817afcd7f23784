// Where partitions begin and end, and where they stood at a time: Kafka's ListOffsets.

import CRdKafka

/// Asks on a client's behalf; the client's isolation level decides what "the end" is.
struct OffsetQuery {
    enum Moment {
        /// The first record that is still there.
        case oldest
        /// The last stable offset or the high watermark, by isolation.
        case end
        /// The first record with that timestamp or a later one.
        case milliseconds(Int64)

        /// Kafka's ListOffsets takes -2 and -1 in the place of a time.
        var number: Int64 {
            switch self {
            case .oldest: -2
            case .end: -1
            case .milliseconds(let time): max(0, time)
            }
        }
    }
    private let handle: ClientHandle

    init(_ handle: ClientHandle) { self.handle = handle }

    /// All partitions of one broker in one request.
    /// - Returns: the offsets in the order asked; -1 where no record is that late.
    func offsets(
        of partitions: [TopicPartition], at moment: Moment, timeoutMilliseconds: Int
    ) throws(BusError) -> [PartitionPosition] {
        if partitions.isEmpty { return [] }
        let list = PartitionList(partitions.map { PartitionPosition($0.topic, $0.partition, moment.number) })
        let code = unsafe rd_kafka_offsets_for_times(handle.pointer, list.pointer, Int32(clamping: timeoutMilliseconds))
        if code != RD_KAFKA_RESP_ERR_NO_ERROR {
            unsafe rd_kafka_poll(handle.pointer, 0)
            throw handle.explained(BusError(code, topic: partitions[0].topic, servers: handle.servers))
        }
        if let error = list.firstError(servers: handle.servers) { throw error }
        return list.elements.map { $0.position }
    }
}

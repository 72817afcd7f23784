// librdkafka's list of partitions with offsets, owned.

import CRdKafka

/// Owns a `rd_kafka_topic_partition_list_t`.
@safe struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(capacity: Int = 8) {
        // librdkafka ends the process itself where memory runs out; it never returns null here.
        unsafe pointer = rd_kafka_topic_partition_list_new(Int32(clamping: capacity))
    }

    init(_ positions: [PartitionPosition]) {
        self.init(capacity: positions.count)
        for position in positions { add(position.topic, position.partition, position.offset) }
    }

    /// Takes over a list that librdkafka made.
    @unsafe init(owning pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) { unsafe self.pointer = pointer }

    deinit { unsafe rd_kafka_topic_partition_list_destroy(pointer) }

    func add(_ topic: String, _ partition: Int32, _ offset: Int64) {
        unsafe rd_kafka_topic_partition_list_add(pointer, topic, partition).pointee.offset = offset
    }

    /// Topic, partition, offset and error of each element.
    var elements: [(position: PartitionPosition, error: rd_kafka_resp_err_t)] { unsafe Self.elements(of: pointer) }

    static func elements(
        of list: UnsafePointer<rd_kafka_topic_partition_list_t>
    ) -> [(position: PartitionPosition, error: rd_kafka_resp_err_t)] {
        var result: [(position: PartitionPosition, error: rd_kafka_resp_err_t)] = []
        for place in 0..<Int(unsafe list.pointee.cnt) {
            let element = unsafe list.pointee.elems[place]
            let topic = unsafe String(cString: element.topic)
            let position = unsafe PartitionPosition(topic, element.partition, element.offset)
            result.append((position, unsafe element.err))
        }
        return result
    }

    static func partitions(of list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> [TopicPartition] {
        guard let list = unsafe list else { return [] }
        return unsafe elements(of: list).map { $0.position.topicPartition }
    }

    /// The first error in the list, with its partition.
    func firstError(servers: String) -> BusError? {
        for (position, error) in elements where error != RD_KAFKA_RESP_ERR_NO_ERROR {
            return BusError(error, topic: position.topic, partition: position.partition, servers: servers)
        }
        return nil
    }
}

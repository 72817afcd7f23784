// A copier of records over librdkafka's C interface alone: no batch, no slots, no checks but for errors.

import Bus
import CRdKafka

/// Owns a consumer, a producer and what lies between them; used by one thread.
@safe final class RawCopier {
    private let consumer: OpaquePointer
    private let queue: OpaquePointer
    private let producer: OpaquePointer
    private let output: OpaquePointer
    private let isTransactional: Bool
    private let batchRecords: Int
    private let messages: UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>?>
    private var waiting = 0

    init(
        bootstrap: String, input: String, output: String, transactional: Bool, batchRecords: Int
    ) throws(BusError) {
        let name = "bench-raw.\(output)"
        let common = [("bootstrap.servers", bootstrap), ("socket.nagle.disable", "true"), ("log_level", "0")]
        unsafe consumer = try Self.client(
            RD_KAFKA_CONSUMER,
            common + [
                ("group.id", name), ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"),
                ("auto.offset.reset", "earliest"), ("fetch.wait.max.ms", "100"), ("queued.max.messages.kbytes", "32768"),
            ])
        unsafe rd_kafka_poll_set_consumer(consumer)
        var properties = common + [
            ("enable.idempotence", "true"), ("linger.ms", "5"), ("batch.num.messages", "100000"),
            ("batch.size", "1000000"), ("queue.buffering.max.messages", "200000"), ("partitioner", "murmur2_random"),
        ]
        if transactional { properties.append(("transactional.id", name)) }
        unsafe producer = try Self.client(RD_KAFKA_PRODUCER, properties)
        guard let queue = unsafe rd_kafka_queue_get_consumer(consumer),
            let topic = unsafe rd_kafka_topic_new(producer, output, nil)
        else { throw Self.failure("no queue or no topic") }
        unsafe self.queue = queue
        unsafe self.output = topic
        isTransactional = transactional
        self.batchRecords = batchRecords
        unsafe messages = .allocate(capacity: batchRecords)
        let list = unsafe rd_kafka_topic_partition_list_new(1)
        unsafe rd_kafka_topic_partition_list_add(list, input, -1)
        unsafe rd_kafka_subscribe(consumer, list)
        unsafe rd_kafka_topic_partition_list_destroy(list)
        if transactional { try unsafe Self.check(rd_kafka_init_transactions(producer, -1)) }
    }

    deinit {
        for place in 0..<waiting { unsafe rd_kafka_message_destroy(messages[place]) }
        unsafe messages.deallocate()
        unsafe rd_kafka_queue_destroy(queue)
        unsafe rd_kafka_consumer_close(consumer)
        unsafe rd_kafka_destroy(consumer)
        unsafe rd_kafka_topic_destroy(output)
        unsafe rd_kafka_destroy(producer)
    }

    /// Joining the group is not part of the measure.
    func waitForFirstBatch() throws(BusError) {
        while waiting == 0 { waiting = unsafe rd_kafka_consume_batch_queue(queue, 100, messages, 1) }
    }

    /// Copies so many records, at least, and waits until they are stored.
    func copy(_ records: Int) throws(BusError) -> Int {
        var copied = 0
        while copied < records {
            while waiting <= 0 { waiting = unsafe rd_kafka_consume_batch_queue(queue, 100, messages, 1) }
            if waiting < batchRecords {
                waiting += max(0, unsafe rd_kafka_consume_batch_queue(queue, 0, messages + waiting, batchRecords - waiting))
            }
            if isTransactional { try unsafe Self.check(rd_kafka_begin_transaction(producer)) }
            let offsets = unsafe rd_kafka_topic_partition_list_new(8)
            for place in 0..<waiting {
                guard let message = unsafe messages[place] else { continue }
                guard unsafe message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
                    unsafe rd_kafka_message_destroy(message)
                    continue
                }
                try unsafe produce(message.pointee)
                unsafe note(message.pointee, offsets)
                unsafe rd_kafka_message_destroy(message)
                copied += 1
            }
            waiting = 0
            unsafe rd_kafka_poll(producer, 0)
            if isTransactional {
                let metadata = unsafe rd_kafka_consumer_group_metadata(consumer)
                let error = unsafe rd_kafka_send_offsets_to_transaction(producer, offsets, metadata, -1)
                unsafe rd_kafka_consumer_group_metadata_destroy(metadata)
                try unsafe Self.check(error)
                try unsafe Self.check(rd_kafka_commit_transaction(producer, -1))
            }
            unsafe rd_kafka_topic_partition_list_destroy(offsets)
        }
        unsafe rd_kafka_flush(producer, 60_000)
        return copied
    }

    private func produce(_ message: rd_kafka_message_t) throws(BusError) {
        while unsafe rd_kafka_produce(
            output, -1, RD_KAFKA_MSG_F_COPY, message.payload, message.len, message.key, message.key_len, nil) != 0
        {
            guard rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
                throw Self.failure("a record was refused")
            }
            unsafe rd_kafka_poll(producer, 10)
        }
    }

    /// Messages of a partition come in order, so the last one counts.
    private func note(
        _ message: rd_kafka_message_t, _ offsets: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) {
        let name = unsafe rd_kafka_topic_name(message.rkt)
        let known = unsafe rd_kafka_topic_partition_list_find(offsets, name, message.partition)
        let row = unsafe known ?? rd_kafka_topic_partition_list_add(offsets, name, message.partition)
        unsafe row?.pointee.offset = message.offset + 1
    }

    private static func client(_ type: rd_kafka_type_t, _ properties: [(String, String)]) throws(BusError) -> OpaquePointer {
        let conf = unsafe rd_kafka_conf_new()
        for (name, value) in properties {
            guard unsafe rd_kafka_conf_set(conf, name, value, nil, 0) == RD_KAFKA_CONF_OK else {
                throw failure("librdkafka does not take \(name)")
            }
        }
        guard let client = unsafe rd_kafka_new(type, conf, nil, 0) else { throw failure("no client") }
        return unsafe client
    }

    private static func check(_ error: OpaquePointer?) throws(BusError) {
        guard let error = unsafe error else { return }
        let text = unsafe rd_kafka_error_string(error).map { unsafe String(cString: $0) } ?? ""
        unsafe rd_kafka_error_destroy(error)
        throw failure(text)
    }

    private static func failure(_ text: String) -> BusError {
        BusError(.other, text: text, fix: "see the broker's log", disposition: .stop)
    }
}

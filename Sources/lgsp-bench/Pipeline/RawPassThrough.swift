// The raw limit: librdkafka's C API reads a batch and produces the same bytes, nothing else. With exactly-once it
// commits offsets and output in transactions of the size that the hub's workers have; without, it only flushes.
// Not for anything but measuring: any error ends it.
import CRdKafka
import Foundation

/// What the pass-through reads and writes.
struct RawSettings {
    var servers: String
    var input: String
    var output: String
    var group: String
    /// nil: without transactions.
    var transactionalId: String?
    var records: Int
    var batchRecordsMax = 1_000
    var transactionRecordsMax = 20_000
}

/// The pass-through. Safe because: one thread owns every handle, and all live until the process ends.
@safe struct RawPassThrough {
    private let settings: RawSettings
    private let consumer: OpaquePointer
    private let producer: OpaquePointer
    private let queue: OpaquePointer
    private let output: OpaquePointer
    private let messages: UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>?>
    /// The offset that comes next, by partition.
    private var next: [Int64] = []

    init(_ settings: RawSettings) throws {
        self.settings = settings
        unsafe consumer = try RawPassThrough.client(
            RD_KAFKA_CONSUMER,
            [
                ("bootstrap.servers", settings.servers), ("group.id", settings.group), ("enable.auto.commit", "false"),
                ("enable.auto.offset.store", "false"), ("auto.offset.reset", "earliest"), ("check.crcs", "true"),
                ("isolation.level", "read_committed"), ("fetch.wait.max.ms", "100"), ("fetch.max.bytes", "16777216"),
                ("queued.max.messages.kbytes", "131072"), ("queued.min.messages", "400000"),
            ])
        var properties = [
            ("bootstrap.servers", settings.servers), ("acks", "all"), ("linger.ms", "5"), ("batch.num.messages", "100000"),
            ("batch.size", "1000000"), ("queue.buffering.max.messages", "200000"),
            ("queue.buffering.max.kbytes", "131072"), ("partitioner", "murmur2_random"),
        ]
        if let id = settings.transactionalId { properties.append(("transactional.id", id)) }
        unsafe producer = try RawPassThrough.client(RD_KAFKA_PRODUCER, properties)
        unsafe rd_kafka_poll_set_consumer(consumer)
        let topics = unsafe rd_kafka_topic_partition_list_new(1)
        unsafe rd_kafka_topic_partition_list_add(topics, settings.input, -1)
        unsafe rd_kafka_subscribe(consumer, topics)
        unsafe rd_kafka_topic_partition_list_destroy(topics)
        guard let queue = unsafe rd_kafka_queue_get_consumer(consumer),
            let output = unsafe rd_kafka_topic_new(producer, settings.output, nil)
        else { throw BenchFailure("librdkafka gives no queue or topic") }
        unsafe self.queue = queue
        unsafe self.output = output
        unsafe messages = .allocate(capacity: settings.batchRecordsMax)
    }

    @unsafe private static func client(_ type: rd_kafka_type_t, _ properties: [(String, String)]) throws -> OpaquePointer {
        let configuration = unsafe rd_kafka_conf_new()
        var text = [CChar](repeating: 0, count: 512)
        for (name, value) in properties
        where unsafe rd_kafka_conf_set(configuration, name, value, &text, text.count) != RD_KAFKA_CONF_OK {
            throw BenchFailure("librdkafka does not take \(name)=\(value)")
        }
        guard let made = unsafe rd_kafka_new(type, configuration, &text, text.count) else {
            throw BenchFailure("librdkafka makes no client")
        }
        return unsafe made
    }

    /// Passes the records on; measured from the second batch to the last commit.
    mutating func run() throws -> PartResult {
        if settings.transactionalId != nil { try unsafe check(rd_kafka_init_transactions(producer, -1)) }
        var passed = 0
        var before: (use: ResourceUse, passed: Int)?
        var open = 0
        var began = ContinuousClock.now
        while passed < settings.records {
            let count = unsafe rd_kafka_consume_batch_queue(queue, 100, messages, settings.batchRecordsMax)
            guard count > 0 else { continue }
            if open == 0 {
                began = .now
                if settings.transactionalId != nil { try unsafe check(rd_kafka_begin_transaction(producer)) }
            }
            let taken = try pass(count)
            passed += taken
            open += taken
            if before == nil, taken > 0 { before = (ResourceUse(), passed) }
            let isDue = open >= settings.transactionRecordsMax || ContinuousClock.now - began >= .milliseconds(500)
            if isDue || passed >= settings.records {
                try commit()
                open = 0
            }
        }
        guard let before else { throw BenchFailure("\(settings.input) has no record") }
        let result = before.use.result(records: passed - before.passed, written: passed)
        unsafe rd_kafka_consumer_close(consumer)
        return result
    }

    private mutating func pass(_ count: Int) throws -> Int {
        var taken = 0
        for place in 0..<count {
            guard let message = unsafe messages[place] else { continue }
            defer { unsafe rd_kafka_message_destroy(message) }
            guard unsafe message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            while unsafe rd_kafka_produce(
                output, -1, RD_KAFKA_MSG_F_COPY, message.pointee.payload, message.pointee.len, message.pointee.key,
                message.pointee.key_len, nil) != 0
            {
                guard rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
                    throw BenchFailure("librdkafka does not take a record")
                }
                unsafe rd_kafka_poll(producer, 10)
            }
            let partition = Int(unsafe message.pointee.partition)
            while next.count <= partition { next.append(-1) }
            next[partition] = unsafe message.pointee.offset + 1
            taken += 1
        }
        unsafe rd_kafka_poll(producer, 0)
        return taken
    }

    private func commit() throws {
        let offsets = unsafe rd_kafka_topic_partition_list_new(Int32(next.count))
        defer { unsafe rd_kafka_topic_partition_list_destroy(offsets) }
        for (partition, offset) in next.enumerated() where offset >= 0 {
            unsafe rd_kafka_topic_partition_list_add(offsets, settings.input, Int32(partition)).pointee.offset = offset
        }
        guard settings.transactionalId != nil else {
            unsafe rd_kafka_flush(producer, 30_000)
            guard unsafe rd_kafka_commit(consumer, offsets, 0) == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw BenchFailure("offsets were not committed")
            }
            return
        }
        let metadata = unsafe rd_kafka_consumer_group_metadata(consumer)
        defer { unsafe rd_kafka_consumer_group_metadata_destroy(metadata) }
        try unsafe check(rd_kafka_send_offsets_to_transaction(producer, offsets, metadata, 30_000))
        try unsafe check(rd_kafka_commit_transaction(producer, -1))
    }

    private func check(_ error: OpaquePointer?) throws {
        guard let error = unsafe error else { return }
        defer { unsafe rd_kafka_error_destroy(error) }
        throw BenchFailure(unsafe String(cString: rd_kafka_error_string(error)))
    }
}

// Messages between librdkafka and the batch: fetched together, handed out until a batch is full.

import CRdKafka
import Records

/// Owns a `rd_kafka_queue_t` and the messages taken from it that are not handed out yet. Used by one thread.
@safe final class FetchQueue {
    /// Held so that the client outlives the queue: librdkafka wants its queues destroyed first, and waits for
    /// ever otherwise.
    private let handle: ClientHandle
    private let queue: OpaquePointer
    private let recordsMax: Int
    private let bytesMax: Int
    private let messages: UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>?>
    private var first = 0
    private var end = 0

    @unsafe init(owning queue: OpaquePointer, of handle: ClientHandle, recordsMax: Int, bytesMax: Int) {
        self.handle = handle
        unsafe self.queue = queue
        self.recordsMax = max(1, recordsMax)
        self.bytesMax = max(1, bytesMax)
        unsafe messages = .allocate(capacity: self.recordsMax)
    }

    deinit {
        dropAll()
        unsafe messages.deallocate()
        unsafe rd_kafka_queue_destroy(queue)
    }

    var isEmpty: Bool { first == end }

    /// Waits for the first message, then takes what has already arrived: nothing is kept back to make a
    /// batch grow. Call it when empty.
    ///
    /// A rebalance in the first call comes before its one message, so that message belongs to the partitions
    /// of now. One in the second call comes after messages that may be somebody else's: then `keep`. The
    /// second call does not wait, so partitions cannot be given back and fetched again within it.
    /// - Parameter isInterrupted: whether a rebalance in the first call wants the batch to end there.
    func fetch(timeoutMilliseconds: Int, isInterrupted: () -> Bool) {
        first = 0
        end = max(0, unsafe rd_kafka_consume_batch_queue(queue, Int32(clamping: timeoutMilliseconds), messages, 1))
        if end == 1, recordsMax > 1, !isInterrupted() {
            end += max(0, unsafe rd_kafka_consume_batch_queue(queue, 0, messages + 1, recordsMax - 1))
        }
    }

    /// The same through librdkafka's plain poll, one call per message.
    func fetchOneByOne(timeoutMilliseconds: Int, isInterrupted: () -> Bool) {
        (first, end) = (0, 0)
        var timeout = Int32(clamping: timeoutMilliseconds)
        while end < recordsMax, let message = unsafe rd_kafka_consumer_poll(handle.pointer, timeout) {
            unsafe messages[end] = message
            end += 1
            timeout = 0
            if isInterrupted() { break }
        }
    }

    /// Drops what belongs to other partitions.
    func keep(_ partitions: Set<TopicPartition>) {
        var kept = first
        for place in first..<end {
            guard let message = unsafe messages[place] else { continue }
            let topic = unsafe Self.topicName(of: message) ?? ""
            if partitions.contains(TopicPartition(topic, unsafe message.pointee.partition)) {
                unsafe messages[kept] = message
                kept += 1
            } else {
                unsafe rd_kafka_message_destroy(message)
            }
        }
        end = kept
    }

    func dropAll() {
        for place in first..<end {
            if let message = unsafe messages[place] { unsafe rd_kafka_message_destroy(message) }
        }
        (first, end) = (0, 0)
    }

    /// Copies messages into the batch until it is full.
    /// - Returns: the error that stops reading, once everything before it has been handed out.
    func handOut(into batch: inout RecordBatch, _ outcome: inout PollOutcome) -> BusError? {
        var copier = MessageCopier()
        while first < end, batch.arena.count < bytesMax {
            guard let message = unsafe messages[first] else { break }
            let code = unsafe message.pointee.err
            if code == RD_KAFKA_RESP_ERR_NO_ERROR {
                unsafe copier.copy(message, into: &batch)
            } else if code == RD_KAFKA_RESP_ERR__PARTITION_EOF {
                let topic = unsafe Self.topicName(of: message) ?? ""
                outcome.endPositions.append(
                    PartitionPosition(topic, unsafe message.pointee.partition, unsafe message.pointee.offset))
            } else {
                let error = unsafe Self.error(of: message, servers: handle.servers)
                if error.disposition == .stop || error.disposition == .recreate || error.code == .rebalanced {
                    if !batch.isEmpty || !outcome.endPositions.isEmpty || outcome.isRebalanced { return nil }
                    unsafe rd_kafka_message_destroy(message)
                    first += 1
                    return error
                }
                outcome.warning = error
            }
            unsafe rd_kafka_message_destroy(message)
            first += 1
        }
        return nil
    }

    private static func topicName(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> String? {
        guard let topic = unsafe message.pointee.rkt else { return nil }
        return unsafe rd_kafka_topic_name(topic).map { unsafe String(cString: $0) }
    }

    private static func error(of message: UnsafeMutablePointer<rd_kafka_message_t>, servers: String) -> BusError {
        let detail = unsafe rd_kafka_message_errstr(message).map { unsafe String(cString: $0) } ?? ""
        return BusError(
            unsafe message.pointee.err, detail: detail, topic: unsafe topicName(of: message),
            partition: unsafe message.pointee.partition, servers: servers)
    }
}

// Writes batches to the bus, idempotently: a record that is acknowledged is stored once. Transactions are
// in Transaction.swift.

import CRdKafka
public import Records
import Runtime

/// How a producer writes.
public struct ProducerOptions: Sendable {
    /// How long a record waits for company before it is sent, milliseconds.
    public var lingerMilliseconds = 5
    /// `none`, `lz4`, `zstd`, `gzip` or `snappy`.
    public var compression = "none"
    /// After so long without an acknowledgement a record counts as not stored.
    public var deliveryMilliseconds = BusLimits.deliveryMilliseconds
    public var transactionMilliseconds = BusLimits.transactionMilliseconds

    public init() {}
}

/// A producer, with transactions where it has a transactional id.
///
/// Safe because: it is made by one thread and then used by one thread; librdkafka's handle may be used
/// from any.
@safe public final class Producer: @unchecked Sendable {
    public let transactionalId: String?
    let handle: ClientHandle
    private let options: ProducerOptions
    private var topics: [String: OpaquePointer] = unsafe [:]
    /// The reused arguments of `rd_kafka_produceva`: what stays the same for all records is written once.
    private let arguments: UnsafeMutablePointer<rd_kafka_vu_t>

    /// - Parameter transactionalId: the same after each restart of the same worker, so that the broker can
    ///   end what it left open.
    /// - Throws: `BusError` with code `settings`.
    public init(
        _ settings: BusSettings, transactionalId: String? = nil, options: ProducerOptions = ProducerOptions()
    ) throws(BusError) {
        self.transactionalId = transactionalId
        self.options = options
        var properties = [
            ("enable.idempotence", "true"), ("acks", "all"), ("linger.ms", "\(options.lingerMilliseconds)"),
            ("batch.num.messages", "100000"), ("batch.size", "1000000"), ("compression.codec", options.compression),
            ("message.max.bytes", "\(BusLimits.recordBytesMax)"),
            ("queue.buffering.max.messages", "\(BusLimits.queuedRecordsMax)"),
            ("queue.buffering.max.kbytes", "\(BusLimits.queuedKibibytesMax)"),
            // Java's choice of partition, so that every client puts one key in one partition.
            ("partitioner", "murmur2_random"),
            // Kafka answers "previous transaction still ending" to the first steps of the next one: asking again
            // after 5 ms instead of 50 took a transaction of 1,000 records from 38 ms to 31.
            ("retry.backoff.ms", transactionalId == nil ? "50" : "10"),
        ]
        if let transactionalId {
            properties += [
                ("transactional.id", transactionalId), ("transaction.timeout.ms", "\(options.transactionMilliseconds)"),
                ("message.timeout.ms", "\(min(options.deliveryMilliseconds, options.transactionMilliseconds))"),
                // A commit succeeds only if every record was stored: only failures need telling.
                ("delivery.report.only.error", "true"),
            ]
        } else {
            properties.append(("message.timeout.ms", "\(options.deliveryMilliseconds)"))
        }
        handle = try ClientHandle(.producer, settings, properties: properties)
        unsafe arguments = .allocate(capacity: Argument.count)
        unsafe arguments.initialize(repeating: rd_kafka_vu_t(), count: Argument.count)
        unsafe Argument.prepare(arguments)
    }

    /// Whether a transaction was begun and has not ended.
    var isInTransaction = false

    deinit {
        // librdkafka 2.0.2 ends the whole process (assertion in rd_kafka_txn_handle_AddPartitionsToTxn) when a
        // client goes while a partition is being added to its transaction. So the transaction is ended first;
        // where that fails, in doubt or fenced, the client is left alone: a few idle threads, and rare.
        if isInTransaction, !endsOpenTransaction() {
            Log.warning("bus.producer-abandoned", ["client": handle.name])
            handle.abandon()
            return
        }
        for unsafe topic in unsafe topics.values { unsafe rd_kafka_topic_destroy(topic) }
        unsafe arguments.deallocate()
    }

    /// Hands every record of the batch to librdkafka, which copies it. Waits while its queue is full.
    /// - Returns: what to wait for, where there is no transaction; with one the commit waits for all.
    /// - Throws: `BusError`. With a transaction, a record that can never be stored is `.park` and named in
    ///   `failedRecords`, and the transaction must be aborted; without one it is found in the ticket.
    @discardableResult
    public func produce(_ batch: borrowing RecordBatch) throws(BusError) -> Ticket {
        guard batch.count <= DeliveryLedger.placesMax else {
            throw BusError(
                .recordInvalid, text: "\(batch.count) records in one batch", fix: "produce smaller batches",
                disposition: .stop)
        }
        let ticket = transactionalId == nil ? handle.observer.deliveries.open(count: batch.count) : Ticket(number: 0)
        let handles = try unsafe topicHandles(batch.topics)
        let deadline = Deadline(afterMilliseconds: options.deliveryMilliseconds)
        for place in 0..<batch.count {
            try unsafe produce(batch, place, handles, ticket, deadline)
        }
        unsafe rd_kafka_poll(handle.pointer, 0)
        return ticket
    }

    private func produce(
        _ batch: borrowing RecordBatch, _ place: Int, _ handles: [OpaquePointer], _ ticket: Ticket, _ deadline: Deadline
    ) throws(BusError) {
        let slot = batch.slots[place]
        while true {
            let code = unsafe Argument.produce(
                handle.pointer, arguments, batch, slot, topic: handles[Int(slot.topic)],
                opaque: DeliveryLedger.opaque(ticket, place))
            switch code {
            case RD_KAFKA_RESP_ERR_NO_ERROR: return
            case RD_KAFKA_RESP_ERR__QUEUE_FULL where !deadline.hasPassed:
                unsafe rd_kafka_poll(handle.pointer, 10)
            default:
                try refuse(code, batch.topics[Int(slot.topic)], place, ticket, rest: batch.count - place)
                return
            }
        }
    }

    /// A record that librdkafka did not take.
    private func refuse(
        _ code: rd_kafka_resp_err_t, _ topic: String, _ place: Int, _ ticket: Ticket, rest: Int
    ) throws(BusError) {
        var error = BusError(code, topic: topic, servers: handle.servers, failedRecords: [place])
        if error.disposition == .park, transactionalId == nil {
            handle.observer.deliveries.settle(ticket, place, code, partition: -1, offset: -1)
            return
        }
        _ = handle.observer.deliveries.close(ticket)
        if let fatal = fatalFailure() { error = fatal }
        throw handle.explained(error)
    }

    private func topicHandles(_ names: [String]) throws(BusError) -> [OpaquePointer] {
        var handles: [OpaquePointer] = unsafe []
        for name in names {
            if let known = unsafe topics[name] {
                unsafe handles.append(known)
                continue
            }
            guard let made = unsafe rd_kafka_topic_new(handle.pointer, name, nil) else {
                throw BusError(rd_kafka_last_error(), topic: name, servers: handle.servers)
            }
            unsafe topics[name] = made
            unsafe handles.append(made)
        }
        return unsafe handles
    }

    /// Whether all records of the ticket were stored or have failed. Serves what has arrived.
    public func isSettled(_ ticket: Ticket) -> Bool {
        unsafe rd_kafka_poll(handle.pointer, 0)
        return handle.observer.deliveries.isSettled(ticket)
    }

    /// Waits until every record of the ticket is stored.
    /// - Returns: where each record lies, in the batch's order.
    /// - Throws: `BusError` naming in `failedRecords` those that were not stored; the others are.
    @discardableResult
    public func wait(for ticket: Ticket) throws(BusError) -> ContiguousArray<StoredPlace> {
        // librdkafka gives every record up after `message.timeout.ms`, so this ends.
        while !handle.observer.deliveries.isSettled(ticket) {
            unsafe rd_kafka_flush(handle.pointer, 100)
        }
        guard let entry = handle.observer.deliveries.close(ticket) else { return [] }
        if entry.failed.isEmpty { return entry.places }
        if var fatal = fatalFailure() {
            fatal.failedRecords = entry.failed
            throw fatal
        }
        throw handle.explained(
            BusError(
                entry.firstFailure, partition: entry.firstPartition, servers: handle.servers,
                failedRecords: entry.failed))
    }

    /// Produces and returns when every record is stored.
    @discardableResult
    public func produceAndWait(_ batch: borrowing RecordBatch) throws(BusError) -> ContiguousArray<StoredPlace> {
        precondition(transactionalId == nil, "A transactional producer's records are stored by its commit.")
        return try wait(for: try produce(batch))
    }

    /// The error after which this producer stores nothing any more.
    func fatalFailure() -> BusError? {
        var text = [CChar](repeating: 0, count: 512)
        let code = unsafe rd_kafka_fatal_error(handle.pointer, &text, text.count)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR { return nil }
        let detail = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var error = BusError(code, detail: detail, servers: handle.servers)
        error.disposition = .recreate
        return error
    }
}

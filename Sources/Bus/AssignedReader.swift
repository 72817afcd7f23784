// Reads partitions it names itself, outside of any group: state restored at a start, the consent ledger up
// to its end, a report over a topic. It commits nothing.
//
// It uses librdkafka's consumer without a group, so it needs no right on a group and asks no coordinator.

import CRdKafka
public import Records
import Runtime

/// A reader of given partitions from given places.
///
/// Safe because: it is made by one thread and then used by one thread; librdkafka's handle may be used
/// from any.
@safe public final class AssignedReader: @unchecked Sendable {
    private let handle: ClientHandle
    private let offsets: OffsetQuery
    private let messages: FetchQueue
    private var topics: [String: OpaquePointer] = unsafe [:]
    private var running: [TopicPartition] = []
    /// What comes next in each partition.
    private var reached = PartitionPositions()

    /// Starts reading.
    /// - Parameters:
    ///   - positions: where to begin in each partition; `PartitionPosition.oldest` for the first record there is.
    ///   - fetchWaitMilliseconds: how long the broker holds an empty fetch; bounds how late an end that lies
    ///     behind transaction markers is seen.
    ///   - asksOften: asks for the ends on a connection of its own. A broker answers one connection's requests
    ///     in their order, so on the reader's own the question waits behind a fetch that finds nothing.
    /// - Throws: `BusError` where the settings are wrong.
    public init(
        _ settings: BusSettings, from positions: [PartitionPosition], isolation: Isolation = .committed,
        fetchWaitMilliseconds: Int = 20, asksOften: Bool = false
    ) throws(BusError) {
        let properties = [
            ("isolation.level", isolation.word), ("enable.partition.eof", "true"), ("enable.auto.commit", "false"),
            ("auto.offset.reset", "earliest"), ("check.crcs", "true"), ("fetch.error.backoff.ms", "100"),
            ("fetch.wait.max.ms", "\(fetchWaitMilliseconds)"), ("fetch.max.bytes", "\(BusLimits.fetchBytesMax)"),
            ("queued.max.messages.kbytes", "\(BusLimits.fetchedAheadKibibytesMax)"),
            ("queued.min.messages", "\(BusLimits.fetchedAheadRecordsMax)"),
        ]
        handle = try ClientHandle(.consumer, settings, properties: properties)
        offsets = OffsetQuery(asksOften ? try ClientHandle(.consumer, settings, properties: properties) : handle)
        guard let queue = unsafe rd_kafka_queue_new(handle.pointer) else {
            throw BusError(.settings, text: "out of memory", fix: "give the process more memory", disposition: .stop)
        }
        unsafe messages = FetchQueue(
            owning: queue, of: handle, recordsMax: BusLimits.batchRecordsMax, bytesMax: BusLimits.batchBytesMax)
        for position in positions { try unsafe start(position, queue) }
    }

    deinit {
        messages.dropAll()
        for partition in running {
            if let topic = unsafe topics[partition.topic] { unsafe rd_kafka_consume_stop(topic, partition.partition) }
        }
        for unsafe topic in unsafe topics.values { unsafe rd_kafka_topic_destroy(topic) }
    }

    private func start(_ position: PartitionPosition, _ queue: OpaquePointer) throws(BusError) {
        let topic: OpaquePointer
        if let known = unsafe topics[position.topic] {
            unsafe topic = known
        } else if let made = unsafe rd_kafka_topic_new(handle.pointer, position.topic, nil) {
            unsafe topics[position.topic] = made
            unsafe topic = made
        } else {
            throw BusError(rd_kafka_last_error(), topic: position.topic, servers: handle.servers)
        }
        guard unsafe rd_kafka_consume_start_queue(topic, position.partition, position.offset, queue) == 0 else {
            throw BusError(
                rd_kafka_last_error(), topic: position.topic, partition: position.partition, servers: handle.servers)
        }
        running.append(position.topicPartition)
        if position.offset >= 0 { reached.advance(to: position) }
    }

    /// The partitions it reads.
    public var partitions: [TopicPartition] { running }

    /// What comes next in a partition; nil before anything is known of it.
    public func position(of partition: TopicPartition) -> Int64? { reached[partition.topic, partition.partition] }

    /// Where its partitions end now, for readers of its isolation: the last stable offset where only committed
    /// records are read.
    public func endOffsets(timeoutMilliseconds: Int = BusLimits.requestMilliseconds) throws(BusError)
        -> [PartitionPosition]
    {
        try offsets.offsets(of: running, at: .end, timeoutMilliseconds: timeoutMilliseconds)
    }

    /// Fetches what there is, waiting up to the timeout for the first record.
    public func poll(into batch: inout RecordBatch, timeoutMilliseconds: Int) throws(BusError) -> PollOutcome {
        batch.removeAll()
        var outcome = PollOutcome()
        if messages.isEmpty { messages.fetch(timeoutMilliseconds: timeoutMilliseconds) { false } }
        let error = messages.handOut(into: &batch, &outcome)
        outcome.recordCount = batch.count
        if let error { throw error }
        reached.advance(past: batch, and: outcome)
        // Serves log lines and errors, which wait in another queue here than messages do.
        unsafe rd_kafka_poll(handle.pointer, 0)
        if batch.isEmpty, outcome.warning == nil { outcome.warning = handle.takeConnectionFault() }
        return outcome
    }

    /// Whether everything before those positions was read.
    public func hasReached(_ ends: [PartitionPosition]) -> Bool {
        ends.allSatisfy { end in end.offset <= 0 || (reached[end.topic, end.partition] ?? -1) >= end.offset }
    }

    /// Reads until everything before `ends` was handed to `body`; what follows them in the same fetch is
    /// handed over too. Returns at once where nothing is missing.
    /// - Throws: `BusError` with code `timedOut` or `unreachable` where the ends were not reached in time.
    public func read(
        to ends: [PartitionPosition], timeoutMilliseconds: Int, _ body: (borrowing RecordBatch) -> Void
    ) throws(BusError) {
        let deadline = Deadline(afterMilliseconds: timeoutMilliseconds)
        var batch = RecordBatch()
        var warning: BusError?
        while !hasReached(ends) {
            if deadline.hasPassed {
                throw warning
                    ?? BusError(
                        .timedOut, topic: ends.first?.topic, text: "the end was not reached in \(timeoutMilliseconds) ms",
                        fix: "check that the broker keeps up and that no transaction is left open",
                        disposition: .retry(afterMilliseconds: 1_000))
            }
            let outcome = try poll(into: &batch, timeoutMilliseconds: min(100, deadline.remainingMilliseconds))
            warning = outcome.warning ?? warning
            if !batch.isEmpty { body(batch) }
        }
    }

    /// Reads to where the partitions end at the moment of the call.
    /// - Returns: those ends: everything before them was handed to `body`.
    @discardableResult
    public func readToEnd(
        timeoutMilliseconds: Int = 60_000, _ body: (borrowing RecordBatch) -> Void
    ) throws(BusError) -> [PartitionPosition] {
        let ends = try endOffsets(timeoutMilliseconds: timeoutMilliseconds)
        try read(to: ends, timeoutMilliseconds: timeoutMilliseconds, body)
        return ends
    }
}

extension PartitionPosition {
    /// The first record of a partition that is still there.
    public static func oldest(_ topic: String, _ partition: Int32) -> PartitionPosition {
        PartitionPosition(topic, partition, Int64(RD_KAFKA_OFFSET_BEGINNING))
    }
}

// Reads the partitions that its group gives it, batch by batch, and commits how far they were dealt with.
//
// Rules of librdkafka 2.0.2 that this file keeps: the batch call may skip records around pause, resume and
// seek, so none of them is ever called; offsets are committed explicitly and nothing is stored behind our
// back (`enable.auto.offset.store=false`); one thread polls one handle.

import CRdKafka
public import Records
import Runtime

/// How a consumer reads.
public struct ConsumerOptions: Sendable {
    public var isolation = Isolation.committed
    /// Records in a batch at most.
    public var recordsMax = BusLimits.batchRecordsMax
    /// Bytes after which a batch takes no further record.
    public var bytesMax = BusLimits.batchBytesMax
    /// Where a group without committed offsets begins: at the oldest record, or at what comes next.
    public var startsAtOldest = true
    public var sessionMilliseconds = BusLimits.sessionMilliseconds
    public var pollIntervalMilliseconds = BusLimits.pollIntervalMilliseconds
    public var fetchWaitMilliseconds = BusLimits.fetchWaitMilliseconds
    /// Memory against the rate at which a backlog is read: see `BusLimits.fetchedAheadKibibytesMax`.
    public var fetchedAheadKibibytesMax = BusLimits.fetchedAheadKibibytesMax
    /// librdkafka's batch call, twice as fast; false reads record by record through the plain poll.
    public var usesBatchCall = true

    public init() {}
}

/// What a poll brought besides records.
public struct PollOutcome: Sendable {
    /// Records in the batch.
    public var recordCount = 0
    /// Partitions that became ours in this poll.
    public var assigned: [TopicPartition] = []
    /// Partitions that were taken from us: abort the open transaction, forget their state, commit nothing of
    /// them. Records of theirs are not in the batch.
    public var revoked: [TopicPartition] = []
    /// They were taken without asking (session timeout): another consumer may already work on them.
    public var isLost = false
    /// Partitions read to their end, with the position after everything in them, transaction markers and
    /// aborted records included: commit it once the batch is dealt with, and the lag is 0.
    public var endPositions: [PartitionPosition] = []
    /// Something to know that does not stop the reading: a broker out of reach, a topic not there yet.
    public var warning: BusError?

    public var isRebalanced: Bool { !assigned.isEmpty || !revoked.isEmpty }
    public init() {}
}

/// A member of a consumer group.
///
/// Safe because: it is made by one thread and then used by one thread; the queue of fetched messages
/// belongs to that thread alone, and librdkafka's handle may be used from any.
@safe public final class Consumer: @unchecked Sendable {
    public let group: String
    let handle: ClientHandle
    private let options: ConsumerOptions
    private let messages: FetchQueue
    private var isClosed = false

    /// Joins a group; partitions arrive with a later poll.
    /// - Parameters:
    ///   - topics: names, or regular expressions where they begin with `^`.
    ///   - onRevoke: called inside `poll`, before partitions are given up in order (not when they are lost):
    ///     the last chance to commit what is done, without a transaction.
    /// - Throws: `BusError` with code `settings`.
    public init(
        _ settings: BusSettings, group: String, topics: [String], options: ConsumerOptions = ConsumerOptions(),
        onRevoke: (([TopicPartition]) -> Void)? = nil
    ) throws(BusError) {
        self.group = group
        self.options = options
        handle = try ClientHandle(.consumer, settings, properties: Self.properties(group, options))
        handle.observer.rebalance.listener = onRevoke
        unsafe rd_kafka_poll_set_consumer(handle.pointer)
        guard let queue = unsafe rd_kafka_queue_get_consumer(handle.pointer) else {
            throw BusError(.settings, text: "no group given", fix: "give the consumer a group", disposition: .stop)
        }
        unsafe messages = FetchQueue(
            owning: queue, of: handle, recordsMax: options.recordsMax, bytesMax: options.bytesMax)
        let list = PartitionList(capacity: topics.count)
        for topic in topics { list.add(topic, -1, Int64(RD_KAFKA_OFFSET_INVALID)) }
        let code = unsafe rd_kafka_subscribe(handle.pointer, list.pointer)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw BusError(code, servers: settings.bootstrapServers) }
    }

    deinit { close() }

    /// Leaves the group at once, so that others take over without waiting for the session to time out.
    public func close() {
        if isClosed { return }
        isClosed = true
        messages.dropAll()
        unsafe rd_kafka_consumer_close(handle.pointer)
    }

    private static func properties(_ group: String, _ options: ConsumerOptions) -> [(String, String)] {
        [
            ("group.id", group), ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"),
            ("auto.offset.reset", options.startsAtOldest ? "earliest" : "latest"),
            ("isolation.level", options.isolation.word), ("enable.partition.eof", "true"),
            ("partition.assignment.strategy", "roundrobin"), ("check.crcs", "true"),
            ("session.timeout.ms", "\(options.sessionMilliseconds)"),
            ("heartbeat.interval.ms", "\(max(100, options.sessionMilliseconds / 4))"),
            ("max.poll.interval.ms", "\(max(options.pollIntervalMilliseconds, options.sessionMilliseconds))"),
            ("fetch.wait.max.ms", "\(options.fetchWaitMilliseconds)"), ("fetch.error.backoff.ms", "100"),
            ("fetch.max.bytes", "\(BusLimits.fetchBytesMax)"),
            ("queued.max.messages.kbytes", "\(options.fetchedAheadKibibytesMax)"),
            ("queued.min.messages", "\(BusLimits.fetchedAheadRecordsMax)"),
        ]
    }

    /// Partitions that are ours now.
    public var owned: Set<TopicPartition> { handle.observer.rebalance.owned }

    /// Fetches what there is, waiting up to the timeout for the first record.
    /// - Parameter batch: emptied first; then filled.
    /// - Throws: `BusError` where reading cannot go on as it is; a warning in the outcome where it can.
    public func poll(into batch: inout RecordBatch, timeoutMilliseconds: Int) throws(BusError) -> PollOutcome {
        batch.removeAll()
        var outcome = PollOutcome()
        handle.observer.rebalance.startPoll()
        if messages.isEmpty { fetch(timeoutMilliseconds: timeoutMilliseconds) }
        if handle.observer.rebalance.hasFired {
            outcome.assigned = handle.observer.rebalance.assigned
            outcome.revoked = handle.observer.rebalance.revoked
            outcome.isLost = handle.observer.rebalance.isLost
            Log.info(
                "bus.rebalanced",
                [
                    "group": group, "assigned": "\(outcome.assigned.count)", "revoked": "\(outcome.revoked.count)",
                    "lost": "\(outcome.isLost)",
                ])
        }
        let error = messages.handOut(into: &batch, &outcome)
        outcome.recordCount = batch.count
        if let error { throw error }
        if outcome.recordCount == 0, outcome.warning == nil { outcome.warning = handle.takeConnectionFault() }
        return outcome
    }

    private func fetch(timeoutMilliseconds: Int) {
        let rebalance = { self.handle.observer.rebalance.hasFired }
        if options.usesBatchCall {
            messages.fetch(timeoutMilliseconds: timeoutMilliseconds, isInterrupted: rebalance)
        } else {
            messages.fetchOneByOne(timeoutMilliseconds: timeoutMilliseconds, isInterrupted: rebalance)
        }
        // What was fetched before partitions were revoked in the same call is somebody else's now.
        if !handle.observer.rebalance.revoked.isEmpty { messages.keep(owned) }
    }

    /// Commits positions of partitions that are still ours, and waits for the answer. For consumers whose
    /// effects are not in a Kafka transaction.
    public func commit(_ positions: PartitionPositions) throws(BusError) {
        let list = ownedList(positions)
        if unsafe list.pointer.pointee.cnt == 0 { return }
        let code = unsafe rd_kafka_commit(handle.pointer, list.pointer, 0)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw handle.explained(BusError(code, servers: handle.servers)) }
        if let error = list.firstError(servers: handle.servers) { throw error }
    }

    /// Positions of partitions that are ours, as librdkafka wants them.
    func ownedList(_ positions: PartitionPositions) -> PartitionList {
        let list = PartitionList(capacity: positions.count)
        for position in positions.positions where position.offset >= 0 && owned.contains(position.topicPartition) {
            list.add(position.topic, position.partition, position.offset)
        }
        return list
    }
}

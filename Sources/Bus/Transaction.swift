// Transactions: what a worker produced and how far it read become visible together or not at all.
//
// After an error look at its disposition: `.retry` calls the same function again, `.abort` calls
// `abortTransaction`, `.recreate` destroys this producer and its consumer and starts both anew. A commit
// that timed out is in doubt: never abort it, call it again or recreate; `initTransactions` of the next
// producer with the same id then waits until the broker has ended it one way or the other, and the
// committed offsets say which.

import CRdKafka

extension Producer {
    /// Takes over the transactional id: fences an older process with it and ends what that left open. Once,
    /// before the first transaction.
    public func initTransactions(timeoutMilliseconds: Int? = nil) throws(BusError) {
        try unsafe check(rd_kafka_init_transactions(handle.pointer, Self.timeout(timeoutMilliseconds)))
    }

    public func beginTransaction() throws(BusError) {
        handle.observer.deliveries.lastFailure = nil
        try unsafe check(rd_kafka_begin_transaction(handle.pointer))
        isInTransaction = true
    }

    /// Adds positions of the consumer's partitions to the transaction; those no longer its own are left out.
    public func sendOffsets(
        _ positions: PartitionPositions, of consumer: Consumer,
        timeoutMilliseconds: Int = BusLimits.requestMilliseconds
    ) throws(BusError) {
        let list = consumer.ownedList(positions)
        if unsafe list.pointer.pointee.cnt == 0 { return }
        guard let metadata = unsafe rd_kafka_consumer_group_metadata(consumer.handle.pointer) else {
            throw BusError(
                .rebalanced, text: "the consumer is not in a group", fix: "go on with the next poll's assignment",
                disposition: .abort)
        }
        let error = unsafe rd_kafka_send_offsets_to_transaction(
            handle.pointer, list.pointer, metadata, Int32(clamping: timeoutMilliseconds))
        unsafe rd_kafka_consumer_group_metadata_destroy(metadata)
        try unsafe check(error)
    }

    /// Waits until everything produced is stored, then commits.
    public func commitTransaction(timeoutMilliseconds: Int? = nil) throws(BusError) {
        try unsafe check(rd_kafka_commit_transaction(handle.pointer, Self.timeout(timeoutMilliseconds)))
        isInTransaction = false
    }

    /// Drops what the transaction produced; readers of committed records never see it.
    public func abortTransaction(timeoutMilliseconds: Int? = nil) throws(BusError) {
        try unsafe check(rd_kafka_abort_transaction(handle.pointer, Self.timeout(timeoutMilliseconds)))
        handle.observer.deliveries.lastFailure = nil
        isInTransaction = false
    }

    /// Aborts before the client goes; false where the transaction may still be under way.
    func endsOpenTransaction() -> Bool {
        guard let error = unsafe rd_kafka_abort_transaction(handle.pointer, 2_000) else { return true }
        unsafe rd_kafka_error_destroy(error)
        return false
    }

    /// librdkafka advises -1, what is left of the transaction's time: a shorter wait can leave its own state
    /// behind that of the coordinator.
    private static func timeout(_ milliseconds: Int?) -> Int32 { milliseconds.map { Int32(clamping: $0) } ?? -1 }

    private func check(_ error: OpaquePointer?) throws(BusError) {
        guard let error = unsafe error else { return }
        // Errors and log lines that wait in the queue say why: let them in first.
        unsafe rd_kafka_poll(handle.pointer, 0)
        var result = unsafe BusError(consuming: error, servers: handle.servers)
        if result.disposition == .abort, let failure = handle.observer.deliveries.lastFailure {
            // The commit only says that records failed; the reason is in the delivery reports.
            let cause = BusError(failure, servers: handle.servers)
            result.code = cause.code
            result.text += ": " + cause.text
            result.fix = cause.fix
        }
        throw handle.explained(result)
    }
}

// The transaction side of the broker. A decision goes through three durable steps, in this order:
//   1. the decision (prepare) in `__transaction_state`,
//   2. a marker in every partition of the transaction,
//   3. the completion in `__transaction_state`.
// After 1 the outcome stands whatever happens: a start that finds a decision without completion writes the
// markers again, which does no harm where they are already. The client is answered after 2, so what it
// committed is visible to whoever asks next. 3 may be lost: it only saves writing the markers again.

import KafkaWire

extension BrokerCore {
    /// Writes a transaction's state.
    func persist(_ transaction: Transaction) throws(AppendError) {
        transaction.updateTime = now
        var batch = RecordBatchBuilder(timestamp: now)
        batch.add(key: Transaction.encodeKey(transaction.id), value: transaction.encode())
        try appendInternal(TopicCatalog.transactionsTopic, batch.build())
    }

    /// Adds partitions to the producer's transaction, which begins with the first.
    func add(_ partitions: [TopicPartition], to transaction: Transaction) throws(AppendError) {
        let isNew = transaction.state != .ongoing
        guard isNew || partitions.contains(where: { !transaction.partitions.contains($0) }) else { return }
        let before = (transaction.state, transaction.partitions, transaction.startTime)
        if isNew {
            transaction.state = .ongoing
            transaction.partitions = []
            transaction.startTime = now
        }
        transaction.partitions.formUnion(partitions)
        do throws(AppendError) {
            try persist(transaction)
        } catch {
            (transaction.state, transaction.partitions, transaction.startTime) = before
            throw error
        }
        if isNew { deadlines.add(.transaction(transaction.id), at: now + Int64(transaction.timeout)) }
    }

    /// Decides an open transaction; `afterEnd` runs when its markers are durable.
    func end(_ transaction: Transaction, _ outcome: TransactionOutcome, epoch: Int16? = nil) throws(AppendError) {
        let before = (transaction.state, transaction.epoch)
        transaction.state = outcome == .commit ? .prepareCommit : .prepareAbort
        if let epoch { transaction.epoch = epoch }
        do throws(AppendError) {
            try persist(transaction)
        } catch {
            (transaction.state, transaction.epoch) = before
            throw error
        }
        whenDurable { [unowned self] in writeMarkers(transaction) }
    }

    private func writeMarkers(_ transaction: Transaction) {
        guard transaction.state.isEnding else { return }
        let outcome = transaction.outcome
        let marker = outcome.marker(
            producerID: transaction.producerID, producerEpoch: transaction.epoch, timestamp: now)
        var isComplete = true
        for partition in transaction.partitions {
            // A topic deleted in between needs no marker; a damaged partition cannot take one.
            guard let log = catalog.log(partition.topic, partition.index), log.failure == nil else { continue }
            do throws(AppendError) {
                _ = try log.append(built: marker, outcome: outcome, now: now)
                touch(log)
                if partition.topic == TopicCatalog.offsetsTopic {
                    groups.endTransaction(transaction.producerID, outcome)
                }
            } catch {
                isComplete = false
            }
        }
        guard isComplete else { return deadlines.add(.transaction(transaction.id), at: now + 1_000) }
        whenDurable { [unowned self] in complete(transaction) }
    }

    private func complete(_ transaction: Transaction) {
        guard transaction.state.isEnding else { return }
        transaction.state = transaction.state == .prepareCommit ? .completeCommit : .completeAbort
        transaction.partitions = []
        // Not waited for; a full disk here means markers written again at the next start.
        try? persist(transaction)
        let work = transaction.afterEnd
        transaction.afterEnd = []
        for item in work { item() }
    }

    /// An epoch that fences the producer, from a new producer id when the old one's epochs are used up.
    func fence(_ transaction: Transaction) -> Int16 {
        transaction.epoch == Int16.max ? transaction.epoch : transaction.epoch + 1
    }

    /// A transaction's time is over, or its markers are to be tried again.
    func transactionDeadline(_ id: GroupName) {
        guard let transaction = transactions[id] else { return }
        if transaction.state.isEnding { return writeMarkers(transaction) }
        guard transaction.state == .ongoing else { return }
        let due = transaction.startTime + Int64(transaction.timeout)
        guard now >= due else { return deadlines.add(.transaction(id), at: due) }
        do throws(AppendError) {
            try end(transaction, .abort, epoch: fence(transaction))
        } catch {
            deadlines.add(.transaction(id), at: now + 1_000)
        }
    }

    /// Forgets transactional ids not used for longer than they are kept.
    func expireTransactions() {
        for transaction in transactions.all.values where transaction.state != .ongoing && !transaction.state.isEnding {
            guard now - transaction.updateTime > settings.transactionalIDExpirationMilliseconds else { continue }
            var batch = RecordBatchBuilder(timestamp: now)
            batch.add(key: Transaction.encodeKey(transaction.id), value: nil)
            do throws(AppendError) {
                try appendInternal(TopicCatalog.transactionsTopic, batch.build())
            } catch {
                return
            }
            transactions.remove(transaction)
        }
    }

    /// Reads transactions back; decided ones are finished, open ones get their deadline.
    func loadTransactions() throws(DiskError) {
        guard let log = catalog.log(TopicCatalog.transactionsTopic, 0), log.failure == nil else { return }
        var table = TransactionTable()
        try log.forEachRecord { _, key, value in
            guard let id = Transaction.decodeKey(key) else { return }
            if let value, let transaction = Transaction(id: id, value) {
                table.insert(transaction)
            } else if let known = table[id] {
                table.remove(known)
            }
        } control: { _, _ in
        }
        transactions = table
        for transaction in table.all.values {
            if transaction.state.isEnding { writeMarkers(transaction) }
            if transaction.state == .ongoing {
                deadlines.add(.transaction(transaction.id), at: transaction.startTime + Int64(transaction.timeout))
            }
        }
    }
}

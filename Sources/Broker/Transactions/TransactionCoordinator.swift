// The transaction side of the broker. A decision goes through three durable steps, in this order:
//   1. the decision (prepare) in `__transaction_state`,
//   2. a marker in every partition of the transaction,
//   3. the completion in `__transaction_state`.
// After 1 the outcome stands whatever happens: a start that finds a decision without completion writes the
// markers again, which does no harm where they are already. The client is answered after 2, so what it
// committed is visible to whoever asks next. 3 may be lost: it only saves writing the markers again.
//
// A producer of transaction version 2 adds partitions by writing to them. State and data are then synced
// together, so a power cut can keep the data and lose the state; a start finds such an open transaction in the
// partition and gives it back to its coordinator.

import KafkaWire

extension BrokerCore {
    /// Writes a transactional id's new state, which then holds.
    func store(_ transaction: Transaction, _ next: TransactionRecord) throws(AppendError) {
        var record = next
        record.updateTime = now
        var batch = RecordBatchBuilder(timestamp: now)
        batch.add(key: TransactionRecord.encodeKey(transaction.id), value: record.encode())
        try appendInternal(TopicCatalog.transactionsTopic, batch.build())
        transaction.record = record
    }

    /// The transaction that a producer may act on, or why it may not.
    func transaction(_ id: String, _ producerID: Int64, _ epoch: Int16) -> Result<Transaction, ErrorCode> {
        guard !id.isEmpty else { return .failure(.invalidRequest) }
        guard let transaction = transactions[GroupName(id)], transaction.record.producerID == producerID else {
            return .failure(.invalidProducerIDMapping)
        }
        guard transaction.record.epoch == epoch else { return .failure(.producerFenced) }
        return .success(transaction)
    }

    /// Adds partitions to the producer's transaction, which begins with the first.
    func add(
        _ partitions: [TopicPartition], to transaction: Transaction, _ version: TransactionVersion
    ) -> ErrorCode {
        let before = transaction.record
        guard !before.state.isEnding else { return .concurrentTransactions }
        let isNew = before.state != .ongoing
        guard isNew || partitions.contains(where: { !before.partitions.contains($0) }) else { return .none }
        do throws(AppendError) {
            try store(transaction, before.adding(partitions, version, now: now))
        } catch {
            return .coordinatorNotAvailable
        }
        if isNew { deadlines.add(.transaction(transaction.id), at: now + Int64(before.timeout)) }
        return .none
    }

    /// Decides an open transaction; `afterEnd` runs when its markers are durable.
    func end(
        _ transaction: Transaction, _ outcome: TransactionOutcome, _ version: TransactionVersion, isFencing: Bool
    ) -> ErrorCode {
        let before = transaction.record
        do throws(DiskError) {
            let needsProducerID = version == .raisesEpoch && !isFencing && before.isEpochExhausted
            let nextProducerID = needsProducerID ? try catalog.allocateProducerID() : -1
            let next = before.ending(outcome, version, nextProducerID: nextProducerID, now: now)
            do throws(AppendError) {
                try store(transaction, next)
            } catch {
                return .coordinatorNotAvailable
            }
        } catch {
            return .coordinatorNotAvailable
        }
        whenDurable { [unowned self] in writeMarkers(transaction) }
        return .none
    }

    private func writeMarkers(_ transaction: Transaction) {
        let record = transaction.record
        guard record.state.isEnding else { return }
        let outcome = record.outcome
        let marker = outcome.marker(producerID: record.producerID, producerEpoch: record.epoch, timestamp: now)
        var isComplete = true
        for partition in record.partitions {
            // A topic deleted in between needs no marker; a damaged partition cannot take one.
            guard let log = catalog.log(partition.topic, partition.index), log.failure == nil else { continue }
            do throws(AppendError) {
                try writeMarker(marker, outcome, record.producerID, to: log)
            } catch {
                isComplete = false
            }
        }
        guard isComplete else { return deadlines.add(.transaction(transaction.id), at: now + 1_000) }
        whenDurable { [unowned self] in complete(transaction) }
    }

    /// Appends a marker; in the offsets topic it also decides about the offsets committed in the transaction.
    func writeMarker(
        _ marker: [UInt8], _ outcome: TransactionOutcome, _ producerID: Int64, to log: PartitionLog
    ) throws(AppendError) {
        _ = try log.append(built: marker, outcome: outcome, now: now)
        touch(log)
        if log.topic == TopicCatalog.offsetsTopic { groups.endTransaction(producerID, outcome) }
    }

    private func complete(_ transaction: Transaction) {
        guard transaction.record.state.isEnding else { return }
        do throws(AppendError) {
            try store(transaction, transaction.record.completed())
        } catch {
            // A full disk here means markers written again at the next start.
            transaction.record = transaction.record.completed()
        }
        let work = transaction.afterEnd
        transaction.afterEnd = []
        for item in work { item() }
    }

    /// A transaction's time is over, or its markers are to be tried again.
    func transactionDeadline(_ id: GroupName) {
        guard let transaction = transactions[id] else { return }
        let record = transaction.record
        if record.state.isEnding { return writeMarkers(transaction) }
        guard record.state == .ongoing else { return }
        let due = record.startTime + Int64(record.timeout)
        guard now >= due else { return deadlines.add(.transaction(id), at: due) }
        if end(transaction, .abort, .raisesEpoch, isFencing: true) != .none {
            deadlines.add(.transaction(id), at: now + 1_000)
        }
    }

    /// Forgets transactional ids not used for longer than they are kept.
    func expireTransactions() {
        for transaction in transactions.all.values {
            let record = transaction.record
            guard record.state != .ongoing, !record.state.isEnding,
                now - record.updateTime >= settings.transactionalIDExpirationMilliseconds
            else { continue }
            var batch = RecordBatchBuilder(timestamp: now)
            batch.add(key: TransactionRecord.encodeKey(transaction.id), value: nil)
            do throws(AppendError) {
                try appendInternal(TopicCatalog.transactionsTopic, batch.build())
            } catch {
                return
            }
            transactions.remove(transaction.id)
        }
    }

    // MARK: Start

    /// Reads transactions back; decided ones are finished, open ones get their deadline.
    func loadTransactions() throws(DiskError) {
        guard let log = catalog.log(TopicCatalog.transactionsTopic, 0), log.failure == nil else { return }
        var table = TransactionTable()
        try log.forEachRecord { _, key, value in
            guard let id = TransactionRecord.decodeKey(key) else { return }
            if let value, let record = TransactionRecord(value) {
                table.insert(Transaction(id: id, record))
            } else {
                table.remove(id)
            }
        } control: { _, _ in
        }
        transactions = table
        adoptOpenTransactions()
        for transaction in table.all.values {
            let record = transaction.record
            if record.state.isEnding { writeMarkers(transaction) }
            if record.state == .ongoing {
                deadlines.add(.transaction(transaction.id), at: record.startTime + Int64(record.timeout))
            }
        }
    }

    /// Gives open transactions in partitions whose coordinator has lost the state that named them back to it.
    private func adoptOpenTransactions() {
        var byProducer: [Int64: Transaction] = [:]
        for transaction in transactions.all.values { byProducer[transaction.record.producerID] = transaction }
        for topic in catalog.topics.values {
            for log in topic.partitions where log.producers.firstOpenOffset != nil {
                for (producerID, entry) in log.producers.entries where entry.transactionFirstOffset != nil {
                    guard let transaction = byProducer[producerID], transaction.record.epoch == entry.epoch else {
                        continue
                    }
                    // Without room on the disk the transaction stays unknown until the next start.
                    let partition = TopicPartition(topic: log.topic, index: log.index)
                    _ = add([partition], to: transaction, .raisesEpoch)
                }
            }
        }
    }
}

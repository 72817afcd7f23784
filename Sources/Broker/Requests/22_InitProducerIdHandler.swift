// InitProducerId (key 22), versions 0-6. Without a transactional id: a new identity. With one: the same
// producer id with a higher epoch, which fences whoever had it, after its open transaction is aborted. A
// producer that names its own identity (version 3) raises its epoch only if nobody fenced it; asking again with
// the epoch before the last raise is a repetition and gets the same answer. Two-phase commit is refused.

import KafkaWire

extension BrokerCore {
    func initProducerID(_ target: ReplyTarget, _ request: InitProducerIDRequest) {
        guard (request.producerID < 0) == (request.producerEpoch < 0) else { return refuse(target, .invalidRequest) }
        guard let text = request.transactionalID else { return introduce(target) }
        if text.isEmpty { return refuse(target, .invalidRequest) }
        if request.enablesTwoPhaseCommit { return refuse(target, .transactionalIDAuthorizationFailed) }
        if request.keepsPreparedTransaction { return refuse(target, .unsupportedVersion) }
        guard request.transactionTimeoutMilliseconds > 0,
            request.transactionTimeoutMilliseconds <= settings.transactionTimeoutMillisecondsMax
        else { return refuse(target, .invalidTransactionTimeout) }
        let id = GroupName(text)
        guard let transaction = transactions[id] else { return introduce(target, request, id) }
        let record = transaction.record
        let ownsRotated =
            request.producerID == record.previousProducerID && TransactionRecord.isExhausted(request.producerEpoch)
        guard request.producerID < 0 || request.producerID == record.producerID || ownsRotated else {
            return refuse(target, fenced(target, since: 4))
        }
        switch record.state {
        case .prepareCommit, .prepareAbort: refuse(target, .concurrentTransactions)
        case .ongoing:
            // A zombie must not abort its successor's transaction.
            guard request.producerID < 0 || request.producerEpoch == record.epoch else {
                return refuse(target, fenced(target, since: 4))
            }
            abortFirst(target, request, transaction)
        case .empty, .completeCommit, .completeAbort: raise(target, request, transaction)
        }
    }

    private func refuse(_ target: ReplyTarget, _ error: ErrorCode) {
        var response = InitProducerIDResponse()
        response.error = error
        reply(target, response)
    }

    /// What a fenced producer is told: older versions know only INVALID_PRODUCER_EPOCH.
    func fenced(_ target: ReplyTarget, since version: Int16) -> ErrorCode {
        target.version >= version ? .producerFenced : .invalidProducerEpoch
    }

    /// A producer without transactions.
    private func introduce(_ target: ReplyTarget) {
        var response = InitProducerIDResponse()
        do throws(DiskError) {
            response.producerID = try catalog.allocateProducerID()
            response.producerEpoch = 0
        } catch {
            response.error = .coordinatorNotAvailable
        }
        reply(target, response)
    }

    private func introduce(_ target: ReplyTarget, _ request: InitProducerIDRequest, _ id: GroupName) {
        guard transactions.all.count < settings.limits.transactionalIDsMax else {
            return refuse(target, .coordinatorNotAvailable)
        }
        do throws(DiskError) {
            let producerID = try catalog.allocateProducerID()
            let transaction = Transaction(
                id: id, TransactionRecord(producerID: producerID, timeout: request.transactionTimeoutMilliseconds))
            if raise(target, request, transaction) { transactions.insert(transaction) }
        } catch {
            refuse(target, .coordinatorNotAvailable)
        }
    }

    private func abortFirst(_ target: ReplyTarget, _ request: InitProducerIDRequest, _ transaction: Transaction) {
        transaction.afterEnd.append { [unowned self] in initProducerID(target, request) }
        let error = end(transaction, .abort, .raisesEpoch, isFencing: true)
        guard error != .none else { return }
        transaction.afterEnd.removeLast()
        refuse(target, error)
    }

    /// Gives the producer the next identity; false when it was refused.
    @discardableResult
    private func raise(
        _ target: ReplyTarget, _ request: InitProducerIDRequest, _ transaction: Transaction
    ) -> Bool {
        let record = transaction.record
        let expected: Int16? = request.producerID < 0 ? nil : request.producerEpoch
        let timeout = request.transactionTimeoutMilliseconds
        var next: TransactionRecord?
        if record.isEpochExhausted, expected == nil || expected == record.epoch {
            do throws(DiskError) {
                next = record.rotated(
                    to: try catalog.allocateProducerID(), keepsLastEpoch: expected != nil, timeout: timeout)
            } catch {
                refuse(target, .coordinatorNotAvailable)
                return false
            }
        } else {
            next = record.raisingEpoch(expected: expected, timeout: timeout)
        }
        guard let next else {
            refuse(target, fenced(target, since: 4))
            return false
        }
        do throws(AppendError) {
            try store(transaction, next)
        } catch {
            refuse(target, .coordinatorNotAvailable)
            return false
        }
        var response = InitProducerIDResponse()
        response.producerID = next.producerID
        response.producerEpoch = next.epoch
        whenDurable { [unowned self] in reply(target, response) }
        return true
    }
}

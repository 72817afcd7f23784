// InitProducerId (key 22), versions 0-4. Without a transactional id: a new identity. With one: the same
// producer id with a higher epoch, which fences whoever had it, after its open transaction is aborted. A
// producer that names its own identity (version 3) raises its epoch only if nobody fenced it.

import KafkaWire

extension BrokerCore {
    func initProducerID(_ target: ReplyTarget, _ request: InitProducerIDRequest) {
        guard let text = request.transactionalID else {
            var response = InitProducerIDResponse()
            do throws(DiskError) {
                response.producerID = try catalog.allocateProducerID()
                response.producerEpoch = 0
            } catch {
                response.error = .coordinatorNotAvailable
            }
            return reply(target, response)
        }
        if text.isEmpty { return refuse(target, .invalidRequest) }
        guard request.transactionTimeoutMilliseconds > 0,
            request.transactionTimeoutMilliseconds <= settings.transactionTimeoutMillisecondsMax
        else { return refuse(target, .invalidTransactionTimeout) }
        let id = GroupName(text)
        guard let transaction = transactions[id] else { return introduce(target, request, id) }
        let isOwn = request.producerID == transaction.producerID && request.producerEpoch == transaction.epoch
        guard request.producerID < 0 || isOwn else { return refuse(target, fenced(target, since: 4)) }
        switch transaction.state {
        case .prepareCommit, .prepareAbort: refuse(target, .concurrentTransactions)
        case .ongoing: abortFirst(target, request, transaction)
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

    private func introduce(_ target: ReplyTarget, _ request: InitProducerIDRequest, _ id: GroupName) {
        guard request.producerID < 0 else { return refuse(target, .invalidProducerIDMapping) }
        guard transactions.all.count < settings.limits.transactionalIDsMax else {
            return refuse(target, .coordinatorNotAvailable)
        }
        do throws(DiskError) {
            let producerID = try catalog.allocateProducerID()
            let transaction = Transaction(
                id: id, producerID: producerID, epoch: 0, timeout: request.transactionTimeoutMilliseconds, now: now)
            transactions.insert(transaction)
            answer(target, transaction)
        } catch {
            refuse(target, .coordinatorNotAvailable)
        }
    }

    private func abortFirst(_ target: ReplyTarget, _ request: InitProducerIDRequest, _ transaction: Transaction) {
        var again = request
        again.producerID = -1
        transaction.afterEnd.append { [unowned self] in initProducerID(target, again) }
        do throws(AppendError) {
            try end(transaction, .abort, epoch: fence(transaction))
        } catch {
            transaction.afterEnd.removeLast()
            refuse(target, .coordinatorNotAvailable)
        }
    }

    private func raise(_ target: ReplyTarget, _ request: InitProducerIDRequest, _ transaction: Transaction) {
        let before = (transaction.producerID, transaction.epoch, transaction.state, transaction.timeout)
        if transaction.epoch >= Int16.max - 1 {
            do throws(DiskError) {
                transaction.producerID = try catalog.allocateProducerID()
            } catch {
                return refuse(target, .coordinatorNotAvailable)
            }
            transaction.epoch = 0
            transactions.insert(transaction)
        } else {
            transaction.epoch += 1
        }
        transaction.timeout = request.transactionTimeoutMilliseconds
        transaction.state = .empty
        if !answer(target, transaction) {
            (transaction.producerID, transaction.epoch, transaction.state, transaction.timeout) = before
        }
    }

    @discardableResult
    private func answer(_ target: ReplyTarget, _ transaction: Transaction) -> Bool {
        var response = InitProducerIDResponse()
        do throws(AppendError) {
            try persist(transaction)
        } catch {
            refuse(target, .coordinatorNotAvailable)
            return false
        }
        response.producerID = transaction.producerID
        response.producerEpoch = transaction.epoch
        whenDurable { [unowned self] in reply(target, response) }
        return true
    }
}

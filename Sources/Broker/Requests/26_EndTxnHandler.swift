// EndTxn (key 26), versions 0-5. Answered when the markers are durable. Up to version 4 the producer keeps its
// epoch, and an end repeated after the transaction is over is answered like the first. From version 5 on the
// end raises the epoch (KIP-890): the same epoch again means the next transaction, the one before a repetition.
// An abort then needs no partitions: a producer that cannot tell whether it has any begins anew with it.

import KafkaWire

extension BrokerCore {
    func endTransaction(_ target: ReplyTarget, _ request: EndTransactionRequest) {
        let outcome: TransactionOutcome = request.isCommitted ? .commit : .abort
        let id = request.transactionalID
        guard !id.isEmpty else { return answerEnd(target, .invalidRequest) }
        guard let transaction = transactions[GroupName(id)] else {
            return answerEnd(target, .invalidProducerIDMapping)
        }
        let isRaising = target.version >= 5
        let decision =
            isRaising
            ? decideRaising(transaction.record, request.producerID, request.producerEpoch, outcome)
            : decideKeeping(transaction.record, request.producerID, request.producerEpoch, outcome)
        switch decision {
        case .refuse(.producerFenced): answerEnd(target, fenced(target, since: 2))
        case .refuse(let error): answerEnd(target, error)
        case .isDone: answerEnd(target, .none, transaction.record)
        case .end:
            transaction.afterEnd.append { [unowned self] in answerEnd(target, .none, transaction.record) }
            let error = end(transaction, outcome, isRaising ? .raisesEpoch : .keepsEpoch, isFencing: false)
            guard error != .none else { return }
            transaction.afterEnd.removeLast()
            answerEnd(target, error)
        }
    }

    private enum EndDecision {
        case end
        case isDone
        case refuse(ErrorCode)
    }

    private func decideKeeping(
        _ record: TransactionRecord, _ producerID: Int64, _ epoch: Int16, _ outcome: TransactionOutcome
    ) -> EndDecision {
        guard record.producerID == producerID else { return .refuse(.invalidProducerIDMapping) }
        guard record.epoch == epoch else { return .refuse(.producerFenced) }
        switch (record.state, outcome) {
        case (.ongoing, _): return .end
        case (.completeCommit, .commit), (.completeAbort, .abort): return .isDone
        case (.prepareCommit, .commit), (.prepareAbort, .abort): return .refuse(.concurrentTransactions)
        default: return .refuse(.invalidTransactionState)
        }
    }

    private func decideRaising(
        _ record: TransactionRecord, _ producerID: Int64, _ epoch: Int16, _ outcome: TransactionOutcome
    ) -> EndDecision {
        // The producer has not seen the answer to the end that gave it a new producer id, or a new epoch.
        let repeatsRotation =
            record.previousProducerID == producerID && epoch == Int16.max - 1 && record.epoch == 0
        let repeatsRaise =
            record.version == .raisesEpoch && epoch < Int16.max && record.epoch == epoch + 1
        guard record.producerID == producerID || repeatsRotation else { return .refuse(.invalidProducerIDMapping) }
        let isRepeated = repeatsRaise || repeatsRotation
        let isPresent = record.epoch == epoch && record.producerID == producerID
        switch (record.state, outcome) {
        case (.ongoing, _): return isPresent ? .end : .refuse(.producerFenced)
        case (.empty, .abort): return isPresent ? .end : .refuse(.producerFenced)
        case (.empty, .commit): return .refuse(isPresent ? .invalidTransactionState : .producerFenced)
        case (.prepareCommit, .commit), (.prepareAbort, .abort):
            return .refuse(repeatsRaise ? .concurrentTransactions : .producerFenced)
        case (.prepareCommit, _), (.prepareAbort, _):
            return .refuse(repeatsRaise ? .invalidTransactionState : .producerFenced)
        case (.completeCommit, .commit), (.completeAbort, .abort):
            if isRepeated { return .isDone }
            guard isPresent else { return .refuse(.producerFenced) }
            return outcome == .abort ? .end : .refuse(.invalidTransactionState)
        case (.completeCommit, .abort):
            if isRepeated { return .refuse(.invalidTransactionState) }
            return isPresent ? .end : .refuse(.producerFenced)
        case (.completeAbort, .commit):
            return .refuse(isRepeated || isPresent ? .invalidTransactionState : .producerFenced)
        }
    }

    private func answerEnd(_ target: ReplyTarget, _ error: ErrorCode, _ record: TransactionRecord? = nil) {
        var response = EndTransactionResponse()
        response.error = error
        if let record {
            response.producerID = record.producerID
            response.producerEpoch = record.epoch
        }
        reply(target, response)
    }
}

// Fetch (key 1), versions 4-18. A fetch with too few bytes to give waits for records or its time. read_committed
// ends at the last stable offset and lists the aborted transactions in between. Sessions (KIP-227) are kept.

import KafkaWire

extension BrokerCore {
    func fetch(_ target: ReplyTarget, _ request: FetchRequest) {
        guard let fetch = begin(target, request) else { return }
        let states = states(fetch)
        guard request.maxWaitMilliseconds > 0, !isAnswerable(fetch, states) else { return answer(fetch, states) }
        let id = nextFetchID
        nextFetchID += 1
        waitingFetches[id] = fetch
        for state in states { state.log?.waitingFetches.append(id) }
        deadlines.add(.fetch(id), at: fetchDeadline(request.maxWaitMilliseconds))
    }

    /// When a fetch has waited long enough: at the next of the moments that a sixteenth of its time divides the clock
    /// into. Idle consumers are so answered together, and a broker with many of them seldom wakes.
    private func fetchDeadline(_ wait: Int32) -> Int64 {
        let wait = min(wait, 600_000)
        let step = min(64, Int64(1) << (Int32.bitWidth - (wait / 16).leadingZeroBitCount))
        return (now + Int64(wait) + step - 1) & ~(step - 1)
    }

    /// Finds or ends the session that the request names; nil when it was answered with an error.
    private func begin(_ target: ReplyTarget, _ request: FetchRequest) -> PendingFetch? {
        var fetch = PendingFetch(
            target: target, minBytes: Int(request.minBytes), maxBytes: Int(request.maxBytes),
            isCommittedOnly: request.isolationLevel == 1)
        if request.sessionEpoch <= 0 {
            if request.sessionID != 0 { fetchSessions.remove(request.sessionID) }
            fetch.partitions = request.places
            fetch.opensSession = target.version >= 7 && request.sessionEpoch == 0
            return fetch
        }
        guard let session = fetchSessions[request.sessionID] else { return refuse(target, .fetchSessionIDNotFound) }
        guard session.epoch == request.sessionEpoch else { return refuse(target, .invalidFetchSessionEpoch) }
        guard session.usesTopicIDs == fetch.usesTopicIDs else { return refuse(target, .fetchSessionTopicIDError) }
        session.update(request)
        if session.partitions.isEmpty {
            fetchSessions.remove(session.id)
            fetch.partitions = request.places
            return fetch
        }
        session.advance(now: now)
        fetch.session = session
        return fetch
    }

    private func refuse(_ target: ReplyTarget, _ error: ErrorCode) -> PendingFetch? {
        var response = FetchResponse()
        response.error = error
        reply(target, response)
        return nil
    }

    // MARK: Waiting

    /// Notes the fetches that wait at `log`; they are looked at when the turn ends.
    func wakeFetches(_ log: PartitionLog) {
        guard !log.waitingFetches.isEmpty else { return }
        fetchesToCheck.formUnion(log.waitingFetches)
    }

    func checkFetches() {
        guard !fetchesToCheck.isEmpty else { return }
        let ids = fetchesToCheck
        fetchesToCheck = []
        for id in ids.sorted() {
            guard let fetch = waitingFetches[id] else { continue }
            let states = states(fetch)
            guard isAnswerable(fetch, states) else { continue }
            forgetFetch(id)
            answer(fetch, states)
        }
    }

    /// The fetch's time is over.
    func answerFetch(_ id: UInt64) {
        guard let fetch = waitingFetches[id] else { return }
        forgetFetch(id)
        answer(fetch, states(fetch))
    }

    private func forgetFetch(_ id: UInt64) {
        guard let fetch = waitingFetches.removeValue(forKey: id) else { return }
        for partition in fetch.fetched {
            log(of: partition.place, usesTopicIDs: fetch.usesTopicIDs).log?.waitingFetches.removeAll { $0 == id }
        }
    }

    /// The peer is gone: what it waits for is dropped.
    public func connectionClosed(_ connection: Int) {
        for (id, waiting) in waitingFetches where waiting.target.connection == connection { forgetFetch(id) }
    }
}

// Turns what a fetch asks for into its response: first it looks where each partition's bytes lie, which also tells
// whether the fetch must wait, then it writes the response and reads the batches straight into it.

import Bytes
import KafkaWire

/// A fetch under way, perhaps waiting for records.
struct PendingFetch {
    var target: ReplyTarget
    var minBytes: Int
    var maxBytes: Int
    var isCommittedOnly: Bool
    /// The session that the request belongs to; nil for a fetch that names everything.
    var session: FetchSession?
    /// Whether the response is to open a session.
    var opensSession = false
    /// What is fetched, unless a session tells.
    var partitions: [FetchedPartition] = []

    var fetched: [FetchedPartition] { session?.partitions ?? partitions }
    var usesTopicIDs: Bool { target.version >= 13 }
}

/// A partition of a fetch as it stands now.
struct FetchState {
    var partition: FetchedPartition
    var log: PartitionLog?
    var error: ErrorCode
    var slice: FetchSlice?
    var divergence: FetchResponse.Topic.Partition.DivergingEpoch?

    /// Whether a response within a session must speak of the partition.
    var hasNews: Bool {
        guard let log, error == .none, divergence == nil, slice == nil else { return true }
        return log.highWatermark.offset != partition.highWatermark || log.startOffset != partition.startOffset
    }
}

extension BrokerCore {
    /// The partition that a place names; nil with the reason why the reader gets nothing.
    private func log(of place: FetchPlace, _ fetch: PendingFetch) -> (log: PartitionLog?, error: ErrorCode) {
        let name = fetch.usesTopicIDs ? catalog.namesByID[place.id] : place.name
        if let name, !mayRead(name, fetch.target) { return (nil, .topicAuthorizationFailed) }
        return log(of: place, usesTopicIDs: fetch.usesTopicIDs)
    }

    func log(of place: FetchPlace, usesTopicIDs: Bool) -> (log: PartitionLog?, error: ErrorCode) {
        guard let topic = usesTopicIDs ? catalog.topic(place.id) : catalog.topics[place.name] else {
            return (nil, usesTopicIDs ? .unknownTopicID : .unknownTopicOrPartition)
        }
        guard let log = topic.partition(place.index) else { return (nil, .unknownTopicOrPartition) }
        return (log, .none)
    }

    /// Looks at every partition of a fetch.
    func states(_ fetch: PendingFetch) -> [FetchState] {
        fetch.fetched.map { partition in
            let found = log(of: partition.place, fetch)
            var state = FetchState(partition: partition, log: found.log, error: found.error)
            guard let log = found.log else { return state }
            judge(log, &state)
            guard state.error == .none, state.divergence == nil else { return state }
            do throws(DiskError) {
                state.slice = try log.slice(from: partition.asked.fetchOffset, isCommittedOnly: fetch.isCommittedOnly)
            } catch {
                state.error = .storageError
            }
            return state
        }
    }

    /// One broker leads everything in epoch 0: a later epoch is unknown, and a reader that has more of epoch 0
    /// than there is must cut back.
    private func judge(_ log: PartitionLog, _ state: inout FetchState) {
        let asked = state.partition.asked
        if log.failure != nil { return state.error = .storageError }
        if asked.currentLeaderEpoch > 0 { return state.error = .unknownLeaderEpoch }
        if asked.lastFetchedEpoch > 0 { return state.error = .offsetOutOfRange }
        if asked.lastFetchedEpoch == 0, asked.fetchOffset > log.endOffset {
            var divergence = FetchResponse.Topic.Partition.DivergingEpoch()
            divergence.epoch = 0
            divergence.endOffset = log.endOffset
            return state.divergence = divergence
        }
        let isInside = asked.fetchOffset >= log.startOffset && asked.fetchOffset <= log.endOffset
        if !isInside { state.error = .offsetOutOfRange }
    }

    /// Whether there are enough bytes, or something to report at once.
    func isAnswerable(_ fetch: PendingFetch, _ states: [FetchState]) -> Bool {
        var bytes = 0
        for state in states {
            if state.error != .none || state.divergence != nil { return true }
            guard let slice = state.slice else { continue }
            bytes += min(slice.count, max(0, Int(state.partition.asked.maxBytes)))
            if bytes >= fetch.minBytes { return true }
        }
        return bytes >= fetch.minBytes
    }

    // MARK: Answering

    func answer(_ fetch: PendingFetch, _ states: [FetchState]) {
        let shown = fetch.session == nil ? states : states.filter(\.hasNews)
        let limit = min(max(0, fetch.maxBytes), settings.limits.fetchBytesMax)
        var writer = FetchResponseWriter(fetch, bytesLeft: limit, expecting: shown)
        let session = fetch.opensSession ? openSession(fetch) : fetch.session
        var withRecords: Set<FetchPlace> = []
        do throws(WireError) {
            try writer.begin(sessionID: session?.id ?? 0, topics: topicRuns(shown))
            for run in topicRuns(shown) {
                try writer.beginTopic(shown[run.lowerBound].partition.place, count: run.count)
                for state in shown[run] {
                    let written = try writer.write(state)
                    if written.hasRecords { withRecords.insert(state.partition.place) }
                    session?.note(
                        state.partition.place, highWatermark: written.highWatermark, startOffset: written.startOffset)
                }
                try writer.endTopic()
            }
            if fetch.session != nil { session?.moveToEnd(withRecords) }
            send(fetch.target, try writer.finish())
        } catch {
            close(fetch.target)
        }
    }

    private func openSession(_ fetch: PendingFetch) -> FetchSession? {
        fetchSessions.create(
            fetch.partitions, usesTopicIDs: fetch.usesTopicIDs, now: now, countMax: settings.limits.fetchSessionsMax)
    }

    /// Neighbours of the same topic, which share an entry of the response.
    private func topicRuns(_ states: [FetchState]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for position in states.indices {
            let place = states[position].partition.place
            if let last = runs.last, case let former = states[last.lowerBound].partition.place,
                former.id == place.id, former.name == place.name
            {
                runs[runs.count - 1] = last.lowerBound..<(position + 1)
            } else {
                runs.append(position..<(position + 1))
            }
        }
        return runs
    }
}

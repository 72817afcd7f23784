// Incremental fetch sessions (KIP-227). The broker remembers which partitions a client fetches and what it was
// told of them; a request then names only what changes and a response only what is new. A session is known by a
// random id and counts its requests (epoch), so that a lost or repeated request is noticed. Sessions are not bound
// to a connection; when there are too many, one that is old and unused, or old and smaller than the new one, goes.

import KafkaWire

/// A partition as a fetch names it: by topic id from version 13 on, by name before.
struct FetchPlace: Hashable {
    var name: String
    var id: TopicID
    var index: Int32
}

/// A partition that is fetched, and what its reader was told last.
struct FetchedPartition {
    var place: FetchPlace
    var asked: FetchRequest.Topic.Partition
    /// -1 when the next response must tell it.
    var highWatermark: Int64 = -1
    var startOffset: Int64 = -1
}

extension FetchRequest {
    /// The partitions that the request names, in its order.
    var places: [FetchedPartition] {
        topics.flatMap { topic in
            topic.partitions.map { asked in
                FetchedPartition(place: FetchPlace(name: topic.name, id: topic.id, index: asked.index), asked: asked)
            }
        }
    }

    var forgottenPlaces: [FetchPlace] {
        forgottenTopics.flatMap { topic in
            topic.partitions.map { FetchPlace(name: topic.name, id: topic.id, index: $0) }
        }
    }
}

/// One client's session.
final class FetchSession {
    let id: Int32
    let usesTopicIDs: Bool
    let createdAt: Int64
    var lastUsed: Int64
    /// The epoch that the next request must carry.
    private(set) var epoch: Int32 = 1
    /// In the order in which they are read: those that gave records last come last.
    private(set) var partitions: [FetchedPartition]
    private var positions: [FetchPlace: Int] = [:]

    init(id: Int32, usesTopicIDs: Bool, partitions: [FetchedPartition], now: Int64) {
        self.id = id
        self.usesTopicIDs = usesTopicIDs
        self.partitions = []
        createdAt = now
        lastUsed = now
        for partition in partitions { merge(partition) }
    }

    func advance(now: Int64) {
        lastUsed = now
        epoch = epoch == Int32.max ? 1 : epoch + 1
    }

    /// Takes in what a request adds, changes and forgets.
    func update(_ request: FetchRequest) {
        for partition in request.places { merge(partition) }
        let forgotten = Set(request.forgottenPlaces)
        guard !forgotten.isEmpty else { return }
        partitions.removeAll { forgotten.contains($0.place) }
        index()
    }

    private func merge(_ partition: FetchedPartition) {
        if let position = positions[partition.place] {
            partitions[position].asked = partition.asked
        } else {
            positions[partition.place] = partitions.count
            partitions.append(partition)
        }
    }

    private func index() {
        positions.removeAll(keepingCapacity: true)
        for (position, partition) in partitions.enumerated() { positions[partition.place] = position }
    }

    /// Notes what a response told of a partition.
    func note(_ place: FetchPlace, highWatermark: Int64, startOffset: Int64) {
        guard let position = positions[place] else { return }
        partitions[position].highWatermark = highWatermark
        partitions[position].startOffset = startOffset
    }

    /// Moves partitions that gave records to the end, so that each gets its turn.
    func moveToEnd(_ places: Set<FetchPlace>) {
        guard !places.isEmpty, places.count < partitions.count else { return }
        partitions = partitions.filter { !places.contains($0.place) } + partitions.filter { places.contains($0.place) }
        index()
    }
}

/// All sessions.
struct FetchSessionTable {
    /// A session is left alone for so long.
    private static let evictionMilliseconds: Int64 = 120_000
    private var sessions: [Int32: FetchSession] = [:]

    var count: Int { sessions.count }
    subscript(id: Int32) -> FetchSession? { sessions[id] }

    mutating func remove(_ id: Int32) { sessions[id] = nil }

    /// A new session; nil when there is no room for it.
    mutating func create(
        _ partitions: [FetchedPartition], usesTopicIDs: Bool, now: Int64, countMax: Int
    ) -> FetchSession? {
        if sessions.count >= countMax {
            guard let victim = victim(for: partitions.count, now: now) else { return nil }
            sessions[victim] = nil
        }
        var id: Int32
        repeat { id = .random(in: 1...Int32.max) } while sessions[id] != nil
        let session = FetchSession(id: id, usesTopicIDs: usesTopicIDs, partitions: partitions, now: now)
        sessions[id] = session
        return session
    }

    private func victim(for size: Int, now: Int64) -> Int32? {
        guard let idle = sessions.values.min(by: { $0.lastUsed < $1.lastUsed }) else { return nil }
        if now - idle.lastUsed > Self.evictionMilliseconds { return idle.id }
        let old = sessions.values.filter { now - $0.createdAt > Self.evictionMilliseconds }
        guard let smallest = old.min(by: { $0.partitions.count < $1.partitions.count }) else { return nil }
        return smallest.partitions.count < size ? smallest.id : nil
    }
}

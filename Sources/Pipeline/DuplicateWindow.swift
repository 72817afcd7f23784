// Which events Conform has published before, per raw partition: the same source record read twice (a file sent
// again, an export that overlaps the last one) is published once.
//
// Format of the changelog `state.conform` (compacted), version 1:
//   key    <raw topic>/<partition>/<slot>          slot = number of the round modulo `rounds`
//   value  round, 8 bytes big-endian, then 16 bytes per event: its ce_id
// A round is what one transaction published from one raw partition. The slot makes compaction bound the log.
public import Records

/// Limits of the window.
public struct DuplicateWindowLimits: Sendable {
    /// Rounds kept per raw partition; a round holds at most `idsPerRoundMax` ids.
    public var rounds: UInt64 = 4_096
    public var idsPerRoundMax = 4_096

    public init() {}
}

/// The events published from one raw partition, as far back as the window reaches.
struct PartitionWindow {
    private(set) var known: Set<UInt128> = []
    private var rounds: [UInt64: [UInt128]] = [:]
    private(set) var nextRound: UInt64 = 0
    /// Ids of the round that is being filled.
    private(set) var open: [UInt128] = []
    private let limits: DuplicateWindowLimits

    init(limits: DuplicateWindowLimits) { self.limits = limits }

    /// False where the id is known already.
    mutating func insert(_ id: UInt128) -> Bool {
        guard known.insert(id).inserted else { return false }
        open.append(id)
        return true
    }

    var isFull: Bool { open.count >= limits.idsPerRoundMax }

    /// Ends the open round and returns its number and ids; nil where it is empty.
    mutating func closeRound() -> (number: UInt64, ids: [UInt128])? {
        guard !open.isEmpty else { return nil }
        let closed = (nextRound, open)
        place(round: nextRound, ids: open)
        open = []
        return closed
    }

    /// Takes a round read from the changelog; of two rounds in one slot the later stays.
    mutating func restore(round: UInt64, ids: [UInt128]) {
        known.formUnion(ids)
        place(round: round, ids: ids)
    }

    private mutating func place(round: UInt64, ids: [UInt128]) {
        let slot = round % limits.rounds
        if let evicted = rounds.updateValue(ids, forKey: slot) { known.subtract(evicted) }
        nextRound = max(nextRound, round + 1)
    }
}

/// The windows of every raw partition that this worker reads.
public struct DuplicateWindow {
    private var partitions: [String: PartitionWindow] = [:]
    private let limits: DuplicateWindowLimits

    public init(limits: DuplicateWindowLimits = .init()) { self.limits = limits }

    /// Notes an event; false where it was published before.
    ///
    /// - Parameter partition: `<raw topic>/<partition>`.
    public mutating func insert(_ id: UInt128, partition: String) -> Bool {
        partitions[partition, default: PartitionWindow(limits: limits)].insert(id)
    }

    /// Writes the open rounds as changelog records; call once per transaction, before it commits.
    public mutating func closeRounds(into out: inout RecordBatch) {
        let topic = out.topicIndex(TopicName.state(group: "conform"))
        for partition in partitions.keys.sorted() {
            guard let round = partitions[partition]?.closeRound() else { continue }
            let key = out.store("\(partition)/\(round.number % limits.rounds)")
            let start = out.mark
            appendBigEndian(round.number, to: &out.arena)
            for id in round.ids {
                appendBigEndian(UInt64(truncatingIfNeeded: id >> 64), to: &out.arena)
                appendBigEndian(UInt64(truncatingIfNeeded: id), to: &out.arena)
            }
            out.addRecord(topic: topic, key: key, value: out.slice(from: start), headersFrom: out.headerMark)
        }
    }

    /// Takes one changelog record; a malformed one is ignored: the worst is one duplicate more.
    public mutating func restore(key: String, value: ArraySlice<UInt8>) {
        guard let slash = key.lastIndex(of: "/"), value.count >= 8, value.count % 16 == 8 else { return }
        let words = stride(from: value.startIndex, to: value.endIndex, by: 8).map { place in
            value[place..<place + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        let ids = stride(from: 1, to: words.count, by: 2).map { UInt128(words[$0]) << 64 | UInt128(words[$0 + 1]) }
        partitions[String(key[..<slash]), default: PartitionWindow(limits: limits)].restore(round: words[0], ids: ids)
    }
}

private func appendBigEndian(_ word: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
}

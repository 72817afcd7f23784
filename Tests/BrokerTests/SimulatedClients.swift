// What clients of a simulated broker know: which records were acknowledged, which may be there, which must not,
// how far groups have come. `check` holds a broker against it.

import KafkaWire
import Testing

@testable import Broker

/// What may be expected of a broker after what clients did.
struct ClientKnowledge {
    /// By partition of topic "t": acknowledged values and their offsets.
    var acknowledged: [Int32: [Int64: String]] = [:]
    /// By partition: what a reader has seen.
    var seen: [Int32: [Int64: String]] = [:]
    /// Values of transactions that ended with an acknowledged commit.
    var committed: Set<String> = []
    /// Values of transactions that were aborted or never decided.
    var aborted: Set<String> = []
    /// Transactions whose commit was asked for and not answered: all or nothing of each.
    var undecided: [(values: [String], offset: Int64?)] = []
    /// Where each partition's log begins: acknowledged, and at most.
    var start: [Int32: (least: Int64, most: Int64)] = [:]
    /// By key of the compacted topic: the last acknowledged version, and the last sent.
    var versions: [String: (acknowledged: Int, sent: Int)] = [:]
    /// A group's committed offset: acknowledged or seen, and at most.
    var offset: (least: Int64, most: Int64) = (-1, -1)
    var transactionOffset: (least: Int64, most: Int64) = (-1, -1)
}

extension SimulatedRun {
    /// Everything that can be read of a partition, with the offsets.
    func readAll(_ topic: String, _ partition: Int32, committedOnly: Bool = false) throws -> [(Int64, String)]? {
        guard let log = broker.core.catalog.log(topic, partition) else { return [] }
        var next = log.startOffset
        var found: [(Int64, String)] = []
        for _ in 0..<10_000 {
            var request = broker.fetchRequest(topic, from: next, committedOnly: committedOnly)
            request.topics[0].partitions[0].index = partition
            let slot = try broker.post(request, version: 12)
            let part = try Fetched(try #require(broker.replies[1]?[slot]), version: 12)
            guard part.error == .none else {
                lastReadFailure = "\(topic)-\(partition) from \(next): \(part.error), log \(log.startOffset)..<\(log.endOffset)"
                lastReadFailure += " of \(log.segments.map { "\($0.baseOffset)+\($0.sizeBytes)" })"
                return nil
            }
            found += zip(part.offsets, part.values)
            guard let end = part.nextOffset else { return found }
            next = end
        }
        return found
    }

    /// Holds the broker against what is known; `isDamaged` says that a partition may refuse to be read.
    func check(isDamaged: Bool = false) throws {
        for partition in Int32(0)..<2 {
            guard let log = broker.core.catalog.log("t", partition), log.failure == nil else {
                if !isDamaged { complain("t-\(partition) is not served: \(failureOf("t", partition))") }
                continue
            }
            guard let all = try readAll("t", partition), let clean = try readAll("t", partition, committedOnly: true)
            else {
                if !isDamaged { complain("t-\(partition) cannot be read: \(lastReadFailure)") }
                continue
            }
            checkRecords(partition, all, log.startOffset)
            checkCommitted(partition, clean)
        }
        try checkCompacted(isDamaged: isDamaged)
        try checkOffsets(isDamaged: isDamaged)
    }

    private func failureOf(_ topic: String, _ partition: Int32) -> String {
        broker.core.catalog.log(topic, partition)?.failure ?? "unknown"
    }

    private func checkRecords(_ partition: Int32, _ all: [(Int64, String)], _ start: Int64) {
        let bounds = known.start[partition] ?? (0, 0)
        if start < bounds.least || start > bounds.most { complain("t-\(partition) begins at \(start), not in \(bounds)") }
        let byOffset = Dictionary(all, uniquingKeysWith: { first, _ in first })
        if Set(all.map(\.1)).count != all.count || byOffset.count != all.count { complain("t-\(partition) has a record twice") }
        for (offset, value) in known.acknowledged[partition] ?? [:] where offset >= start && byOffset[offset] != value {
            complain("t-\(partition) lost \(value) at \(offset): \(byOffset[offset] ?? "nothing") is there")
        }
        for (offset, value) in known.seen[partition] ?? [:] where offset >= start && byOffset[offset] != value {
            complain("t-\(partition): \(value) was read at \(offset), now \(byOffset[offset] ?? "nothing") is there")
        }
        known.seen[partition] = byOffset
    }

    private func checkCommitted(_ partition: Int32, _ clean: [(Int64, String)]) {
        for (offset, value) in clean where known.aborted.contains(value) {
            complain("t-\(partition): aborted \(value) is visible at \(offset)")
        }
        visible.formUnion(clean.map(\.1))
    }

    /// When no transaction is open: committed ones are there whole, undecided ones whole or not at all.
    func checkTransactions() {
        let deleted = known.start.values.contains { $0.most > 0 }
        guard !deleted else { return }
        for value in known.committed where !visible.contains(value) { complain("committed \(value) is not visible") }
        for transaction in known.undecided {
            let count = transaction.values.filter(visible.contains).count
            if count != 0, count != transaction.values.count { complain("half a transaction: \(transaction.values)") }
            if let offset = transaction.offset, !transaction.values.isEmpty {
                if count == 0, seenTransactionOffsets.contains(offset) { complain("offset \(offset) without its records") }
                if count > 0 { known.transactionOffset.least = max(known.transactionOffset.least, offset) }
            }
        }
    }

    private func checkCompacted(isDamaged: Bool) throws {
        guard broker.core.catalog.log("k", 0)?.failure == nil, let all = try readAll("k", 0) else {
            if !isDamaged { complain("k is not served: \(failureOf("k", 0))") }
            return
        }
        var last: [String: Int] = [:]
        for (_, value) in all {
            let parts = value.split(separator: ":")
            guard parts.count == 2, let version = Int(parts[1]) else { continue }
            if version < last[String(parts[0])] ?? -1 { complain("\(value) after version \(last[String(parts[0])] ?? -1)") }
            last[String(parts[0])] = version
        }
        for (key, versions) in known.versions {
            let found = last[key] ?? -1
            if found < versions.acknowledged || found > versions.sent { complain("key \(key) is at \(found), not \(versions)") }
            known.versions[key]?.acknowledged = found
        }
    }

    private func checkOffsets(isDamaged: Bool) throws {
        if broker.core.catalog.log(TopicCatalog.offsetsTopic, 0)?.failure != nil {
            if !isDamaged { complain("offsets are not served") }
            return
        }
        // A broker that lost a sync has stopped: the next one is asked.
        guard let plain = try fetchOffset("g"), let transactional = try fetchOffset("tg") else { return }
        if plain < known.offset.least || plain > known.offset.most { complain("group g is at \(plain), not \(known.offset)") }
        known.offset.least = max(known.offset.least, plain)
        if transactional < known.transactionOffset.least || transactional > known.transactionOffset.most {
            complain("group tg is at \(transactional), not \(known.transactionOffset)")
        }
        known.transactionOffset.least = max(known.transactionOffset.least, transactional)
        seenTransactionOffsets.insert(transactional)
    }

    func fetchOffset(_ group: String) throws -> Int64? {
        var topic = OffsetFetchRequest.Topic()
        topic.name = "t"
        topic.partitionIndexes = [0]
        var request = OffsetFetchRequest()
        request.groupID = group
        request.topics = [topic]
        let response: OffsetFetchResponse? = try control(request, version: 5)
        if response == nil, broker.failures.isEmpty { complain("group \(group) is not told its offset") }
        return response.map { $0.topics.first?.partitions.first?.offset ?? -1 }
    }
}

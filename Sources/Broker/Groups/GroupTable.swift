// All groups with their offsets, and how they come back from the log. Offsets committed in a transaction
// are kept by producer until its marker arrives in the same log.

import Bytes
import KafkaWire

/// One group.
final class Group {
    let name: GroupName
    var machine: GroupMachine
    var offsets: [TopicPartition: CommittedOffset] = [:]
    /// Offsets of open transactions, by producer id.
    var pendingOffsets: [Int64: [TopicPartition: CommittedOffset]] = [:]
    var emptySince: Int64

    init(name: GroupName, now: Int64) {
        self.name = name
        machine = GroupMachine()
        emptySince = now
    }

    func hasPendingOffset(_ partition: TopicPartition) -> Bool {
        pendingOffsets.values.contains { $0[partition] != nil }
    }

    /// A transaction of this producer has ended.
    func endTransaction(_ producerID: Int64, _ outcome: TransactionOutcome) {
        guard let pending = pendingOffsets.removeValue(forKey: producerID), outcome == .commit else { return }
        offsets.merge(pending) { _, new in new }
    }
}

/// All groups.
struct GroupTable {
    private(set) var groups: [GroupName: Group] = [:]

    subscript(name: GroupName) -> Group? { groups[name] }

    mutating func obtain(_ name: GroupName, now: Int64, initialDelay: Int64) -> Group {
        if let known = groups[name] { return known }
        let group = Group(name: name, now: now)
        group.machine.initialDelay = initialDelay
        groups[name] = group
        return group
    }

    mutating func remove(_ name: GroupName) { groups[name] = nil }

    func endTransaction(_ producerID: Int64, _ outcome: TransactionOutcome) {
        for group in groups.values { group.endTransaction(producerID, outcome) }
    }

    /// Takes in one record of the log, in the order of the log.
    mutating func apply(
        key: [UInt8], value: [UInt8]?, producerID: Int64?, initialDelay: Int64, now: Int64
    ) {
        switch GroupRecordKey(key) {
        case .offset(let name, let partition):
            let group = obtain(name, now: now, initialDelay: initialDelay)
            if let value, let offset = CommittedOffset(value) {
                if let producerID {
                    group.pendingOffsets[producerID, default: [:]][partition] = offset
                } else {
                    group.offsets[partition] = offset
                }
            } else {
                group.offsets[partition] = nil
            }
        case .group(let name):
            if let value, var machine = GroupMachine(value, now: now) {
                machine.initialDelay = initialDelay
                obtain(name, now: now, initialDelay: initialDelay).machine = machine
            } else {
                groups[name] = nil
            }
        case nil: break
        }
    }
}

extension PartitionLog {
    /// Calls `body` with each record of the log, control batches as their outcome, front to back. Compressed
    /// batches are left out: the internal logs have none.
    func forEachRecord(
        _ body: (RecordBatchHeader, _ key: [UInt8], _ value: [UInt8]?) -> Void,
        control: (RecordBatchHeader, TransactionOutcome) -> Void
    ) throws(DiskError) {
        for segment in segments {
            var scanner = BatchScanner(try segment.file(), from: 0, end: segment.sizeBytes)
            scan: while true {
                let step = try scanner.next()
                if case .invalid(let position, let reason) = step {
                    failure = "\(reason), byte \(position) of \(segment.path)"
                    return
                }
                guard case .batch(let header, _) = step else { break scan }
                if header.isControl {
                    if let outcome = scanner.outcome(header) { control(header, outcome) }
                } else if !header.isCompressed {
                    let bytes = scanner.chunk.span
                    guard var records = try? RecordIterator(bytes, header: header, at: scanner.start) else { continue }
                    while let record = (try? records.next()) ?? nil {
                        guard let key = record.key else { continue }
                        body(header, bytes.array(key), record.value.map { bytes.array($0) })
                    }
                }
            }
        }
    }
}

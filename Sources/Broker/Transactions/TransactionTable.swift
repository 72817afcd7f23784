// All transactional ids with their states and what waits for the end of a transaction.

import KafkaWire

/// One transactional id.
final class Transaction {
    let id: GroupName
    /// The state as it is in the log.
    var record: TransactionRecord
    /// What waits for the end of the transaction.
    var afterEnd: [() -> Void] = []

    init(id: GroupName, _ record: TransactionRecord) {
        self.id = id
        self.record = record
    }
}

/// All transactional ids.
struct TransactionTable {
    private(set) var all: [GroupName: Transaction] = [:]

    subscript(id: GroupName) -> Transaction? { all[id] }

    mutating func insert(_ transaction: Transaction) { all[transaction.id] = transaction }

    mutating func remove(_ id: GroupName) { all[id] = nil }
}

import KafkaWire
struct GroupTable {}
struct TransactionTable {
    func holds(_ id: String?, _ p: Int64, _ e: Int16, _ t: String, _ i: Int32) -> Bool { false }
    func isFenced(_ p: Int64, _ e: Int16) -> Bool { false }
}
extension PartitionLog { func compact(now: Int64) {} }
extension BrokerCore {
    func loadGroups() throws(DiskError) {}
    func loadTransactions() throws(DiskError) {}
    func memberDeadline(_ g: GroupName, _ m: String) {}
    func rebalanceDeadline(_ g: GroupName) {}
    func transactionDeadline(_ g: GroupName) {}
}

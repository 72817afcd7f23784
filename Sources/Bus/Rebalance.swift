// What happens when the group gives partitions or takes them away. librdkafka calls back inside our own
// poll, on the polling thread, and does not go on until the callback has returned; so nothing here may
// wait for the bus, except a listener that commits what is done before the partitions go.
//
// Never call rd_kafka_yield here: in librdkafka 2.0.2 the batch call then takes one more message off its
// queue and loses it (seen: the first record after an assignment missing).

import CRdKafka

/// What rebalances did during one poll, and the standing assignment.
struct RebalanceRecord {
    /// Partitions that are ours now.
    var owned: Set<TopicPartition> = []
    var assigned: [TopicPartition] = []
    var revoked: [TopicPartition] = []
    /// The partitions were taken without asking: others may work on them already.
    var isLost = false
    var hasFired: Bool { !assigned.isEmpty || !revoked.isEmpty }
    /// Called before revoked partitions are given up.
    var listener: (([TopicPartition]) -> Void)?

    mutating func startPoll() {
        if hasFired {
            assigned.removeAll()
            revoked.removeAll()
        }
        isLost = false
    }
}

typealias RebalanceCallback = @convention(c) (
    OpaquePointer?, rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?,
    UnsafeMutableRawPointer?
) -> Void

let rebalanceCallback: RebalanceCallback = { client, code, list, opaque in
    guard let client = unsafe client, let opaque = unsafe opaque else { return }
    let observer = unsafe Unmanaged<ClientObserver>.fromOpaque(opaque).takeUnretainedValue()
    let partitions = unsafe PartitionList.partitions(of: list)
    // "EAGER" replaces the whole assignment each time, "COOPERATIVE" changes parts of it.
    let isCooperative = unsafe rd_kafka_rebalance_protocol(client).map { unsafe $0.pointee == CChar(bitPattern: 0x43) } ?? false
    if code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
        observer.rebalance.owned.formUnion(partitions)
        observer.rebalance.assigned += partitions
        if isCooperative {
            unsafe release(rd_kafka_incremental_assign(client, list))
        } else {
            unsafe rd_kafka_assign(client, list)
        }
    } else {
        observer.rebalance.isLost = unsafe rd_kafka_assignment_lost(client) != 0
        if !observer.rebalance.isLost { observer.rebalance.listener?(partitions) }
        observer.rebalance.owned.subtract(partitions)
        observer.rebalance.revoked += partitions
        if isCooperative, code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS {
            unsafe release(rd_kafka_incremental_unassign(client, list))
        } else {
            unsafe rd_kafka_assign(client, nil)
        }
    }
}

private func release(_ error: OpaquePointer?) {
    if let error = unsafe error { unsafe rd_kafka_error_destroy(error) }
}

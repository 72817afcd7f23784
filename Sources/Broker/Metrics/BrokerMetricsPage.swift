// The broker's metrics under the names that Kafka's have behind Prometheus' JMX exporter, so that dashboards and
// alerts made for Kafka show this broker too. What one node cannot have, such as partitions without enough
// replicas, is there as 0: an alert on it must find its series.

import KafkaWire
import Runtime

extension BrokerCore {
    /// Everything the core counts, in Prometheus' text format.
    func metricsPage() -> MetricsPage {
        var page = MetricsPage()
        addTraffic(&page)
        addRequests(&page)
        addLogs(&page)
        addState(&page)
        addCoordinators(&page)
        return page
    }

    private func addTraffic(_ page: inout MetricsPage) {
        let topics = catalog.topics.sorted { $0.key < $1.key }.map { name, topic in
            (name, topic.partitions.reduce(into: TrafficCounts()) { $0.add($1.traffic) })
        }
        func family(_ name: String, _ title: String, _ value: KeyPath<TrafficCounts, Int>) {
            page.begin("kafka_server_brokertopicmetrics_\(name)_total", .counter, title)
            for (topic, counts) in topics { page.add(counts[keyPath: value], ["topic": topic]) }
        }
        family("messagesin", "Records appended.", \.recordsIn)
        family("bytesin", "Bytes of batches appended.", \.bytesIn)
        family("bytesout", "Bytes of batches given to consumers.", \.bytesOut)
        family("totalproducerequests", "Batches that producers sent.", \.produceRequests)
        family("totalfetchrequests", "Reads of partitions.", \.fetchRequests)
        family("failedproducerequests", "Batches refused.", \.failedProduceRequests)
        family("failedfetchrequests", "Reads that failed.", \.failedFetchRequests)
    }

    private func addRequests(_ page: inout MetricsPage) {
        let kinds = metrics.requests.sorted { $0.key < $1.key }.map { (APIKey(rawValue: $0.key)?.kafkaName ?? "", $0.value) }
        page.begin("kafka_network_requestmetrics_requests_total", .counter, "Requests answered.")
        for (name, counts) in kinds { page.add(counts.durations.count, ["request": name]) }
        page.begin("kafka_network_requestmetrics_requestbytes_total", .counter, "Bytes of requests.")
        for (name, counts) in kinds { page.add(counts.bytesIn, ["request": name]) }
        page.begin("kafka_network_requestmetrics_responsebytes_total", .counter, "Bytes of responses.")
        for (name, counts) in kinds { page.add(counts.bytesOut, ["request": name]) }
        page.begin(
            "kafka_network_requestmetrics_totaltimems", .summary, "Milliseconds from a request's arrival to its answer.")
        for (name, counts) in kinds { add(counts.durations, ["request": name], name: name, &page) }
        page.begin("kafka_network_requestmetrics_refused_total", .counter, "Frames that were no request spoken here.")
        page.add(metrics.refusedRequests)
        page.begin("kafka_log_logflushstats_logflushrateandtimems", .summary, "Milliseconds that a sync of the log took.")
        add(metrics.syncs, [:], name: nil, &page)
    }

    private func add(
        _ durations: DurationCounts, _ labels: KeyValuePairs<String, String>, name: String?, _ page: inout MetricsPage
    ) {
        for (text, share) in [("0.50", 0.5), ("0.75", 0.75), ("0.95", 0.95), ("0.99", 0.99), ("0.999", 0.999)] {
            let value = Int(durations.quantile(share))
            if let name { page.add(value, ["request": name, "quantile": text]) } else { page.add(value, ["quantile": text]) }
        }
        page.add(durations.count, labels, suffix: "_count")
        page.add(Int(durations.totalMilliseconds), labels, suffix: "_sum")
    }

    private func addLogs(_ page: inout MetricsPage) {
        let logs = catalog.topics.sorted { $0.key < $1.key }.flatMap(\.value.partitions)
        func family(_ name: String, _ title: String, _ value: (PartitionLog) -> Int) {
            page.begin("kafka_log_log_\(name)", .gauge, title)
            for log in logs { page.add(value(log), ["topic": log.topic, "partition": String(log.index)]) }
        }
        family("size", "Bytes of the partition's segments.") { $0.sizeBytes }
        family("logstartoffset", "The first offset that can be read.") { Int($0.startOffset) }
        family("logendoffset", "One past the last offset.") { Int($0.endOffset) }
        family("numlogsegments", "Segments of the partition.") { $0.segments.count }
        page.begin("kafka_server_replicamanager_partitioncount", .gauge, "Partitions on this broker.")
        page.add(logs.count)
        page.begin("kafka_server_replicamanager_leadercount", .gauge, "Partitions that this broker leads.")
        page.add(logs.count)
        page.begin("kafka_server_replicamanager_offlinereplicacount", .gauge, "Partitions that are not served: see the log.")
        page.add(logs.count { $0.failure != nil })
        page.begin("kafka_log_logmanager_writesrefused", .gauge, "Partitions that the disk takes no writes for at present.")
        page.add(logs.count { $0.refusal != nil })
        page.begin("kafka_controller_kafkacontroller_offlinepartitionscount", .gauge, "As offlinereplicacount.")
        page.add(logs.count { $0.failure != nil })
    }

    private func addState(_ page: inout MetricsPage) {
        func gauge(_ name: String, _ title: String, _ value: Int) {
            page.begin(name, .gauge, title)
            page.add(value)
        }
        gauge("kafka_controller_kafkacontroller_activecontrollercount", "Always 1: the one node.", 1)
        gauge("kafka_controller_kafkacontroller_globaltopiccount", "Topics.", catalog.topics.count)
        gauge("kafka_server_replicamanager_underreplicatedpartitions", "Always 0: one replica is wanted.", 0)
        gauge("kafka_server_replicamanager_underminisrpartitioncount", "Always 0: one replica is wanted.", 0)
        gauge("kafka_server_brokerstate", "3: running.", 3)
        page.begin("kafka_server_delayedoperationpurgatory_purgatorysize", .gauge, "Requests that wait.")
        page.add(waitingFetches.count, ["delayedOperation": "Fetch"])
        gauge("kafka_server_fetchsessioncache_numincrementalfetchsessions", "Fetch sessions.", fetchSessions.count)
        gauge("kafka_log_logcleaner_cleaning", "1 while a partition is being compacted.", cleaning == nil ? 0 : 1)
    }

    private func addCoordinators(_ page: inout MetricsPage) {
        var groupsByState: [String: Int] = [:]
        var offsets = 0
        for group in groups.groups.values {
            groupsByState[group.stateName, default: 0] += 1
            offsets += group.offsets.count
        }
        page.begin("kafka_coordinator_group_groupmetadatamanager_numgroups", .gauge, "Consumer groups.")
        page.add(groups.groups.count)
        page.begin("kafka_coordinator_group_groupmetadatamanager_numoffsets", .gauge, "Committed offsets.")
        page.add(offsets)
        page.begin("kafka_coordinator_group_groupmetadatamanager_groups", .gauge, "Consumer groups by their state.")
        for (state, count) in groupsByState.sorted(by: { $0.key < $1.key }) { page.add(count, ["state": state]) }
        var transactionsByState: [String: Int] = [:]
        for transaction in transactions.all.values { transactionsByState["\(transaction.record.state)", default: 0] += 1 }
        page.begin("kafka_coordinator_transaction_transactionalids", .gauge, "Transactional ids by the state of their last.")
        for (state, count) in transactionsByState.sorted(by: { $0.key < $1.key }) { page.add(count, ["state": state]) }
    }
}

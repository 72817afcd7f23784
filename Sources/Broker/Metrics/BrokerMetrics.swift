// What the broker counts about itself: requests by kind, records and bytes by partition, syncs. Times are whole
// milliseconds, as Kafka's own. Counting is a few additions a request; the page is made when it is asked for.

import KafkaWire

/// How long something took, as often as it happened.
struct DurationCounts {
    /// Upper bounds in milliseconds; what took longer counts to the last.
    static let bounds: [Int64] = [
        0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000,
    ]

    private(set) var count = 0
    private(set) var totalMilliseconds: Int64 = 0
    private var places = [Int](repeating: 0, count: DurationCounts.bounds.count)

    mutating func add(milliseconds: Int64) {
        let milliseconds = max(0, milliseconds)
        count += 1
        totalMilliseconds += milliseconds
        places[Self.bounds.firstIndex { milliseconds <= $0 } ?? Self.bounds.count - 1] += 1
    }

    /// The bound that this share of all stayed within.
    func quantile(_ share: Double) -> Int64 {
        let wanted = Int((Double(count) * share).rounded(.up))
        var seen = 0
        for (place, number) in places.enumerated() {
            seen += number
            if seen >= wanted, seen > 0 { return Self.bounds[place] }
        }
        return 0
    }
}

/// Requests of one kind.
struct RequestCounts {
    var bytesIn = 0
    var bytesOut = 0
    var durations = DurationCounts()
}

/// Records and bytes of one partition since the start.
struct TrafficCounts {
    var recordsIn = 0
    var bytesIn = 0
    var bytesOut = 0
    var produceRequests = 0
    var fetchRequests = 0
    var failedProduceRequests = 0
    var failedFetchRequests = 0

    mutating func add(_ other: TrafficCounts) {
        recordsIn += other.recordsIn
        bytesIn += other.bytesIn
        bytesOut += other.bytesOut
        produceRequests += other.produceRequests
        fetchRequests += other.fetchRequests
        failedProduceRequests += other.failedProduceRequests
        failedFetchRequests += other.failedFetchRequests
    }
}

/// All counts that belong to no partition.
struct BrokerMetrics {
    private(set) var requests: [Int16: RequestCounts] = [:]
    var syncs = DurationCounts()
    /// When the sync under way was begun.
    var syncBeganAt: Int64 = 0
    /// Requests that were no requests, or of no version spoken here.
    var refusedRequests = 0

    mutating func received(_ key: APIKey, bytes: Int) { requests[key.rawValue, default: RequestCounts()].bytesIn += bytes }

    mutating func answered(_ key: APIKey, bytes: Int, milliseconds: Int64) {
        requests[key.rawValue, default: RequestCounts()].bytesOut += bytes
        requests[key.rawValue, default: RequestCounts()].durations.add(milliseconds: milliseconds)
    }
}

extension APIKey {
    /// The name that Kafka gives the request.
    var kafkaName: String {
        switch self {
        case .addPartitionsToTransaction: "AddPartitionsToTxn"
        case .addOffsetsToTransaction: "AddOffsetsToTxn"
        case .endTransaction: "EndTxn"
        case .writeTransactionMarkers: "WriteTxnMarkers"
        case .transactionOffsetCommit: "TxnOffsetCommit"
        case .initProducerID: "InitProducerId"
        case .describeLogDirectories: "DescribeLogDirs"
        case .alterReplicaLogDirectories: "AlterReplicaLogDirs"
        default: "\(self)".prefix(1).uppercased() + "\(self)".dropFirst()
        }
    }
}

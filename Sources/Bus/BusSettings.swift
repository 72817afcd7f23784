// How to reach the bus, and the limits of everything that talks to it.

/// The connection: who and where. Whatever librdkafka can be told beyond it (TLS files, SASL) goes through
/// `extra` under librdkafka's own names.
public struct BusSettings: Sendable {
    /// `host:port`, separated by commas.
    public var bootstrapServers: String
    /// The name by which the broker knows this client in its logs and quotas.
    public var clientId: String
    /// librdkafka's settings, applied last; those that the hub's guarantees rest on cannot be changed.
    public var extra: [(name: String, value: String)]

    public init(bootstrapServers: String, clientId: String = "lgsp", extra: [(name: String, value: String)] = []) {
        self.bootstrapServers = bootstrapServers
        self.clientId = clientId
        self.extra = extra
    }

    /// What no configuration file may turn off: with one of these changed, records could be lost, doubled
    /// or shown before they are committed.
    static let fixedNames: Set<String> = [
        "enable.auto.commit", "auto.commit.enable", "enable.auto.offset.store", "enable.idempotence", "acks",
        "request.required.acks", "isolation.level", "transactional.id", "group.id", "enable.partition.eof",
        "log.queue", "bootstrap.servers", "metadata.broker.list",
    ]
}

/// What a reader sees of transactions.
public enum Isolation: Sendable {
    /// Only records of committed transactions, up to the last stable offset.
    case committed
    /// Everything, up to the high watermark.
    case uncommitted

    var word: String { self == .committed ? "read_committed" : "read_uncommitted" }
}

/// Every limit of this module.
public enum BusLimits {
    /// Records in one polled batch.
    public static let batchRecordsMax = 1_000
    /// Bytes after which a polled batch takes no further record; one record may go past it.
    public static let batchBytesMax = 1_048_576
    /// How much librdkafka may fetch ahead, KiB per consumer. Once so much waits, librdkafka 2.0.2 looks again
    /// only after a second: this over a second is the fastest that a consumer reads a backlog.
    public static let fetchedAheadKibibytesMax = 131_072
    /// The same in records per partition; librdkafka's own default would be 100,000 a second at most.
    public static let fetchedAheadRecordsMax = 400_000
    /// How much one fetch may bring, bytes in all.
    public static let fetchBytesMax = 16_777_216
    /// The largest record with its framing, bytes: Kafka's own default for a batch.
    public static let recordBytesMax = 1_048_588
    /// Records waiting in the producer before `produce` itself waits.
    public static let queuedRecordsMax = 200_000
    /// KiB waiting in the producer before `produce` itself waits.
    public static let queuedKibibytesMax = 131_072
    /// After so long without an acknowledgement a record counts as not stored.
    public static let deliveryMilliseconds = 30_000
    /// After so long without an end the broker aborts a transaction.
    public static let transactionMilliseconds = 60_000
    /// A consumer that does not poll for so long loses its partitions; longer than any batch takes.
    public static let pollIntervalMilliseconds = 300_000
    /// A consumer that is not heard of for so long loses its partitions.
    public static let sessionMilliseconds = 10_000
    /// How long the broker holds a fetch that finds nothing: it bounds how late the end is reported.
    public static let fetchWaitMilliseconds = 100
    /// How long an administrative request may take.
    public static let requestMilliseconds = 15_000
}

/// One partition of one topic.
public struct TopicPartition: Sendable, Hashable, CustomStringConvertible {
    public var topic: String
    public var partition: Int32

    public init(_ topic: String, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }
    public var description: String { "\(topic)/\(partition)" }
}

/// A place in one partition: the offset of the next record.
public struct PartitionPosition: Sendable, Hashable, CustomStringConvertible {
    public var topic: String
    public var partition: Int32
    public var offset: Int64

    public init(_ topic: String, _ partition: Int32, _ offset: Int64) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }
    public var topicPartition: TopicPartition { TopicPartition(topic, partition) }
    public var description: String { "\(topic)/\(partition)@\(offset)" }
}

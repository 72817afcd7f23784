// What can go wrong between the hub and the bus: one error type with a static code, words a person can
// act on, and what the caller is to do next. librdkafka has some 200 error codes; the hub acts on these.

import CRdKafka

/// What the caller of the bus does about an error.
public enum BusDisposition: Sendable, Equatable {
    /// Call the same function again after so long: nothing was changed.
    case retry(afterMilliseconds: Int)
    /// Abort the transaction, forget what the batch did, read again from the committed offsets.
    case abort
    /// The handle is of no further use (fenced, or a fatal error of the idempotent producer): destroy it and
    /// the consumer that goes with it, make new ones, start from the committed offsets.
    case recreate
    /// This record will never be accepted: park it, then go on with the others.
    case park
    /// Nothing this process does can help: stop with `exitCode`.
    case stop
}

/// An operational error of the bus.
public struct BusError: Error, Sendable, CustomStringConvertible {
    /// The kind of error. Low in number, so also a metric label.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String
        private init(_ description: String) { self.description = description }
        public static let settings = Code("bus.settings")
        public static let unreachable = Code("bus.unreachable")
        public static let timedOut = Code("bus.timed-out")
        public static let authentication = Code("bus.authentication")
        public static let authorization = Code("bus.authorization")
        public static let topicUnknown = Code("bus.topic-unknown")
        public static let recordTooLarge = Code("bus.record-too-large")
        public static let recordInvalid = Code("bus.record-invalid")
        public static let queueFull = Code("bus.queue-full")
        public static let rebalanced = Code("bus.rebalanced")
        public static let transactionBroken = Code("bus.transaction-broken")
        public static let fenced = Code("bus.fenced")
        public static let fatal = Code("bus.fatal")
        public static let offsetOutOfRange = Code("bus.offset-out-of-range")
        public static let storage = Code("bus.storage")
        public static let other = Code("bus.other")
    }

    public var code: Code
    public var topic: String?
    public var partition: Int32?
    /// What happened, in a sentence.
    public var text: String
    /// What somebody can do about it.
    public var fix: String
    public var disposition: BusDisposition
    /// librdkafka's number of the error (Kafka's own where positive); 0 where it was found here.
    public var rdKafkaCode: Int32
    /// Places in the produced batch of the records that were not stored; empty where it is not about records.
    public var failedRecords: [Int]

    public init(
        _ code: Code, topic: String? = nil, partition: Int32? = nil, text: String, fix: String,
        disposition: BusDisposition, rdKafkaCode: Int32 = 0, failedRecords: [Int] = []
    ) {
        self.code = code
        self.topic = topic
        self.partition = partition
        self.text = text
        self.fix = fix
        self.disposition = disposition
        self.rdKafkaCode = rdKafkaCode
        self.failedRecords = failedRecords
    }

    /// The exit code of a command that ends with this error (interfaces: 2 configuration, 3 outside).
    public var exitCode: Int32 { code == .settings ? 2 : 3 }

    public var description: String {
        var place = ""
        if let topic { place = " (\(topic)\(partition.map { " partition \($0)" } ?? ""))" }
        return "\(code)\(place): \(text); \(fix)"
    }
}

extension BusError {
    /// An error code of librdkafka or of the broker.
    /// - Parameter detail: what librdkafka said; its own name of the code where empty.
    init(
        _ raw: rd_kafka_resp_err_t, detail: String = "", topic: String? = nil, partition: Int32? = nil,
        servers: String = "", failedRecords: [Int] = []
    ) {
        let (code, disposition, fix) = Self.meaning(of: raw, servers: servers)
        let name = unsafe rd_kafka_err2str(raw).map { unsafe String(cString: $0) } ?? ""
        self.init(
            code, topic: topic, partition: partition, text: detail.isEmpty ? name : detail, fix: fix,
            disposition: disposition, rdKafkaCode: raw.rawValue, failedRecords: failedRecords)
    }

    /// Takes over librdkafka's error object and frees it. What it says of itself (fatal, needs an abort,
    /// may be retried) goes before what the code alone means.
    init(consuming error: OpaquePointer, servers: String = "") {
        let detail = unsafe rd_kafka_error_string(error).map { unsafe String(cString: $0) } ?? ""
        self.init(unsafe rd_kafka_error_code(error), detail: detail, servers: servers)
        if unsafe rd_kafka_error_is_fatal(error) != 0 {
            disposition = .recreate
            if code == .other { code = .fatal }
        } else if unsafe rd_kafka_error_txn_requires_abort(error) != 0 {
            disposition = .abort
            if code == .other { code = .transactionBroken }
        } else if unsafe rd_kafka_error_is_retriable(error) != 0 {
            disposition = .retry(afterMilliseconds: 100)
        }
        unsafe rd_kafka_error_destroy(error)
    }

    private static func meaning(
        of raw: rd_kafka_resp_err_t, servers: String
    ) -> (Code, BusDisposition, String) {
        let place = servers.isEmpty ? "the addresses in --bootstrap-servers" : servers
        switch raw {
        case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE,
            RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION:
            return (
                .unreachable, .retry(afterMilliseconds: 1_000),
                "check that a broker answers at \(place), that the name resolves and the port is open, and that "
                    + "security.protocol is what the listener wants"
            )
        case RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
            RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
            return (.timedOut, .retry(afterMilliseconds: 1_000), "check that a broker answers at \(place) and keeps up")
        case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, RD_KAFKA_RESP_ERR__SSL,
            RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
            return (.authentication, .stop, "check the client's certificate, key and CA file or its user and password")
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
            return (.authorization, .stop, "grant this client the right on the broker (ACL)")
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
            RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
            return (.topicUnknown, .retry(afterMilliseconds: 1_000), "create the topic, or check its name")
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
            return (.recordTooLarge, .park, "the record must be under max.message.bytes of the topic")
        case RD_KAFKA_RESP_ERR_INVALID_MSG, RD_KAFKA_RESP_ERR__BAD_MSG, RD_KAFKA_RESP_ERR_INVALID_RECORD:
            return (.recordInvalid, .park, "the broker refuses the record as it is (a compacted topic wants a key)")
        case RD_KAFKA_RESP_ERR__QUEUE_FULL:
            return (.queueFull, .retry(afterMilliseconds: 100), "the broker takes records slower than they are made")
        case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
            RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED,
            RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
            return (.rebalanced, .abort, "the group was rebalanced: go on with the next poll's assignment")
        case RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
            return (.fenced, .recreate, "another process uses the same transactional id, or this one was away too long")
        case RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
            RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING:
            return (.fatal, .recreate, "the producer must be made anew")
        case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
            return (.offsetOutOfRange, .stop, "the records were deleted before they were read: lengthen retention")
        case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
            RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
            return (.unreachable, .retry(afterMilliseconds: 500), "nothing: the brokers are electing a leader")
        case RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR:
            return (.storage, .retry(afterMilliseconds: 5_000), "the broker cannot write: check its disk")
        case RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR__CONFLICT, RD_KAFKA_RESP_ERR__NOT_CONFIGURED:
            return (.settings, .stop, "check the bus settings")
        default:
            return (.other, .retry(afterMilliseconds: 1_000), "see the broker's log")
        }
    }
}

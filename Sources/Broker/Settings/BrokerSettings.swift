// The broker's settings: where, how durable, and Kafka's own settings by Kafka's names, as `--set` and a
// server.properties file give them.

import Runtime

/// When appended batches are made durable.
public enum SyncPolicy: Sendable, Equatable {
    /// Before they are acknowledged, many in one go.
    case always
    /// Every so many milliseconds; a power cut loses what was acknowledged since.
    case interval(milliseconds: Int64)
    /// When the operating system does; a power cut can lose what was acknowledged.
    case os

    /// `always`, `interval:MS` or `os`.
    public init?(_ text: String) {
        if text == "always" {
            self = .always
        } else if text == "os" {
            self = .os
        } else if text.hasPrefix("interval:"), let milliseconds = Int64(text.dropFirst(9)), milliseconds > 0 {
            self = .interval(milliseconds: milliseconds)
        } else {
            return nil
        }
    }
}

/// A setting that cannot be.
public struct SettingError: Error, Sendable, CustomStringConvertible {
    public var key: String
    public var reason: String
    public var description: String { "\(key): \(reason)" }
}

/// What a broker is started with.
public struct BrokerSettings: Sendable {
    public var dataDirectory: String
    public var host: String
    /// 0 takes any free port; `BrokerServer.port` tells which.
    public var port: Int
    /// The host that clients are told to connect to; the listening host when nil.
    public var advertisedHost: String?
    public var fsync: SyncPolicy
    public var limits = BrokerLimits()
    public var security = SecuritySettings()

    public var nodeID: Int32 = 1
    var partitionCountInitial: Int32 = 1
    var createsTopicsAutomatically = true
    var groupInitialRebalanceDelayMilliseconds: Int64 = 0
    var groupSessionTimeoutMillisecondsMin: Int32 = 6_000
    var groupSessionTimeoutMillisecondsMax: Int32 = 1_800_000
    var groupSizeMax = Int(Int32.max)
    var consumerGroups = GroupSettings()
    var offsetMetadataBytesMax = 4_096
    var offsetsRetentionMilliseconds: Int64 = 10_080 * 60_000
    var offsetsRetentionCheckMilliseconds: Int64 = 600_000
    var transactionTimeoutMillisecondsMax: Int32 = 900_000
    var transactionalIDExpirationMilliseconds: Int64 = 604_800_000
    var producerIDExpirationMilliseconds: Int64 = 86_400_000
    var retentionCheckMilliseconds: Int64 = 300_000
    /// From the start to the first look at retention: records that are old when they come have so long to be read.
    var initialTaskDelayMilliseconds: Int64 = 30_000
    var producerIDExpirationCheckMilliseconds: Int64 = 600_000
    var transactionalIDExpirationCheckMilliseconds: Int64 = 3_600_000
    var isCleanerEnabled = true
    var cleanerBackoffMilliseconds: Int64 = 15_000
    var isTopicDeletionEnabled = true
    /// Broker-wide values of topic settings, and settings that are shown but not acted on.
    var values: [String: String] = [:]

    public init(dataDirectory: String, host: String = "127.0.0.1", port: Int = 9092, fsync: SyncPolicy = .always) {
        self.dataDirectory = dataDirectory
        self.host = host
        self.port = port
        self.fsync = fsync
    }

    /// Sets one of Kafka's broker settings; throws `SettingError` for a name that Kafka does not have or a
    /// value that it would not take.
    public mutating func set(key: String, value given: String) throws {
        let value = SettingRule.trimmed(given)
        if try security.take(key, value) {
            if !SecuritySettings.isSecret(key) { values[key] = value }
            return
        }
        switch key {
        case "node.id", "broker.id": nodeID = try parse(key, value, min: 0)
        case "num.partitions": partitionCountInitial = try parse(key, value, min: 1)
        case "auto.create.topics.enable": createsTopicsAutomatically = try boolean(key, value)
        case "delete.topic.enable": isTopicDeletionEnabled = try boolean(key, value)
        case "log.cleaner.backoff.ms": cleanerBackoffMilliseconds = try parse(key, value, min: 0)
        case "log.cleaner.enable": isCleanerEnabled = try boolean(key, value)
        case "group.initial.rebalance.delay.ms": groupInitialRebalanceDelayMilliseconds = try parse(key, value)
        case "group.min.session.timeout.ms": groupSessionTimeoutMillisecondsMin = try parse(key, value)
        case "group.max.session.timeout.ms": groupSessionTimeoutMillisecondsMax = try parse(key, value)
        case "group.max.size": groupSizeMax = try parse(key, value, min: 1)
        case "offset.metadata.max.bytes": offsetMetadataBytesMax = try parse(key, value)
        case "offsets.retention.minutes":
            offsetsRetentionMilliseconds = Int64(try parse(key, value, min: 1) as Int32) * 60_000
        case "offsets.retention.check.interval.ms":
            offsetsRetentionCheckMilliseconds = try parse(key, value, min: 1)
        case "transaction.max.timeout.ms": transactionTimeoutMillisecondsMax = try parse(key, value, min: 1)
        case "transactional.id.expiration.ms": transactionalIDExpirationMilliseconds = try parse(key, value, min: 1)
        case "producer.id.expiration.ms": producerIDExpirationMilliseconds = try parse(key, value, min: 1)
        case "producer.id.expiration.check.interval.ms":
            producerIDExpirationCheckMilliseconds = try parse(key, value, min: 1)
        case "transaction.remove.expired.transaction.cleanup.interval.ms":
            transactionalIDExpirationCheckMilliseconds = try parse(key, value, min: 1)
        case "log.initial.task.delay.ms": initialTaskDelayMilliseconds = try parse(key, value, min: 0)
        case "log.retention.check.interval.ms": retentionCheckMilliseconds = try parse(key, value, min: 1)
        case "socket.request.max.bytes": limits.requestBytesMax = try parse(key, value, min: 1)
        case "fetch.max.bytes": limits.fetchBytesMax = try parse(key, value, min: 1_024)
        case "max.connections.per.ip": limits.connectionsPerAddressMax = try parse(key, value, min: 0)
        case "sasl.server.max.receive.size": limits.saslBytesMax = try parse(key, value)
        case "max.connections": limits.connectionsMax = try parse(key, value, min: 0)
        case "connections.max.idle.ms": limits.idleMilliseconds = try parse(key, value)
        case "log.retention.hours": try setTopicDefault("log.retention.ms", hours: value, key: key, unit: 3_600_000)
        case "log.retention.minutes": try setTopicDefault("log.retention.ms", hours: value, key: key, unit: 60_000)
        case "log.roll.hours": try setTopicDefault("log.roll.ms", hours: value, key: key, unit: 3_600_000)
        default:
            if let setting = TopicSettingKey.all.first(where: { $0.brokerName == key }) {
                // Segments may be smaller here than Kafka lets them.
                if key != "log.segment.bytes", let reason = setting.rule.complaint(about: value) {
                    throw SettingError(key: key, reason: "\(reason), not \"\(value)\"")
                }
            } else if try consumerGroups.set(key: key, value: value) {
                break
            } else if let setting = BrokerSettingKey.named(key), let reason = setting.rule.complaint(about: value) {
                throw SettingError(key: key, reason: "\(reason), not \"\(value)\"")
            } else if key.contains(" ") || TopicSettingKey.all.contains(where: { $0.name == key }) {
                // No name at all, or a topic's where the broker's is another: Kafka takes it and warns. What the
                // topic's name says is not done.
                Log.warning("broker.setting-ignored", ["key": key])
            } else if !Self.namesWithoutEffect.contains(key), !BrokerSettingKey.isTakenUnheeded(key) {
                throw SettingError(key: key, reason: "is not a setting of Kafka's brokers that means something here")
            }
        }
        values[key] = value
    }

    private mutating func setTopicDefault(_ name: String, hours: String, key: String, unit: Int64) throws {
        let count: Int64 = try parse(key, hours, min: -1)
        values[name] = count < 0 ? "-1" : String(count.multipliedReportingOverflow(by: unit).partialValue)
    }

    /// Kafka sets no lower bound to a setting that is parsed without one: test beds give 0 and -1.
    private func parse<T: FixedWidthInteger>(_ key: String, _ value: String, min: T = T.min) throws -> T {
        guard let number = T(value), number >= min else {
            let bound = min == T.min ? "of \(T.bitWidth) bits" : "of at least \(min)"
            throw SettingError(key: key, reason: "must be a whole number \(bound), not \"\(value)\"")
        }
        return number
    }

    private func boolean(_ key: String, _ value: String) throws -> Bool {
        switch value.lowercased() {
        case "true": return true
        case "false": return false
        default: throw SettingError(key: key, reason: "must be true or false, not \"\(value)\"")
        }
    }

    /// Settings that a single node accepts, shows and has no use for.
    static let namesWithoutEffect: Set<String> = [
        "offsets.topic.replication.factor", "offsets.topic.num.partitions", "offsets.topic.segment.bytes",
        "group.coordinator.append.linger.ms", "group.coordinator.background.threads",
        "group.coordinator.cached.buffer.max.bytes", "group.coordinator.threads", "offsets.load.buffer.size",
        "offsets.topic.compression.codec", "offsets.commit.timeout.ms",
        "transaction.state.log.replication.factor", "transaction.state.log.min.isr",
        "transaction.state.log.num.partitions", "transaction.state.log.segment.bytes",
        "transaction.abort.timed.out.transaction.cleanup.interval.ms",
        "default.replication.factor", "log.unclean.leader.election.enable",
        "num.network.threads", "num.io.threads", "num.recovery.threads.per.data.dir", "background.threads",
        "queued.max.requests", "request.timeout.ms", "broker.rack",
        "log.flush.scheduler.interval.ms", "log.cleaner.threads",
        "log.cleaner.dedupe.buffer.size", "socket.send.buffer.bytes", "socket.receive.buffer.bytes",
        "replica.lag.time.max.ms", "num.replica.fetchers", "controlled.shutdown.enable",
        "transaction.partition.verification.enable", "sasl.mechanism.inter.broker.protocol",
        "security.inter.broker.protocol", "inter.broker.listener.name", "control.plane.listener.name",
        "log.message.timestamp.before.max.ms",
        "log.message.timestamp.after.max.ms", "auto.leader.rebalance.enable",
    ]
}

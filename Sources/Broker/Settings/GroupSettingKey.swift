// Which settings a group has, and which a client-metrics subscription, by Kafka's names.

/// One group-level setting.
struct GroupSettingKey: Sendable {
    var name: String
    var rule: SettingRule
    var initial: String
    /// The broker's setting that holds where the group has none of its own.
    var brokerName: String
    var documentation: String

    init(_ name: String, _ rule: SettingRule, _ initial: String, broker: String, _ documentation: String) {
        self.name = name
        self.rule = rule
        self.initial = initial
        brokerName = broker
        self.documentation = documentation
    }

    static let all: [GroupSettingKey] = [
        .init(
            "consumer.assignment.interval.ms", .integer(.atLeast(0)), "1000",
            broker: "group.consumer.assignment.interval.ms",
            "The least time between two assignments of a consumer group."),
        .init(
            "consumer.heartbeat.interval.ms", .integer(.atLeast(1)), "5000",
            broker: "group.consumer.heartbeat.interval.ms",
            "How often members of a consumer group are to be heard of."),
        .init(
            "consumer.session.timeout.ms", .integer(.atLeast(1)), "45000",
            broker: "group.consumer.session.timeout.ms",
            "After what silence a member of a consumer group is given up."),
        .init(
            "share.assignment.interval.ms", .integer(.atLeast(0)), "1000",
            broker: "group.share.assignment.interval.ms",
            "The least time between two assignments of a share group."),
        .init("share.auto.offset.reset", .string(), "latest", broker: "share.auto.offset.reset",
            "Where a share group begins to read."),
        .init(
            "share.delivery.count.limit", .integer(.atLeast(2)), "5",
            broker: "group.share.delivery.count.limit",
            "How often a record is offered to a share group at most."),
        .init(
            "share.heartbeat.interval.ms", .integer(.atLeast(1)), "5000",
            broker: "group.share.heartbeat.interval.ms",
            "How often members of a share group are to be heard of."),
        .init(
            "share.isolation.level", .string(.words(["read_committed", "read_uncommitted"])), "read_uncommitted",
            broker: "share.isolation.level",
            "Whether a share group sees records of open transactions."),
        .init(
            "share.partition.max.record.locks", .integer(.atLeast(100)), "2000",
            broker: "group.share.partition.max.record.locks",
            "How many records of a partition a share group may hold."),
        .init(
            "share.record.lock.duration.ms", .integer(.atLeast(1000)), "30000",
            broker: "group.share.record.lock.duration.ms",
            "How long a member of a share group holds a record."),
        .init("share.renew.acknowledge.enable", .boolean(), "true", broker: "share.renew.acknowledge.enable",
            "Whether members of a share group may hold a record longer."),
        .init(
            "share.session.timeout.ms", .integer(.atLeast(1)), "45000",
            broker: "group.share.session.timeout.ms",
            "After what silence a member of a share group is given up."),
        .init(
            "streams.assignment.interval.ms", .integer(.atLeast(0)), "1000",
            broker: "group.streams.assignment.interval.ms",
            "The least time between two assignments of a streams group."),
        .init(
            "streams.heartbeat.interval.ms", .integer(.atLeast(1)), "5000",
            broker: "group.streams.heartbeat.interval.ms",
            "How often members of a streams group are to be heard of."),
        .init(
            "streams.initial.rebalance.delay.ms", .integer(.atLeast(0)), "3000",
            broker: "group.streams.initial.rebalance.delay.ms",
            "How long a new streams group waits for more members."),
        .init(
            "streams.num.standby.replicas", .integer(.atLeast(0)), "0",
            broker: "group.streams.num.standby.replicas",
            "How many standby copies a streams group's tasks have."),
        .init(
            "streams.session.timeout.ms", .integer(.atLeast(1)), "45000",
            broker: "group.streams.session.timeout.ms",
            "After what silence a member of a streams group is given up."),
    ]

    static func named(_ name: String) -> GroupSettingKey? { all.first { $0.name == name } }

    /// Why a group cannot have a setting; nil when it can. `broker` gives the bounds that the broker sets.
    static func complaint(about name: String, _ value: String?, broker: (String) -> String?) -> String? {
        guard let key = named(name) else { return "Unknown group config name: \(name)" }
        guard let value else { return "Null value not supported for group configs: \(name)" }
        if let reason = key.rule.complaint(about: value) {
            return "Invalid value \(value) for configuration \(name): \(reason)"
        }
        // group.consumer.session.timeout.ms has group.consumer.min.session.timeout.ms beside it, and so on.
        let words = key.brokerName.split(separator: ".", maxSplits: 2)
        guard words.count == 3, let number = Int64(SettingRule.trimmed(value)) else { return nil }
        for (word, isWrong) in [("min", { (bound: Int64) in number < bound }), ("max", { number > $0 })] {
            let bound = "\(words[0]).\(words[1]).\(word).\(words[2])"
            if let limit = broker(bound).flatMap(Int64.init), isWrong(limit) {
                return "\(name) must not pass \(bound), which is \(limit)"
            }
        }
        return nil
    }
}

/// One setting of a client-metrics subscription.
struct ClientMetricsSettingKey: Sendable {
    var name: String
    var rule: SettingRule
    var initial: String
    var documentation: String

    init(_ name: String, _ rule: SettingRule, _ initial: String, _ documentation: String) {
        self.name = name
        self.rule = rule
        self.initial = initial
        self.documentation = documentation
    }

    static let all: [ClientMetricsSettingKey] = [
        .init("interval.ms", .integer(.between(100, 3_600_000)), "300000", "How often clients push their metrics."),
        .init("match", .list(), "", "Which clients are asked, as ATTRIBUTE=PATTERN."),
        .init("metrics", .list(), "", "The prefixes of the metrics wanted; * for all."),
    ]

    static let attributes = [
        "client_instance_id", "client_id", "client_software_name", "client_software_version", "client_source_address",
        "client_source_port",
    ]

    static func named(_ name: String) -> ClientMetricsSettingKey? { all.first { $0.name == name } }

    /// Why a subscription cannot have a setting; nil when it can.
    static func complaint(about name: String, _ value: String?) -> String? {
        guard let key = named(name) else { return "Unknown client metrics configuration: \(name)" }
        let reason = value.flatMap { key.rule.complaint(about: $0) ?? matchComplaint(name, $0) }
        guard let value, let reason else { return nil }
        return "Invalid value \(value) for configuration \(name): \(reason)"
    }

    private static func matchComplaint(_ name: String, _ value: String) -> String? {
        guard name == "match" else { return nil }
        for item in SettingRule.items(value) {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, attributes.contains(SettingRule.trimmed(String(parts[0]))),
                (try? Regex(SettingRule.trimmed(String(parts[1])))) != nil
            else { return "\(item) is not ATTRIBUTE=PATTERN" }
        }
        return nil
    }
}

// The broker's settings of the consumer group protocol (KIP-848), by Kafka's names, with Kafka's defaults and
// bounds. A group's own settings (`consumer.session.timeout.ms` and the like) must lie within them.

/// What groups of the consumer protocol are held to; times in milliseconds.
struct GroupSettings: Sendable {
    var sessionTimeout: Int32 = 45_000
    var sessionTimeoutMin: Int32 = 45_000
    var sessionTimeoutMax: Int32 = 60_000
    var heartbeatInterval: Int32 = 5_000
    var heartbeatIntervalMin: Int32 = 5_000
    var heartbeatIntervalMax: Int32 = 15_000
    var sizeMax: Int32 = .max
    /// The first is the one for members that name none.
    var assignors = ["uniform", "range"]
    /// Whether a classic group may become one of the consumer protocol, and back, while it has members.
    var canUpgrade = true
    var canDowngrade = true
    /// Whether the consumer protocol is offered at all.
    var isOffered = true

    /// Takes a setting; false when it is not one of these.
    mutating func set(key: String, value: String) throws -> Bool {
        switch key {
        case "group.consumer.session.timeout.ms": sessionTimeout = try number(key, value)
        case "group.consumer.min.session.timeout.ms": sessionTimeoutMin = try number(key, value)
        case "group.consumer.max.session.timeout.ms": sessionTimeoutMax = try number(key, value)
        case "group.consumer.heartbeat.interval.ms": heartbeatInterval = try number(key, value)
        case "group.consumer.min.heartbeat.interval.ms": heartbeatIntervalMin = try number(key, value)
        case "group.consumer.max.heartbeat.interval.ms": heartbeatIntervalMax = try number(key, value)
        case "group.consumer.max.size": sizeMax = try number(key, value)
        case "group.consumer.assignors":
            let names = words(value)
            guard !names.isEmpty, names.allSatisfy({ $0 == "uniform" || $0 == "range" }) else {
                throw SettingError(key: key, reason: "can name uniform and range, not \"\(value)\"")
            }
            assignors = names
        case "group.consumer.migration.policy":
            guard ["bidirectional", "upgrade", "downgrade", "disabled"].contains(value.lowercased()) else {
                throw SettingError(key: key, reason: "must be bidirectional, upgrade, downgrade or disabled")
            }
            canUpgrade = ["bidirectional", "upgrade"].contains(value.lowercased())
            canDowngrade = ["bidirectional", "downgrade"].contains(value.lowercased())
        case "group.coordinator.rebalance.protocols":
            let names = words(value).map { $0.lowercased() }
            guard names.contains("classic"),
                names.allSatisfy({ ["classic", "consumer", "share", "streams"].contains($0) })
            else { throw SettingError(key: key, reason: "must name classic and can name consumer") }
            isOffered = names.contains("consumer")
        default: return Self.withoutEffect.contains(key)
        }
        return true
    }

    private func words(_ value: String) -> [String] {
        value.split(separator: ",").map { $0.filter { $0 != " " } }
    }

    private func number(_ key: String, _ value: String) throws -> Int32 {
        guard let number = Int32(value), number >= 1 else {
            throw SettingError(key: key, reason: "must be a whole number of at least 1, not \"\(value)\"")
        }
        return number
    }

    /// Assignments are computed when they are needed, not at intervals; a subscription's pattern is matched
    /// whenever topics change.
    private static let withoutEffect: Set<String> = [
        "group.consumer.assignment.interval.ms", "group.consumer.min.assignment.interval.ms",
        "group.consumer.max.assignment.interval.ms", "group.consumer.assignor.offload.enable",
        "group.consumer.regex.refresh.interval.ms",
    ]
}

// How fast clients produce and fetch, against their quotas. A rate is measured as Kafka does: over the eleven last
// windows of a second, the running one included. Who is above its quota is told how long to wait, which all current
// clients do; a fetch meanwhile gets no records.

import KafkaWire

/// A rate over sliding windows.
struct RateMeter: Sendable {
    static let windowCount = 11
    static let windowMilliseconds: Int64 = 1_000

    private var windows: [(start: Int64, sum: Double)] = []

    /// Counts `amount` in the window that `now` lies in.
    mutating func add(_ amount: Double, now: Int64) {
        drop(now: now)
        if let last = windows.last, now - last.start < Self.windowMilliseconds {
            windows[windows.count - 1].sum += amount
        } else {
            windows.append((now, amount))
        }
    }

    /// How long to wait, in milliseconds, until the rate is down to `limit` a second; at most one window's time.
    mutating func delay(limit: Double, now: Int64) -> Int32 {
        drop(now: now)
        guard let first = windows.first, limit > 0 else { return 0 }
        // A meter that has just begun counts as if it had been still before.
        let elapsed = max(now - first.start, Int64(Self.windowCount - 1) * Self.windowMilliseconds)
        let rate = windows.reduce(0) { $0 + $1.sum } * 1_000 / Double(elapsed)
        guard rate > limit else { return 0 }
        let delay = (rate - limit) / limit * Double(elapsed)
        return Int32(min(delay.rounded(), Double(Self.windowMilliseconds)))
    }

    var isIdle: Bool { windows.isEmpty }

    mutating func drop(now: Int64) {
        let oldest = now - Int64(Self.windowCount) * Self.windowMilliseconds
        windows.removeAll { $0.start <= oldest }
    }
}

/// The rates of all clients that have a quota.
struct QuotaMeters {
    private struct Key: Hashable {
        var quota: String
        var entity: QuotaEntity
    }

    /// Meters kept; beyond, those that stand still are forgotten.
    private static let metersMax = 10_000

    private var meters: [Key: RateMeter] = [:]

    /// Counts `amount` for a client and returns how long it is to wait.
    mutating func record(
        _ amount: Int, _ quota: String, _ quotas: ClientQuotas, user: String, clientID: String, now: Int64
    ) -> Int32 {
        guard let limit = quotas.limit(quota, user: user, clientID: clientID) else { return 0 }
        if meters.count >= Self.metersMax { forgetIdle(now: now) }
        let key = Key(quota: quota, entity: limit.entity)
        meters[key, default: RateMeter()].add(Double(amount), now: now)
        return meters[key]?.delay(limit: limit.value, now: now) ?? 0
    }

    private mutating func forgetIdle(now: Int64) {
        for key in meters.keys { meters[key]?.drop(now: now) }
        meters = meters.filter { !$0.value.isIdle }
    }
}

extension BrokerCore {
    /// Who a request comes from, as quotas name users.
    private func quotaUser(_ target: ReplyTarget) -> String { target.principal.name }

    /// Notes a request of `bytes` and what it has to wait for; false when it was answered here: a fetch of a client
    /// above its quota.
    func admit(_ target: inout ReplyTarget, bytes: Int) -> Bool {
        switch target.key {
        case .produce:
            target.throttleMilliseconds = record(target, "producer_byte_rate", bytes)
            return true
        case .fetch:
            let delay = record(target, "consumer_byte_rate", 0)
            guard delay > 0 else { return true }
            var response = FetchResponse()
            response.throttleTimeMilliseconds = delay
            reply(target, response)
            return false
        default: return true
        }
    }

    /// The response with the wait that its client is told.
    func throttled<Message: WireMessage>(_ target: ReplyTarget, _ message: Message) -> Message {
        guard target.throttleMilliseconds > 0, var produced = message as? ProduceResponse else { return message }
        produced.throttleTimeMilliseconds = target.throttleMilliseconds
        return produced as? Message ?? message
    }

    /// Counts what a client is sent.
    func countSent(_ target: ReplyTarget, bytes: Int) {
        if target.key == .fetch { _ = record(target, "consumer_byte_rate", bytes) }
    }

    private func record(_ target: ReplyTarget, _ quota: String, _ bytes: Int) -> Int32 {
        quotaMeters.record(
            bytes, quota, administration.state.quotas, user: quotaUser(target), clientID: target.clientID, now: now)
    }
}

// One lane: one thread with one kept connection that works off its share of a batch, key by key in order.

import HTTP
import Records
import Runtime

/// A share of one `deliver` call.
struct LaneWork: Sendable {
    var deliveries: [(index: Int, delivery: Delivery)]
    /// Monotonic milliseconds after which what is left is deferred.
    var until: Int64
    let results: DeliveryResults
}

/// Where lanes put results and the caller waits for them.
final class DeliveryResults: Sendable {
    private let state: Monitor<(results: [DeliveryResult?], missing: Int)>

    init(count: Int) { state = Monitor((Array(repeating: nil, count: count), count)) }

    func put(_ result: DeliveryResult, at index: Int) {
        state.with { state in
            if state.results[index] == nil { state.missing -= 1 }
            state.results[index] = result
        }
    }

    func wait() -> [DeliveryResult] {
        state.wait { $0.missing == 0 ? $0.results.compactMap(\.self) : nil } ?? []
    }
}

/// The work of a lane's thread.
struct DeliveryLane: ~Copyable {
    /// A record that is being delivered.
    private struct Exchange {
        var conversation: any Conversation
        /// Failed tries, whoever was to blame.
        var failures = 0
        /// Failed tries that count against the record.
        var charged = 0
        var hasRenewedToken = false
    }

    private let connector: any Connector
    private let access: PlatformAccess
    private let limits: DelivererLimits
    private let stopping: Monitor<Bool>
    private let client: HTTPClient
    private var generator: SeededGenerator

    init(
        _ connector: any Connector, access: PlatformAccess, client: HTTPClient, limits: DelivererLimits,
        stopping: Monitor<Bool>, seed: UInt64
    ) {
        self.connector = connector
        self.access = access
        self.client = client
        self.limits = limits
        self.stopping = stopping
        generator = SeededGenerator(seed: seed)
    }

    /// Works until everything is delivered, refused or out of time.
    mutating func run(_ work: LaneWork) {
        var schedule = LaneSchedule()
        for (place, entry) in work.deliveries.enumerated() { schedule.add(place, key: entry.delivery.key) }
        var exchanges: [Int: Exchange] = [:]
        var reason = "the platform was not reached in time"
        while access.now < work.until && !stopping.with({ $0 }) {
            switch schedule.next(at: access.now) {
            case .empty: return
            case .wait(let until):
                let milliseconds = min(until, work.until) - access.now
                // The wait ends early only when the client is stopped.
                _ = stopping.wait(until: Deadline(afterMilliseconds: Int(clamping: milliseconds))) { $0 ? true : nil }
            case .run(let place):
                let entry = work.deliveries[place]
                var exchange =
                    exchanges.removeValue(forKey: place)
                    ?? Exchange(conversation: connector.conversation(about: entry.delivery))
                switch attempt(&exchange) {
                case .ended(let outcome):
                    schedule.finished()
                    work.results.put(DeliveryLane.result(entry.delivery, outcome, exchange), at: entry.index)
                case .again(let moment, let why):
                    exchanges[place] = exchange
                    schedule.postponed(until: moment)
                    if let why { reason = why }
                }
            }
        }
        for place in schedule.remaining {
            let entry = work.deliveries[place]
            let exchange = exchanges[place] ?? Exchange(conversation: connector.conversation(about: entry.delivery))
            var result = DeliveryLane.result(entry.delivery, .deferred(detail: reason), exchange)
            // A deferred delivery is made again from its beginning; its events come then.
            result.events = []
            work.results.put(result, at: entry.index)
        }
    }

    private static func result(_ delivery: Delivery, _ outcome: DeliveryOutcome, _ exchange: Exchange) -> DeliveryResult
    {
        var attempts = exchange.failures
        switch outcome {
        case .done, .refused: attempts += 1
        case .exhausted, .deferred: break
        }
        return DeliveryResult(
            id: delivery.id, contract: delivery.contract, outcome: outcome, attempts: attempts,
            events: exchange.conversation.events)
    }

    private enum Attempt {
        case ended(DeliveryOutcome)
        case again(at: Int64, reason: String?)
    }

    /// Goes through a conversation until it ends or has to wait.
    private mutating func attempt(_ exchange: inout Exchange) -> Attempt {
        for _ in 0..<limits.requestsPerRecordMax {
            switch exchange.conversation.next(wallMilliseconds: access.wallMilliseconds) {
            case .done(let reference): return .ended(.done(reference: reference))
            case .refused(let code, let detail): return .ended(.refused(code, detail: detail))
            case .ask(let request):
                let isProbe: Bool
                switch access.permission() {
                case .refused(let until): return .again(at: until, reason: nil)
                case .allowed: isProbe = false
                case .probe: isProbe = true
                }
                if let pause = exchangeOnce(&exchange, request, isProbe: isProbe) { return pause }
            }
        }
        return .ended(.refused(.connectorPayload, detail: "the record needs more requests than are allowed"))
    }

    /// One request and its answer; nil where the conversation can go on.
    private mutating func exchangeOnce(_ exchange: inout Exchange, _ request: HTTPRequest, isProbe: Bool) -> Attempt? {
        var request = request
        do throws(HTTPError) {
            let token = try access.authorise(&request, client: client, timeoutMilliseconds: limits.requestMilliseconds)
            let answer = try client.send(request, timeoutMilliseconds: limits.requestMilliseconds)
            switch exchange.conversation.take(answer, wallMilliseconds: access.wallMilliseconds) {
            case .understood:
                access.succeeded()
                exchange.hasRenewedToken = false
                return nil
            case .retry(let asked, let blame, let reason):
                return failure(&exchange, blame, asked: asked, reason, isProbe: isProbe)
            case .unauthorised:
                if let token { access.refuse(token) }
                guard token != nil, !exchange.hasRenewedToken else {
                    return failure(
                        &exchange, .platform, asked: nil, "the platform does not accept our credentials",
                        isProbe: isProbe)
                }
                exchange.hasRenewedToken = true
                // The platform is alive: a probe must not be left unreported.
                access.succeeded()
                return nil
            }
        } catch {
            if error.kind == .unsendable {
                if isProbe { access.failed() }
                return .ended(.refused(.connectorPayload, detail: error.detail))
            }
            return failure(&exchange, .platform, asked: nil, error.description, isProbe: isProbe)
        }
    }

    private mutating func failure(
        _ exchange: inout Exchange, _ blame: Blame, asked: Int64?, _ reason: String, isProbe: Bool
    ) -> Attempt {
        access.failed()
        exchange.failures += 1
        if let asked { access.pause(milliseconds: asked) }
        if blame == .record || !isProbe { exchange.charged += 1 }
        guard exchange.charged < limits.attemptsMax else {
            return .ended(.exhausted(detail: "\(exchange.charged) attempts failed; the last: \(reason)"))
        }
        let wait = asked ?? limits.backOff.delay(afterAttempt: max(1, exchange.charged), using: &generator)
        return .again(at: access.now + wait, reason: reason)
    }
}

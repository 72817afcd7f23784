// The circuit breaker: when a platform as a whole fails, records are not tried one after another until each
// has used up its attempts; instead all wait, and now and then one goes ahead to see.

/// A circuit breaker without a clock: every call is told the time in milliseconds.
public struct CircuitBreaker: Sendable, Equatable {
    /// Where the breaker stands; also a metric's label.
    public enum State: Sendable, Equatable {
        /// Everything goes through; so many failures in a row so far.
        case closed(failures: Int)
        /// Nothing goes through until then; `openings` counts how often it has opened in a row.
        case open(until: Int64, openings: Int)
        /// One probe is on its way.
        case halfOpen(since: Int64, openings: Int)
    }

    public enum Permission: Sendable, Equatable {
        case allowed
        /// Go ahead as the one probe; its failure is the platform's, not the record's.
        case probe
        /// Ask again then.
        case refused(until: Int64)
    }

    /// Failures in a row that open it.
    public var failuresMax = 5
    public var openMilliseconds: Int64 = 1_000
    /// Each opening in a row doubles the wait up to this.
    public var openMillisecondsMax: Int64 = 60_000
    /// A probe that has not reported for so long is given up.
    public var probeMillisecondsMax: Int64 = 120_000
    public private(set) var state = State.closed(failures: 0)
    private var pausedUntil = Int64.min

    public init() {}

    /// Whether a request may go now. `.probe` is given once; whoever has it must report.
    public mutating func permission(at now: Int64) -> Permission {
        if now < pausedUntil { return .refused(until: pausedUntil) }
        switch state {
        case .closed: return .allowed
        case .open(let until, _) where now < until: return .refused(until: until)
        case .open(_, let openings):
            state = .halfOpen(since: now, openings: openings)
            return .probe
        case .halfOpen(let since, let openings):
            guard now - since >= probeMillisecondsMax else { return .refused(until: now + min(openMilliseconds, 250)) }
            state = .halfOpen(since: now, openings: openings)
            return .probe
        }
    }

    /// A request was answered as it should be, even where the answer refused the record.
    public mutating func succeeded() { state = .closed(failures: 0) }

    /// A request failed for a reason that lies with the platform or the way to it.
    public mutating func failed(at now: Int64) {
        switch state {
        case .closed(let failures):
            state =
                failures + 1 >= failuresMax
                ? .open(until: now + openMilliseconds, openings: 1) : .closed(failures: failures + 1)
        case .halfOpen(_, let openings):
            let wait = min(openMillisecondsMax, openMilliseconds << Int64(min(openings, 16)))
            state = .open(until: now + wait, openings: openings + 1)
        case .open: break  // A straggler from before the opening.
        }
    }

    /// The platform asked everybody to wait (429, 503 with Retry-After).
    public mutating func pause(until moment: Int64) { pausedUntil = max(pausedUntil, moment) }
}

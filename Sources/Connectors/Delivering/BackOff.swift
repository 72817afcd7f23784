// How long to wait before the next attempt, and the random numbers for it: seeded, so that a run can be
// repeated.

/// A small seeded generator (SplitMix64): for jitter and simulated faults, never for keys.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Exponential back-off with jitter.
public struct BackOff: Sendable, Equatable {
    public var firstMilliseconds: Int64 = 200
    public var maxMilliseconds: Int64 = 30_000
    /// The longest wait that a platform's `Retry-After` may ask of us.
    public var askedMillisecondsMax: Int64 = 300_000

    public init() {}

    /// The wait after the given failed attempt (from 1): between half and the whole of first × 2^(attempt−1), so
    /// that many records that failed together do not come back together.
    public func delay(afterAttempt attempt: Int, using generator: inout SeededGenerator) -> Int64 {
        let doublings = Int64(max(0, min(attempt - 1, 30)))
        let whole = min(maxMilliseconds, max(1, firstMilliseconds) << min(doublings, 20))
        return whole / 2 + Int64.random(in: 0...max(1, whole - whole / 2), using: &generator)
    }

    /// The wait that an answer's `retry-after` asks for, in seconds form; nil where there is none to be read.
    /// The date form is not read: platforms' clocks are not ours.
    public func asked(_ retryAfter: String?) -> Int64? {
        guard let text = retryAfter, !text.isEmpty, text.utf8.count <= 9, let seconds = Int64(text), seconds >= 0 else {
            return nil
        }
        return min(askedMillisecondsMax, seconds * 1000)
    }
}

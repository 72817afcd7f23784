// Time as a value that can be replaced: whoever needs the hour takes a `Clock`, so that tests and the
// simulation turn it by hand. Wall time is for what people and records see, monotonic time for waiting.

import Glibc

/// Where the hour comes from.
public protocol Clock: Sendable {
    /// Milliseconds since 1970 UTC; may jump either way when somebody sets the machine's clock.
    func wallMilliseconds() -> Int64
    /// Nanoseconds since some fixed moment; never goes back, so it is what timeouts are counted in.
    func monotonicNanoseconds() -> Int64
}

/// The machine's own clocks.
public struct SystemClock: Clock {
    public init() {}

    public func wallMilliseconds() -> Int64 {
        let now = Self.read(CLOCK_REALTIME)
        return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
    }

    public func monotonicNanoseconds() -> Int64 {
        let now = Self.read(CLOCK_MONOTONIC)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var now = timespec()
        // Cannot fail: both clocks exist on every Linux and the place is ours.
        unsafe clock_gettime(clock, &now)
        return now
    }
}

/// A moment on the monotonic clock by which something must have happened.
public struct Deadline: Sendable {
    /// Nanoseconds on the system's monotonic clock.
    public let nanoseconds: Int64

    public init(afterMilliseconds milliseconds: Int) {
        let (span, overflow) = Int64(max(0, milliseconds)).multipliedReportingOverflow(by: 1_000_000)
        let now = SystemClock().monotonicNanoseconds()
        nanoseconds = overflow ? .max : now.addingReportingOverflow(span).overflow ? .max : now + span
    }

    public var hasPassed: Bool { remainingNanoseconds == 0 }
    public var remainingNanoseconds: Int64 { max(0, nanoseconds - SystemClock().monotonicNanoseconds()) }
    /// What is left, rounded up so that waiting for it reaches the deadline.
    public var remainingMilliseconds: Int { Int((remainingNanoseconds / 1_000_000) + 1) * (hasPassed ? 0 : 1) }
}

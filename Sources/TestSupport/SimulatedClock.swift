// A clock that tests turn by hand.

public import Runtime
import Synchronization

/// Stands still until it is moved; wall and monotonic time can be moved apart, as when somebody sets the
/// machine's clock.
public final class SimulatedClock: Clock {
    private struct Time {
        var wallMilliseconds: Int64
        var monotonicNanoseconds: Int64
    }
    private let time: Mutex<Time>

    /// Starts at 2026-07-01T00:00:00Z unless told otherwise.
    public init(wallMilliseconds: Int64 = 1_782_864_000_000) {
        time = Mutex(Time(wallMilliseconds: wallMilliseconds, monotonicNanoseconds: 0))
    }

    public func wallMilliseconds() -> Int64 { time.withLock { $0.wallMilliseconds } }
    public func monotonicNanoseconds() -> Int64 { time.withLock { $0.monotonicNanoseconds } }

    /// Lets time pass on both clocks.
    public func advance(milliseconds: Int64) {
        time.withLock {
            $0.wallMilliseconds += milliseconds
            $0.monotonicNanoseconds += milliseconds * 1_000_000
        }
    }

    /// Sets the wall clock, as an administrator would; the monotonic clock stays.
    public func setWall(milliseconds: Int64) { time.withLock { $0.wallMilliseconds = milliseconds } }
}

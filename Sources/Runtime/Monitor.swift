// A lock with waiting: state that several threads share and wait on. The channel, the shutdown signal
// and tests are built on it; `Mutex` from Synchronization is for state nobody waits for.

import Glibc

/// State behind a lock, with waiting for a change of it.
///
/// Safe because: the state and the two C objects are touched only between lock and unlock, and the C
/// objects live at one address from `init` to `deinit`.
@safe public final class Monitor<State>: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    public init(_ state: sending State) {
        unsafe lock = .allocate(capacity: 1)
        unsafe changed = .allocate(capacity: 1)
        self.state = state
        unsafe pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // Deadlines are monotonic: setting the machine's clock must not end or stretch a wait.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(changed, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(lock)
        unsafe changed.deallocate()
        unsafe lock.deallocate()
    }

    /// Reads or changes the state and wakes whoever waits.
    public func with<Result>(_ body: (inout State) -> Result) -> Result {
        unsafe pthread_mutex_lock(lock)
        defer {
            unsafe pthread_cond_broadcast(changed)
            unsafe pthread_mutex_unlock(lock)
        }
        return body(&state)
    }

    /// Waits until `body` gives a value, and gives that; nil when the deadline passes first.
    /// - Parameter body: sees the state under the lock; called once and then after every change.
    public func wait<Result>(until deadline: Deadline? = nil, for body: (inout State) -> Result?) -> Result? {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while true {
            if let result = body(&state) {
                unsafe pthread_cond_broadcast(changed)
                return result
            }
            guard let deadline else {
                unsafe pthread_cond_wait(changed, lock)
                continue
            }
            var moment = timespec(
                tv_sec: Int(deadline.nanoseconds / 1_000_000_000), tv_nsec: Int(deadline.nanoseconds % 1_000_000_000))
            if unsafe pthread_cond_timedwait(changed, lock, &moment) == ETIMEDOUT {
                return body(&state)
            }
        }
    }
}

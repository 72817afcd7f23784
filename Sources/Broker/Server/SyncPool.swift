// A few threads that make files durable side by side: the file system merges their journal commits, so
// that a turn that touched many partitions waits little longer than for one. The event loop goes on
// meanwhile and is woken through its pipe.

import Synchronization

/// Threads that call `sync` on what they are given.
final class SyncPool: Sendable {
    private struct State {
        var waiting: [any SyncTarget] = []
        var left = 0
        var error: DiskError?
        var isStopping = false
        var result: Result<Void, DiskError>?
    }

    private let state = Mutex(State())
    private let work: WakeEvent
    private let wakeEvent: WakeEvent
    private let threadCount: Int
    private let threads = Mutex<[BrokerThread]>([])

    init(threadCount: Int, wakeEvent: WakeEvent) throws {
        self.wakeEvent = wakeEvent
        work = try WakeEvent(isBlocking: true)
        self.threadCount = threadCount
        for _ in 0..<threadCount {
            let thread = try BrokerThread.start { [self] in run() }
            threads.withLock { $0.append(thread) }
        }
    }

    /// Begins to sync all targets; one call at a time. The event is signalled when the result is there.
    func begin(_ targets: [any SyncTarget]) {
        if targets.isEmpty {
            state.withLock { $0.result = .success(()) }
            return Sockets.signal(wakeEvent)
        }
        state.withLock {
            $0.waiting = targets
            $0.left = targets.count
            $0.error = nil
        }
        Sockets.signal(work, count: min(targets.count, threadCount))
    }

    /// The result of the last `begin`, once.
    func takeResult() -> Result<Void, DiskError>? {
        state.withLock { state in
            defer { state.result = nil }
            return state.result
        }
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        let all = threads.withLock { $0 }
        Sockets.signal(work, count: all.count)
        for thread in all { thread.join() }
        work.close()
    }

    private func run() {
        while true {
            Sockets.take(work)
            while let target = state.withLock({ $0.waiting.popLast() }) { sync(target) }
            if state.withLock({ $0.isStopping }) { return }
        }
    }

    private func sync(_ target: any SyncTarget) {
        var failure: DiskError?
        do throws(DiskError) { try target.sync() } catch { failure = error }
        let isLast = state.withLock { state in
            if let failure { state.error = failure }
            state.left -= 1
            guard state.left == 0 else { return false }
            state.result = state.error.map { .failure($0) } ?? .success(())
            return true
        }
        if isLast { Sockets.signal(wakeEvent) }
    }
}

// Threads that live as long as their server, and the bounded queue through which requests reach them.

import Glibc
import Synchronization

/// A thread that runs one function.
///
/// Safe because: the handle is written in `init` and taken once by `join`.
@safe
final class ServiceThread: @unchecked Sendable {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private var handle = pthread_t()

    /// Starts the thread; nil where the system has none to give.
    init?(_ run: @escaping @Sendable () -> Void) {
        let body = unsafe Unmanaged.passRetained(Body(run))
        let code = unsafe pthread_create(
            &handle, nil,
            { pointer in
                if let pointer = unsafe pointer { unsafe Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run() }
                return nil
            }, body.toOpaque())
        if code != 0 {
            unsafe body.release()
            return nil
        }
    }

    /// Waits for the function's end; call once.
    func join() { pthread_join(handle, nil) }
}

/// A queue of bounded length between threads: senders never wait, receivers do.
///
/// Safe because: every access to `items` and `isClosed` is under `lock`, whose address and the condition's are
/// stable since they are allocated apart.
@safe
final class WaitingQueue<Item: Sendable>: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var items: [Item] = []
    private var first = 0
    private var isClosed = false
    private let countMax: Int

    init(countMax: Int) {
        self.countMax = countMax
        unsafe lock = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(lock)
        unsafe condition.deallocate()
        unsafe lock.deallocate()
    }

    /// Adds an item; false where the queue is full or closed.
    func send(_ item: Item) -> Bool {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        guard !isClosed, items.count - first < countMax else { return false }
        items.append(item)
        unsafe pthread_cond_signal(condition)
        return true
    }

    /// The oldest item, waiting for one; nil once the queue is closed.
    func receive() -> Item? {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while first == items.count && !isClosed { unsafe pthread_cond_wait(condition, lock) }
        guard !isClosed else { return nil }
        let item = items[first]
        first += 1
        if first == items.count || first > 1024 {
            items.removeFirst(first)
            first = 0
        }
        return item
    }

    /// Lets every receiver go; what waits is forgotten.
    func close() {
        unsafe pthread_mutex_lock(lock)
        isClosed = true
        items = []
        first = 0
        unsafe pthread_cond_broadcast(condition)
        unsafe pthread_mutex_unlock(lock)
    }
}

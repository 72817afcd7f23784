// A thread of the server's own: the event loop and the sync pool run on such.

import Glibc

/// A joinable thread that runs one closure.
/// Safe because `handle` is written before `start` returns and read only by `join`.
final class BrokerThread: @unchecked Sendable {
    private var handle = pthread_t()

    static func start(_ body: @escaping @Sendable () -> Void) throws -> BrokerThread {
        let thread = BrokerThread()
        let box = unsafe Unmanaged.passRetained(Body(run: body)).toOpaque()
        let code = unsafe pthread_create(
            &thread.handle, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, box)
        guard code == 0 else {
            unsafe Unmanaged<Body>.fromOpaque(box).release()
            throw ServerError(description: "cannot start a thread: error \(code)")
        }
        return thread
    }

    func join() {
        _ = pthread_join(handle, nil)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}

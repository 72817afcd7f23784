// A thread of our own with a name that `top -H` shows. Blocking work (polling the bus, a connector's
// socket, fsync) runs on these and never on the threads of structured concurrency.

import Glibc

/// A named thread that runs one function to its end.
///
/// Safe because: the thread's identity is written once before `init` returns, and whether it was joined
/// is guarded by the monitor.
@safe public final class WorkerThread: @unchecked Sendable {
    private enum End { case open, joining, joined }
    private let thread: pthread_t
    private let end = Monitor(End.open)
    public let name: String

    /// Starts the thread at once.
    /// - Parameter name: the kernel keeps the first 15 bytes of it.
    /// - Throws: `ThreadStartFailure` where the system has no more threads to give.
    public init(name: String, _ body: @escaping @Sendable () -> Void) throws(ThreadStartFailure) {
        final class Start {
            let name: String
            let body: @Sendable () -> Void
            init(name: String, body: @escaping @Sendable () -> Void) {
                self.name = name
                self.body = body
            }
        }
        self.name = name
        var thread = pthread_t()
        let start = Start(name: String(decoding: name.utf8.prefix(15), as: UTF8.self), body: body)
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                setCurrentThreadName(start.name)
                start.body()
                return nil
            }, Unmanaged.passRetained(start).toOpaque())
        guard code == 0 else {
            unsafe Unmanaged.passUnretained(start).release()
            throw ThreadStartFailure(name: name, systemError: code)
        }
        self.thread = thread
    }

    deinit {
        if end.with({ $0 == .open }) { pthread_detach(thread) }
    }

    /// Waits until the function has returned. May be called by several threads and more than once.
    public func join() {
        let isFirst = end.with { state in
            defer { if state == .open { state = .joining } }
            return state == .open
        }
        if isFirst {
            pthread_join(thread, nil)
            end.with { $0 = .joined }
        } else {
            _ = end.wait { $0 == .joined ? true : nil }
        }
    }
}

/// Through /proc, because the C library's call for it is an extension that Swift does not import.
private func setCurrentThreadName(_ name: String) {
    let descriptor = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    let bytes = Array(name.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
}

/// The system refused to start a thread.
public struct ThreadStartFailure: Error, CustomStringConvertible {
    public let name: String
    /// The `errno` value that `pthread_create` returned.
    public let systemError: Int32
    public var description: String {
        "thread \(name) could not be started (errno \(systemError)): raise the limit of threads (ulimit -u)"
    }
}

// The one way to stop: SIGTERM, SIGINT or a call set a flag that everything long-running looks at, waits
// for, or polls as a file descriptor. A second signal ends the process at once with code 130.

import Glibc
import Synchronization

/// Says whether the program is to stop, and wakes whoever waits for that.
public final class ShutdownSignal: Sendable {
    private struct State {
        var isRequested = false
        var actions: [@Sendable () -> Void] = []
    }
    private let flag = Atomic<Bool>(false)
    private let monitor = Monitor(State())
    /// Becomes readable, and stays so, once a stop is requested: for loops around `poll` or `epoll`.
    public var fileDescriptor: Int32 { pipe.reading }
    private let pipe = SelfPipe()

    public init() {}

    /// Cheap enough to look at once per batch.
    public var isRequested: Bool { flag.load(ordering: .acquiring) }

    /// Asks for a stop; the first call runs what `onRequest` was given, on the calling thread.
    public func request() {
        let actions = monitor.with { state in
            defer {
                state.isRequested = true
                state.actions = []
            }
            return state.isRequested ? [] : state.actions
        }
        flag.store(true, ordering: .releasing)
        pipe.write()
        for action in actions { action() }
    }

    /// Runs `action` when a stop is requested; at once if it has been.
    public func onRequest(_ action: @escaping @Sendable () -> Void) {
        let isLate = monitor.with { state in
            if !state.isRequested { state.actions.append(action) }
            return state.isRequested
        }
        if isLate { action() }
    }

    /// Waits for the request.
    /// - Returns: whether it came before the deadline.
    @discardableResult public func wait(until deadline: Deadline? = nil) -> Bool {
        monitor.wait(until: deadline) { $0.isRequested ? true : nil } ?? false
    }

    /// Waits for the request without holding a thread.
    public func requested() async {
        await withCheckedContinuation { continuation in onRequest { continuation.resume() } }
    }

    /// The signal that SIGTERM and SIGINT raise; also makes the process ignore SIGPIPE, because a peer that
    /// hangs up is an error of one connection. Call it once, from `main`.
    public static func installed() throws(ThreadStartFailure) -> ShutdownSignal {
        let signal = ShutdownSignal()
        let wakening = SelfPipe()
        signalDescriptor.store(wakening.writing, ordering: .sequentiallyConsistent)
        _ = try WorkerThread(name: "signals") {
            wakening.waitForByte()
            signal.request()
        }
        for number in [SIGTERM, SIGINT] {
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { _ in
                // Only what POSIX lists as safe in a handler: write and _exit.
                if signalCount.wrappingAdd(1, ordering: .relaxed).newValue > 1 { _exit(130) }
                var byte: UInt8 = 1
                _ = unsafe write(signalDescriptor.load(ordering: .relaxed), &byte, 1)
            }
            action.sa_flags = Int32(SA_RESTART)
            unsafe sigaction(number, &action, nil)
        }
        Glibc.signal(SIGPIPE, SIG_IGN)
        // A supervisor's mask is inherited: one that blocks these signals would leave only SIGKILL to end us.
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        unsafe sigaddset(&mask, SIGTERM)
        unsafe sigaddset(&mask, SIGINT)
        unsafe pthread_sigmask(SIG_UNBLOCK, &mask, nil)
        return signal
    }
}

/// A pipe to oneself: what turns an event into something that `poll` sees.
private final class SelfPipe: Sendable {
    let reading: Int32
    let writing: Int32

    /// Without descriptors to give, both ends are -1: the flag still works, polling never wakes.
    init() {
        var ends: [Int32] = [-1, -1]
        if unsafe pipe(&ends) == 0 {
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        if reading >= 0 { close(reading) }
        if writing >= 0 { close(writing) }
    }

    func write() {
        var byte: UInt8 = 1
        _ = unsafe Glibc.write(writing, &byte, 1)
    }

    func waitForByte() {
        var byte: UInt8 = 0
        while unsafe read(reading, &byte, 1) < 0 && errno == EINTR {}
    }
}

/// What the handler needs; global because a C handler carries no context.
private let signalDescriptor = Atomic<Int32>(-1)
private let signalCount = Atomic<Int>(0)

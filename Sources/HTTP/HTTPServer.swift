// An HTTP/1.1 server: one thread moves bytes for all connections (poll, TLS, parsing), a fixed number of
// worker threads run the handler. A slow client costs a descriptor, never a thread; a slow handler costs a
// worker, never the loop.

public import Crypto
import Glibc
import Runtime
import Synchronization

/// Answers one request; runs on a worker thread and may block. The identity is nil without a client certificate.
public typealias HTTPHandler = @Sendable (HTTPRequest, PeerIdentity?) -> HTTPResponse

/// A running server.
public final class HTTPServer: Sendable {
    /// The port that is listened on: the one asked for, or a free one where that was 0.
    public let port: UInt16
    private let shared: ServerShared
    private let threads: Mutex<[WorkerThread]>

    /// Listens and starts the threads. Nil `tls` serves plain HTTP: for loopback and tests only.
    public init(
        listen endpoint: HTTPEndpoint, tls: TLSContext?, limits: HTTPLimits = HTTPLimits(), workers: Int = 4,
        handler: @escaping HTTPHandler
    ) throws(HTTPError) {
        let listener = try SocketCalls.listen(endpoint)
        port = listener.port
        let pipe: (read: Int32, write: Int32)
        do { pipe = try SocketCalls.wakePipe() } catch {
            close(listener.descriptor)
            throw error
        }
        let shared = ServerShared(
            listener: listener.descriptor, wakeReader: pipe.read, wakeWriter: pipe.write, tls: tls, limits: limits)
        self.shared = shared
        threads = Mutex([])
        do {
            try start("http loop") { ServerLoop(shared).run() }
            for _ in 0..<max(1, workers) { try start("http worker") { HTTPServer.work(shared, handler) } }
        } catch {
            stop()
            throw HTTPError(.unreachable, "\(error)")
        }
    }

    private func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws(ThreadStartFailure) {
        let thread = try WorkerThread(name: name, body)
        threads.withLock { $0.append(thread) }
    }

    deinit { stop() }

    private static func work(_ shared: ServerShared, _ handler: HTTPHandler) {
        while let job = shared.jobs.receive() {
            if shared.shouldStop { return }
            shared.complete(job.connection, handler(job.request, job.peer))
        }
    }

    /// Takes another TLS context (new certificate, new revocation list) without a restart: connections made under
    /// the old one end with the answer they are at.
    public func replaceTLS(_ context: TLSContext) { shared.replaceTLS(context) }

    /// Stops listening, drops the connections and waits for the threads. A handler that is running is waited for.
    public func stop() {
        shared.stop()
        let running = threads.withLock { threads in
            let taken = threads
            threads = []
            return taken
        }
        for thread in running { thread.join() }
    }
}

/// What the loop, the workers and the owner share.
final class ServerShared: Sendable {
    struct Job: Sendable {
        var connection: UInt64
        var request: HTTPRequest
        var peer: PeerIdentity?
    }

    struct TLSGeneration: Sendable {
        var context: TLSContext?
        var number = 0
    }

    let listener: Int32
    let wakeReader: Int32
    private let wakeWriter: Int32
    let limits: HTTPLimits
    let jobs: BatchChannel<Job>
    private let completions = Mutex<[(connection: UInt64, response: HTTPResponse)]>([])
    private let tls: Mutex<TLSGeneration>
    private let isStopping = Atomic<Bool>(false)

    init(listener: Int32, wakeReader: Int32, wakeWriter: Int32, tls: TLSContext?, limits: HTTPLimits) {
        self.listener = listener
        self.wakeReader = wakeReader
        self.wakeWriter = wakeWriter
        self.limits = limits
        self.tls = Mutex(TLSGeneration(context: tls))
        jobs = BatchChannel(capacity: max(1, limits.waitingRequestsMax))
    }

    deinit {
        close(listener)
        close(wakeReader)
        close(wakeWriter)
    }

    var shouldStop: Bool { isStopping.load(ordering: .acquiring) }
    var currentTLS: TLSGeneration { tls.withLock { $0 } }

    func replaceTLS(_ context: TLSContext) {
        tls.withLock { $0 = TLSGeneration(context: context, number: $0.number + 1) }
        SocketCalls.wake(wakeWriter)
    }

    func complete(_ connection: UInt64, _ response: HTTPResponse) {
        completions.withLock { $0.append((connection, response)) }
        SocketCalls.wake(wakeWriter)
    }

    func takeCompletions() -> [(connection: UInt64, response: HTTPResponse)] {
        completions.withLock { waiting in
            let taken = waiting
            waiting.removeAll(keepingCapacity: true)
            return taken
        }
    }

    func stop() {
        isStopping.store(true, ordering: .releasing)
        jobs.close()
        SocketCalls.wake(wakeWriter)
    }
}

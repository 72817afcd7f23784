// The broker as a server: one thread with an event loop that owns all connections and the core, and a few
// threads that sync files. Nothing is decided here; see BrokerCore.

import Glibc
import Runtime
import Synchronization

/// A running broker.
/// Safe because core, connections and poller are touched by `init` before the thread starts and by that
/// thread alone afterwards; what other threads use (`stopping`, `outcome`, `thread`) is behind Synchronization.
public final class BrokerServer: @unchecked Sendable {
    static let receiveBytes = 64 << 10
    private static let wakeToken = -1

    /// The port that the first listener has.
    public var port: Int { ports[0] }
    /// The ports of all listeners, in their order.
    public let ports: [Int]
    /// All listeners as `HOST:PORT`, those that are not in the clear with their protocol.
    public var addresses: [String] {
        zip(listeners.bound, ports).map { listener, port in
            let kind = listener.settings.securityProtocol
            return (kind == .plaintext ? "" : kind.rawValue + "://") + "\(listener.settings.host):\(port)"
        }
    }
    let settings: BrokerSettings
    let core: BrokerCore
    let listeners: Listeners
    private let directoryLock: FileLock
    private let wakeEvent: WakeEvent
    let poller: Poller
    private let syncPool: SyncPool
    private let cleaner: SyncPool
    var connections: [Int: Connection] = [:]
    var connectionsOfAddress: [String: Int] = [:]
    var nextConnectionID = 0
    var touched: [Int] = []
    /// Whether a request was handled since the core's turn ended last.
    var hasHandledFrames = false
    /// Connections that wait for room in the receive buffers, the longest first.
    var starved: [Int] = []
    /// What all receive buffers hold beyond what each may hold freely.
    var chargedBytes = 0
    /// What waits to be sent on all connections.
    var outputBytes = 0
    var nextSweep: Int64 = 0
    /// Where TLS bytes from the wire land first.
    var wireBuffer = [UInt8](repeating: 0, count: BrokerServer.receiveBytes)
    private var failure: String?
    private let clockOffset = Sockets.clock() - Sockets.monotonicClock()
    private let stopping = Atomic<Bool>(false)
    let reloading = Atomic<Bool>(false)
    /// Who waits for the metrics.
    private let metricsAsked = Mutex<[@Sendable (String) -> Void]>([])
    private let outcome = Mutex<String?>(nil)
    private let thread = Mutex<BrokerThread?>(nil)

    /// Recovers the data directory and opens the listeners; serves nothing before `start`.
    public init(settings: BrokerSettings) throws {
        self.settings = settings
        let disk = FileDisk()
        try disk.createDirectory(settings.dataDirectory)
        guard let lock = FileLock(settings.dataDirectory + "/lock") else {
            throw ServerError(description: "\(settings.dataDirectory) is in use by another broker")
        }
        directoryLock = lock
        core = try BrokerCore(settings: settings, disk: disk, now: Sockets.clock())
        listeners = try Listeners(settings)
        ports = listeners.bound.map(\.port)
        core.endpoints = listeners.bound.map { bound in
            let own = Endpoint(
                host: settings.advertisedHost ?? bound.settings.host, port: Int32(truncatingIfNeeded: bound.port))
            return BrokerEndpoint(bound.settings, advertised: bound.advertised ?? own)
        }
        wakeEvent = try WakeEvent(isBlocking: false)
        poller = try Poller()
        syncPool = try SyncPool(threadCount: 4, wakeEvent: wakeEvent)
        Sockets.raiseDescriptorLimit()
        cleaner = try SyncPool(threadCount: 1, wakeEvent: wakeEvent)
    }

    /// Starts serving on a thread of its own.
    public func start() throws {
        let started = try BrokerThread.start { [self] in run() }
        thread.withLock { $0 = started }
    }

    /// Ends serving: open requests are dropped, everything is synced and checkpointed.
    public func stop() {
        stopping.store(true, ordering: .releasing)
        Sockets.signal(wakeEvent)
        try? wait()
    }

    /// Reads the certificates again, whether their files have changed or not.
    public func reloadCertificates() {
        reloading.store(true, ordering: .releasing)
        Sockets.signal(wakeEvent)
    }

    /// Has the broker's thread make the page of metrics and hand it over; never called when the broker stops first.
    public func askMetrics(_ take: @escaping @Sendable (String) -> Void) {
        metricsAsked.withLock { $0.append(take) }
        Sockets.signal(wakeEvent)
    }

    private func answerMetrics() {
        let asked = metricsAsked.withLock { asked in
            defer { asked = [] }
            return asked
        }
        guard !asked.isEmpty else { return }
        var page = core.metricsPage()
        addServer(&page)
        for take in asked { take(page.text) }
    }

    /// Returns when the broker has stopped; throws when it had to stop because durability was lost.
    public func wait() throws {
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        running?.join()
        if let reason = outcome.withLock({ $0 }) { throw ServerError(description: reason) }
    }

    // MARK: Loop

    var now: Int64 { Sockets.monotonicClock() + clockOffset }

    private func run() {
        for (place, listener) in listeners.bound.enumerated() {
            poller.set(listener.descriptor, token: Self.token(ofListener: place), reads: true, writes: false, isNew: true)
        }
        poller.set(wakeEvent.readEnd, token: Self.wakeToken, reads: true, writes: false, isNew: true)
        while !stopping.load(ordering: .acquiring), failure == nil { turn() }
        for connection in connections.values { close(connection.descriptor) }
        connections = [:]
        listeners.closeAll()
        syncPool.stop()
        core.cancelCleaning()
        cleaner.stop()
        if failure == nil {
            do throws(DiskError) { try core.shutDown() } catch { failure = "\(error)" }
        }
        directoryLock.release()
        let reason = failure
        outcome.withLock { $0 = reason }
    }

    /// Connections have tokens from 0 on, listeners those below the wake event's.
    static func token(ofListener place: Int) -> Int { wakeToken - 1 - place }

    private func turn() {
        let wait = core.nextDeadline.map { max(0, min(1_000, $0 - now)) } ?? 1_000
        for event in poller.wait(milliseconds: Int32(wait)) {
            if event.token == Self.wakeToken {
                Sockets.clear(wakeEvent)
                answerMetrics()
            } else if event.token < 0 {
                acceptAll(Self.wakeToken - 1 - event.token)
            } else if let connection = connections[event.token] {
                handle(event, on: connection)
            }
        }
        if let result = syncPool.takeResult() {
            if case .failure(let error) = result {
                core.syncCompleted(error, now: now)
            } else {
                core.syncCompleted(nil, now: now)
            }
        }
        if let result = cleaner.takeResult() {
            if case .failure(let error) = result { core.cleaningCompleted(error, now: now) } else { core.cleaningCompleted(nil, now: now) }
        }
        core.tick(now: now)
        sweep()
        perform(core.takeActions())
        // A response makes way for the request that waited behind it, which may have to be made durable in turn.
        repeat {
            hasHandledFrames = false
            core.endTurn()
            perform(core.takeActions())
            flush()
        } while hasHandledFrames
    }

    func perform(_ actions: [BrokerAction]) {
        for action in actions {
            switch action {
            case .reply(let id, let slot, let frame): complete(id, slot, frame)
            case .skip(let id, let slot): complete(id, slot, nil)
            case .close(let id):
                connections[id]?.isClosing = true
                touched.append(id)
            case .sync(let targets): syncPool.begin(targets)
            case .clean(let job): cleaner.begin([job])
            case .fail(let reason): failure = reason
            }
        }
    }

    private func complete(_ id: Int, _ slot: UInt64, _ frame: [UInt8]?) {
        guard let connection = connections[id] else { return }
        let before = connection.outputBytes
        connection.complete(slot, frame)
        outputBytes += connection.outputBytes - before
        touched.append(id)
    }

    /// Sends what the turn has produced, and handles frames that had to wait for room.
    private func flush() {
        var index = 0
        while index < touched.count {
            let id = touched[index]
            index += 1
            guard let connection = connections[id] else { continue }
            send(connection)
            if connection.isClosing { drop(connection) } else if connection.isReadPaused { resume(connection) }
        }
        touched.removeAll(keepingCapacity: true)
    }
}

// The broker as a server: one thread with a poll loop that owns all connections and the core, and a few
// threads that sync files. Nothing is decided here; see BrokerCore.

import Glibc
import Synchronization

/// A running broker.
/// Safe because core, connections and poller are touched by `init` before the thread starts and by that
/// thread alone afterwards; what other threads use (`stopping`, `outcome`, `thread`) is behind Synchronization.
public final class BrokerServer: @unchecked Sendable {
    private static let listenerToken = -1
    private static let wakeToken = -2
    private static let receiveBytes = 64 << 10

    /// The port that the broker listens on.
    public let port: Int
    private let settings: BrokerSettings
    private let core: BrokerCore
    private let listener: Int32
    private let directoryLock: FileLock
    private let wakeEvent: WakeEvent
    private let poller = Poller()
    private let syncPool: SyncPool
    private let cleaner: SyncPool
    private var connections: [Int: Connection] = [:]
    private var nextConnectionID = 0
    private var touched: [Int] = []
    private var failure: String?
    private var nextIdleCheck: Int64 = 0
    private let clockOffset = Sockets.clock() - Sockets.monotonicClock()
    private let stopping = Atomic<Bool>(false)
    private let outcome = Mutex<String?>(nil)
    private let thread = Mutex<BrokerThread?>(nil)

    /// Recovers the data directory and opens the listener; serves nothing before `start`.
    public init(settings: BrokerSettings) throws {
        self.settings = settings
        let disk = FileDisk()
        try disk.createDirectory(settings.dataDirectory)
        guard let lock = FileLock(settings.dataDirectory + "/lock") else {
            throw ServerError(description: "\(settings.dataDirectory) is in use by another broker")
        }
        directoryLock = lock
        core = try BrokerCore(settings: settings, disk: disk, now: Sockets.clock())
        (listener, port) = try Sockets.listen(host: settings.host, port: settings.port)
        core.advertisedPort = Int32(truncatingIfNeeded: port)
        wakeEvent = try WakeEvent(isBlocking: false)
        syncPool = try SyncPool(threadCount: 4, wakeEvent: wakeEvent)
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

    private var now: Int64 { Sockets.monotonicClock() + clockOffset }

    private func run() {
        poller.set(listener, token: Self.listenerToken, reads: true, writes: false, isNew: true)
        poller.set(wakeEvent.readEnd, token: Self.wakeToken, reads: true, writes: false, isNew: true)
        while !stopping.load(ordering: .acquiring), failure == nil { turn() }
        for connection in connections.values { close(connection.descriptor) }
        connections = [:]
        close(listener)
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

    private func turn() {
        let wait = core.nextDeadline.map { max(0, min(1_000, $0 - now)) } ?? 1_000
        for (token, canRead, canWrite) in poller.wait(milliseconds: Int32(wait)) {
            switch token {
            case Self.listenerToken: acceptAll()
            case Self.wakeToken: Sockets.clear(wakeEvent)
            default:
                guard let connection = connections[token] else { continue }
                if canWrite { send(connection) }
                if canRead { receive(connection) }
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
        dropIdle()
        perform(core.takeActions())
        core.endTurn()
        perform(core.takeActions())
        flush()
    }

    private func perform(_ actions: [BrokerAction]) {
        for action in actions {
            switch action {
            case .reply(let id, let slot, let frame): complete(id, slot, frame)
            case .skip(let id, let slot): complete(id, slot, nil)
            case .close(let id): connections[id]?.isClosing = true; touched.append(id)
            case .sync(let targets): syncPool.begin(targets)
            case .clean(let job): cleaner.begin([job])
            case .fail(let reason): failure = reason
            }
        }
    }

    private func complete(_ id: Int, _ slot: UInt64, _ frame: [UInt8]?) {
        guard let connection = connections[id] else { return }
        connection.complete(slot, frame)
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

    // MARK: Connections

    private func acceptAll() {
        while let accepted = Sockets.accept(listener) {
            guard connections.count < settings.limits.connectionsMax else {
                close(accepted.descriptor)
                continue
            }
            let connection = Connection(
                id: nextConnectionID, descriptor: accepted.descriptor, host: accepted.host, now: now)
            nextConnectionID += 1
            connections[connection.id] = connection
            poller.set(connection.descriptor, token: connection.id, reads: true, writes: false, isNew: true)
        }
    }

    private func receive(_ connection: Connection) {
        // A few rounds, so that one busy peer does not starve the others.
        for _ in 0..<8 {
            guard !connection.isReadPaused, !connection.isClosing else { return }
            let room = connection.prepareToReceive(Self.receiveBytes)
            switch Sockets.receive(connection.descriptor, into: &connection.input, at: connection.received) {
            case .bytes(let count):
                connection.received += count
                connection.lastActive = now
                handleFrames(connection)
                if count < room { return }
            case .wouldBlock: return
            case .closed: return drop(connection)
            }
        }
    }

    private func handleFrames(_ connection: Connection) {
        while !connection.isClosing {
            let isCrowded =
                connection.requestsInFlight >= settings.limits.requestsInFlightMax
                || connection.outputBytes >= settings.limits.responseBytesQueuedMax
            if isCrowded { return pause(connection) }
            switch connection.nextFrame(bytesMax: settings.limits.requestBytesMax) {
            case .incomplete: return
            case .invalid:
                connection.isClosing = true
                touched.append(connection.id)
            case .frame(let range):
                let slot = connection.nextSlot
                connection.nextSlot += 1
                core.handle(
                    connection: connection.id, slot: slot, clientHost: connection.host, buffer: &connection.input,
                    frame: range, now: now)
                connection.consumed = range.upperBound
                perform(core.takeActions())
            }
        }
    }

    private func pause(_ connection: Connection) {
        connection.isReadPaused = true
        touched.append(connection.id)
        poller.set(
            connection.descriptor, token: connection.id, reads: false, writes: connection.wantsWrite, isNew: false)
    }

    private func resume(_ connection: Connection) {
        let hasRoom =
            connection.requestsInFlight < settings.limits.requestsInFlightMax
            && connection.outputBytes < settings.limits.responseBytesQueuedMax
        guard hasRoom else { return }
        connection.isReadPaused = false
        poller.set(
            connection.descriptor, token: connection.id, reads: true, writes: connection.wantsWrite, isNew: false)
        handleFrames(connection)
    }

    private func send(_ connection: Connection) {
        while let next = connection.sendable {
            switch Sockets.send(connection.descriptor, next.frame, from: next.sent) {
            case .bytes(let count):
                connection.didSend(count)
                connection.lastActive = now
            case .wouldBlock: return watchWrites(connection, true)
            case .closed: return drop(connection)
            }
        }
        watchWrites(connection, false)
        if connection.isReadPaused { touched.append(connection.id) }
    }

    private func watchWrites(_ connection: Connection, _ wants: Bool) {
        guard connection.wantsWrite != wants, connections[connection.id] != nil else { return }
        connection.wantsWrite = wants
        poller.set(
            connection.descriptor, token: connection.id, reads: !connection.isReadPaused, writes: wants, isNew: false)
    }

    /// Closes connections that have said nothing for long and wait for nothing.
    private func dropIdle() {
        let time = now
        guard time >= nextIdleCheck else { return }
        nextIdleCheck = time + 10_000
        for connection in connections.values
        where connection.requestsInFlight == 0 && time - connection.lastActive > settings.limits.idleMilliseconds {
            drop(connection)
        }
    }

    private func drop(_ connection: Connection) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        poller.remove(connection.descriptor)
        close(connection.descriptor)
        core.connectionClosed(connection.id)
    }
}

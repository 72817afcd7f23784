// The server's one loop thread: waits for descriptors and deadlines, lets connections take their next step,
// and hands requests to the workers. Everything here belongs to that thread.

import Crypto
import Glibc
import Runtime

/// The loop over all connections of a server.
final class ServerLoop {
    private let shared: ServerShared
    private var connections: [UInt64: ServerConnection] = [:]
    private var nextNumber: UInt64 = 0
    private var connectionsOfPeer: [Digest: Int] = [:]
    private var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    private var generation = 0
    /// After a failed accept (no descriptors left) the listener rests, or poll would spin on it.
    private var acceptsAgainAt: Int64 = 0

    private static let acceptRestMilliseconds: Int64 = 100

    init(_ shared: ServerShared) { self.shared = shared }

    func run() {
        var entries: [pollfd] = []
        var numbers: [UInt64] = []
        while !shared.shouldStop {
            entries.removeAll(keepingCapacity: true)
            numbers.removeAll(keepingCapacity: true)
            entries.append(pollfd(fd: shared.wakeReader, events: Int16(POLLIN), revents: 0))
            let now = SocketCalls.nowMilliseconds()
            let isResting = now < acceptsAgainAt
            let hasRoom = connections.count < shared.limits.connectionsMax && !isResting
            // A negative descriptor is passed over by poll: at the limit, new connections wait in the kernel.
            entries.append(pollfd(fd: hasRoom ? shared.listener : -1, events: Int16(POLLIN), revents: 0))
            var wakeAt = isResting ? acceptsAgainAt : Int64.max
            for (number, connection) in connections {
                entries.append(pollfd(fd: connection.descriptor, events: connection.events, revents: 0))
                numbers.append(number)
                wakeAt = min(wakeAt, connection.deadline)
            }
            let left = wakeAt == .max ? 60_000 : max(0, wakeAt - now)
            let count = unsafe poll(&entries, UInt(entries.count), Int32(clamping: left))
            if count < 0 && errno != EINTR { return }
            turn(entries, numbers)
        }
        for connection in connections.values { connection.drop() }
        connections = [:]
    }

    private func turn(_ entries: [pollfd], _ numbers: [UInt64]) {
        let now = SocketCalls.nowMilliseconds()
        if entries[0].revents != 0 { while case .bytes = SocketCalls.readPipe(shared.wakeReader, into: &buffer) {} }
        for (place, number) in numbers.enumerated() {
            let events = entries[place + 2].revents
            guard let connection = connections[number] else { continue }
            if events & Int16(POLLERR | POLLNVAL) != 0
                || events & Int16(POLLHUP) != 0 && connection.events & Int16(POLLIN) == 0
            {
                connection.drop()
            } else {
                if events & Int16(POLLIN | POLLHUP) != 0 { connection.readable(&buffer, now: now) }
                if events & Int16(POLLOUT) != 0 { connection.writable(now: now) }
            }
            settle(number, connection, now: now)
        }
        for completion in shared.takeCompletions() {
            guard let connection = connections[completion.connection] else { continue }
            connection.respond(completion.response, now: now)
            settle(completion.connection, connection, now: now)
        }
        let current = shared.currentTLS
        if current.number != generation {
            generation = current.number
            for (number, connection) in connections {
                connection.finishUp(now: now)
                settle(number, connection, now: now)
            }
        }
        for (number, connection) in connections where connection.deadline <= now {
            connection.deadlinePassed(now: now)
            settle(number, connection, now: now)
        }
        if entries[1].revents != 0 { acceptAll(current, now: now) }
    }

    /// After each step of a connection: hand over what it has read, count its peer, forget it when it is closed.
    private func settle(_ number: UInt64, _ connection: ServerConnection, now: Int64) {
        if let peer = connection.takeNewPeer() {
            let count = connectionsOfPeer[peer, default: 0] + 1
            connectionsOfPeer[peer] = count
            if count > shared.limits.connectionsPerPeerMax { connection.drop() }
        }
        while let request = connection.takeRequest(now: now) {
            let job = ServerShared.Job(connection: number, request: request, peer: connection.peer)
            // A deadline of now: the loop never waits for the workers.
            if !shared.jobs.send(job, until: Deadline(afterMilliseconds: 0)) {
                var response = HTTPResponse.problem(503, "Too many requests are waiting")
                response.fields.add("retry-after", "1")
                connection.respond(response, now: now)
            }
        }
        guard connection.isClosed else { return }
        connections[number] = nil
        guard let peer = connection.countedPeer, let count = connectionsOfPeer[peer] else { return }
        connectionsOfPeer[peer] = count > 1 ? count - 1 : nil
    }

    private func acceptAll(_ tls: ServerShared.TLSGeneration, now: Int64) {
        while connections.count < shared.limits.connectionsMax {
            guard let descriptor = SocketCalls.accept(shared.listener) else {
                if !SocketCalls.wouldBlock { acceptsAgainAt = now + ServerLoop.acceptRestMilliseconds }
                return
            }
            var connectionTLS: TLSConnection?
            if let context = tls.context {
                guard let made = try? context.makeConnection() else {
                    close(descriptor)
                    continue
                }
                connectionTLS = made
            }
            nextNumber += 1
            connections[nextNumber] = ServerConnection(descriptor, tls: connectionTLS, limits: shared.limits, now: now)
        }
    }
}

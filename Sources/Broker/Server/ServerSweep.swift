// The server's memory and patience: what receive buffers may hold in all, and once a second a look at who sends too
// slowly, takes nothing, has not authenticated in time or says nothing any more.

import Runtime
import Synchronization

extension BrokerServer {
    /// Makes room for the next receive within what all connections may hold; false when the connection has to wait.
    func makeRoom(_ connection: Connection) -> Bool {
        // Through TLS, plain bytes are appended as they come: at most what the wire buffer holds, per receive.
        guard connection.tls == nil else { return hasRoom(for: connection, Self.receiveBytes + connection.received - connection.consumed) }
        let size = connection.sizeToReceive()
        guard hasRoom(for: connection, size) else { return false }
        connection.makeRoom(size)
        charge(connection)
        return true
    }

    /// Counts what a connection's buffer holds beyond what is free.
    func charge(_ connection: Connection) {
        let charged = max(0, connection.input.count - settings.limits.requestBytesFree)
        chargedBytes += charged - connection.chargedBytes
        connection.chargedBytes = charged
    }

    private func hasRoom(for connection: Connection, _ size: Int) -> Bool {
        let charged = max(0, size - settings.limits.requestBytesFree)
        // Who holds nothing yet may always take the largest request: with the total below that, nobody could.
        let totalMax = max(settings.limits.requestBytesTotalMax, settings.limits.requestBytesMax)
        func fits() -> Bool { charged <= connection.chargedBytes || chargedBytes - connection.chargedBytes + charged <= totalMax }
        if fits() { return true }
        for other in connections.values where other.id != connection.id && other.received == other.consumed {
            other.releaseInput()
            charge(other)
        }
        if fits() { return true }
        if let slowest = slowestSender(), slowest.id != connection.id {
            Log.warning("broker.slow-sender-closed", ["client": slowest.host])
            drop(slowest)
        }
        if fits() { return true }
        connection.isStarved = true
        starved.append(connection.id)
        pause(connection)
        return false
    }

    /// Whoever holds a part of a request and has been slowest to send it, if that has taken long enough to tell.
    private func slowestSender() -> Connection? {
        let time = now
        func rate(_ connection: Connection) -> Int64 {
            let elapsed = max(1, time - (connection.frameStartedAt ?? time))
            return Int64(connection.received - connection.consumed) * 1_000 / elapsed
        }
        return connections.values.filter { connection in
            connection.chargedBytes > 0 && !connection.isStarved
                && time - (connection.frameStartedAt ?? time) > settings.limits.requestGraceMilliseconds / 10
        }.min { rate($0) < rate($1) }
    }

    /// Lets connections that waited for room go on.
    func feedStarved() {
        guard !starved.isEmpty else { return }
        for id in starved {
            guard let connection = connections[id] else { continue }
            connection.isStarved = false
            touched.append(id)
        }
        starved.removeAll(keepingCapacity: true)
    }

    /// Once a second: closes what has lasted too long and gives back buffers that nobody uses.
    func sweep() {
        let time = now
        if listeners.acceptsAgainAt > 0, time >= listeners.acceptsAgainAt {
            listeners.acceptsAgainAt = 0
            for (place, listener) in listeners.bound.enumerated() {
                poller.set(
                    listener.descriptor, token: Self.token(ofListener: place), reads: true, writes: false, isNew: false)
            }
        }
        if reloading.exchange(false, ordering: .acquiringAndReleasing) { listeners.reloadCertificates(always: true) }
        guard time >= nextSweep else { return }
        nextSweep = time + 1_000
        listeners.reloadCertificates(always: false)
        for connection in Array(connections.values) {
            if let reason = reasonToClose(connection, time) {
                Log.info("broker.connection-closed", ["client": connection.host, "reason": reason])
                drop(connection)
            } else if time - connection.lastActive > 1_000, connection.received == connection.consumed {
                connection.releaseInput()
                charge(connection)
            }
        }
        feedStarved()
    }

    private func reasonToClose(_ connection: Connection, _ time: Int64) -> String? {
        let limits = settings.limits
        if !core.isAuthenticated(connection.id), time - connection.startedAt > limits.handshakeMilliseconds {
            return "not authenticated in time"
        }
        if let started = connection.frameStartedAt, !connection.isReadPaused,
            time - started > limits.requestGraceMilliseconds,
            Int64(connection.received - connection.consumed) * 1_000
                < (time - started) * limits.requestBytesPerSecondMin
        {
            return "a request comes too slowly"
        }
        if outputBytes >= limits.responseBytesTotalMax, connection.hasOutput,
            time - connection.lastProgress > limits.responseStallMilliseconds
        {
            return "responses are not taken"
        }
        if connection.requestsInFlight == 0, time - connection.lastActive > limits.idleMilliseconds { return "idle" }
        return nil
    }
}

// What the server does with its connections: accept, receive and hand over frames, send, drop. A connection that is
// ahead of its responses, or needs more of the receive buffers than there is, is not read until that has changed.

import Crypto
import Glibc
import Runtime

extension BrokerServer {
    /// After a failed accept for want of descriptors.
    private static let acceptRestMilliseconds: Int64 = 100

    func acceptAll(_ place: Int) {
        let listener = listeners.bound[place]
        while true {
            switch Sockets.accept(listener.descriptor) {
            case .accepted(let descriptor, let host): admit(descriptor, host, place)
            case .none: return
            case .exhausted:
                // Level-triggered: the listener would report again at once.
                listeners.acceptsAgainAt = now + Self.acceptRestMilliseconds
                for (place, listener) in listeners.bound.enumerated() {
                    poller.set(
                        listener.descriptor, token: Self.token(ofListener: place), reads: false, writes: false,
                        isNew: false)
                }
                Log.warning("broker.accept-rests", ["reason": "no descriptors are left"])
                return
            }
        }
    }

    private func admit(_ descriptor: Int32, _ host: String, _ place: Int) {
        let ofAddress = connectionsOfAddress[host, default: 0]
        guard connections.count < settings.limits.connectionsMax, ofAddress < settings.limits.connectionsPerAddressMax
        else {
            close(descriptor)
            return
        }
        let tls: TLSConnection?
        do throws(CryptoError) {
            tls = try listeners.makeTLS(place)
        } catch {
            Log.error("broker.tls-unavailable", ["reason": "\(error)"])
            close(descriptor)
            return
        }
        let connection = Connection(
            id: nextConnectionID, descriptor: descriptor, host: host, listener: place, tls: tls, now: now)
        nextConnectionID += 1
        connections[connection.id] = connection
        connectionsOfAddress[host] = ofAddress + 1
        poller.set(descriptor, token: connection.id, reads: true, writes: false, isNew: true)
        if tls == nil { open(connection, .anonymous) }
    }

    private func open(_ connection: Connection, _ principal: Principal) {
        core.connectionOpened(
            connection.id, listener: connection.listener, clientHost: connection.host, principal: principal)
    }

    func handle(_ event: Poller.Event, on connection: Connection) {
        if event.canWrite {
            send(connection)
            // With its responses gone it may be read again; `flush` looks, once.
            if connection.isReadPaused { touched.append(connection.id) }
        }
        // Nobody is there for the responses that a connection which is not read waits for.
        if event.isBroken, connection.isReadPaused { return drop(connection) }
        if event.canRead || event.isBroken { receive(connection) }
    }

    // MARK: Receiving

    private func receive(_ connection: Connection) {
        // A few rounds, so that one busy peer does not starve the others.
        for _ in 0..<8 {
            guard connections[connection.id] != nil, !connection.isReadPaused, !connection.isClosing else { return }
            guard makeRoom(connection) else { return }
            let outcome =
                connection.tls == nil
                ? Sockets.receive(connection.descriptor, into: &connection.input, at: connection.received)
                : Sockets.receive(connection.descriptor, into: &wireBuffer, at: 0)
            switch outcome {
            case .bytes(let count):
                let room = connection.tls == nil ? connection.input.count - connection.received : wireBuffer.count
                guard take(count, on: connection) else { return }
                if count < room { return }
            case .wouldBlock: return
            case .closed: return drop(connection)
            }
        }
    }

    /// Takes in bytes that have arrived; false when the connection is to be left alone.
    private func take(_ count: Int, on connection: Connection) -> Bool {
        connection.lastActive = now
        guard let tls = connection.tls else {
            connection.received += count
            handleFrames(connection)
            return true
        }
        let wasOpen = connection.isOpen
        var hasEnded = false
        do throws(CryptoError) {
            hasEnded = try connection.takeSealed(wireBuffer.span.extracting(0..<count))
        } catch {
            Log.warning("broker.tls-failed", ["client": connection.host, "reason": "\(error)"])
            // The alert says why; then there is nothing more to say.
            connection.isClosing = true
        }
        charge(connection)
        if connection.isOpen, !wasOpen, !connection.isClosing {
            if let principal = listeners.principal(tls.peer) {
                open(connection, principal)
            } else {
                Log.warning("broker.principal-unknown", ["client": connection.host])
                connection.isClosing = true
            }
        }
        if connection.isOpen, !connection.isClosing { handleFrames(connection) }
        if hasEnded { connection.isClosing = true }
        if connection.isClosing || connection.hasOutput { touched.append(connection.id) }
        return !connection.isClosing
    }

    private func handleFrames(_ connection: Connection) {
        while !connection.isClosing {
            if isCrowded(connection) { return pause(connection) }
            switch connection.nextFrame(core.frameBytes(of: connection.id)) {
            case .incomplete:
                let isPartial = connection.received > connection.consumed
                connection.frameStartedAt = isPartial ? connection.frameStartedAt ?? now : nil
                return
            case .invalid:
                connection.isClosing = true
                touched.append(connection.id)
            case .frame(let range):
                connection.frameStartedAt = nil
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

    private func isCrowded(_ connection: Connection) -> Bool {
        connection.requestsInFlight >= settings.limits.requestsInFlightMax
            || connection.outputBytes >= settings.limits.responseBytesQueuedMax
            || outputBytes >= settings.limits.responseBytesTotalMax && connection.outputBytes > 0
    }

    func pause(_ connection: Connection) {
        guard !connection.isReadPaused else { return }
        connection.isReadPaused = true
        touched.append(connection.id)
        poller.set(
            connection.descriptor, token: connection.id, reads: false, writes: connection.wantsWrite, isNew: false)
    }

    func resume(_ connection: Connection) {
        guard !connection.isStarved, !isCrowded(connection) else { return }
        connection.isReadPaused = false
        // The time during which it was not read is not held against it.
        connection.frameStartedAt = connection.frameStartedAt.map { _ in now }
        poller.set(
            connection.descriptor, token: connection.id, reads: true, writes: connection.wantsWrite, isNew: false)
        if connection.isOpen { handleFrames(connection) }
    }

    // MARK: Sending

    func send(_ connection: Connection) {
        do throws(CryptoError) {
            while true {
                let before = connection.outputBytes
                let next = try connection.nextToSend()
                outputBytes += connection.outputBytes - before
                guard let next else { break }
                switch Sockets.send(connection.descriptor, next.bytes, from: next.sent) {
                case .bytes(let count):
                    let before = connection.outputBytes
                    connection.didSend(count)
                    outputBytes += connection.outputBytes - before
                    connection.lastActive = now
                    connection.lastProgress = now
                case .wouldBlock: return watchWrites(connection, true)
                case .closed: return drop(connection)
                }
            }
        } catch {
            return drop(connection)
        }
        connection.lastProgress = now
        watchWrites(connection, false)
    }

    private func watchWrites(_ connection: Connection, _ wants: Bool) {
        guard connection.wantsWrite != wants, connections[connection.id] != nil else { return }
        connection.wantsWrite = wants
        poller.set(
            connection.descriptor, token: connection.id, reads: !connection.isReadPaused, writes: wants, isNew: false)
    }

    func drop(_ connection: Connection) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        poller.remove(connection.descriptor)
        if let tls = connection.tls, tls.isEstablished, !connection.hasOutput {
            // A peer that is still there learns that this is the end and no cut.
            tls.close()
            if let last = try? connection.nextToSend() { _ = Sockets.send(connection.descriptor, last.bytes, from: last.sent) }
        }
        close(connection.descriptor)
        outputBytes -= connection.outputBytes
        chargedBytes -= connection.chargedBytes
        let left = connectionsOfAddress[connection.host, default: 1] - 1
        connectionsOfAddress[connection.host] = left > 0 ? left : nil
        core.connectionClosed(connection.id)
        core.sessionEnded(connection.id)
        feedStarved()
    }
}

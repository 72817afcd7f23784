// One connection of a server as a state machine: handshake, reading a request, waiting for the handler,
// sending the answer, lingering. The loop calls it; it never blocks.

import Crypto
import Glibc

/// A connection; belongs to the loop thread.
final class ServerConnection {
    private enum Stage {
        case handshake
        case reading
        /// The handler runs.
        case handling
        /// The answer waits for its delay to pass.
        case delayed(HTTPResponse, until: Int64)
        case sending(HTTPResponse.Ending, source: (@Sendable (inout [UInt8]) -> Bool)?)
        /// Our side is shut; we read on so that the last answer is not lost to a reset.
        case lingering
        /// A simulator's silence.
        case hanging
        case closed
    }

    let descriptor: Int32
    private let tls: TLSConnection?
    private let limits: HTTPLimits
    private var stage: Stage
    private var reader: HTTPRequestReader
    private var outgoing: [UInt8] = []
    private var sent = 0
    private(set) var deadline: Int64
    private var phase = HTTPRequestReader.Phase.idle
    private var phaseSince: Int64
    private var mayKeepAlive = true
    private var isAnswerToHead = false
    private var inputEnded = false
    private var newPeer: Digest?
    /// The peer whose count this connection is in.
    private(set) var countedPeer: Digest?

    /// Bytes of a body source that are fetched ahead of the socket.
    private static let sourceBytesAhead = 64 * 1024

    init(_ descriptor: Int32, tls: TLSConnection?, limits: HTTPLimits, now: Int64) {
        self.descriptor = descriptor
        self.tls = tls
        self.limits = limits
        reader = HTTPRequestReader(limits: limits)
        stage = tls == nil ? .reading : .handshake
        phaseSince = now
        deadline = now + (tls == nil ? limits.idleMilliseconds : limits.handshakeMilliseconds)
    }

    var peer: PeerIdentity? { tls?.peer }
    var isClosed: Bool { if case .closed = stage { true } else { false } }
    private var hasOutgoing: Bool { sent < outgoing.count }

    /// The poll events wanted now. While the handler runs nothing is read: the peer's next request waits in the
    /// kernel, and with it the peer.
    var events: Int16 {
        var result = hasOutgoing ? Int16(POLLOUT) : 0
        switch stage {
        case .handshake, .reading, .lingering, .hanging: result |= Int16(POLLIN)
        // A source may have more although nothing waits at this moment: a turn's share of it was sent whole.
        case .sending(_, source: .some): result |= Int16(POLLOUT)
        default: break
        }
        return result
    }

    /// A peer that has just proved who it is, once.
    func takeNewPeer() -> Digest? {
        defer { newPeer = nil }
        if let newPeer { countedPeer = newPeer }
        return newPeer
    }

    // MARK: Input

    func readable(_ buffer: inout [UInt8], now: Int64) {
        // A bounded number of reads a turn, so that a fast peer does not keep the loop to itself.
        for _ in 0..<4 {
            switch SocketCalls.read(descriptor, into: &buffer) {
            case .bytes(let count): take(buffer.span.extracting(0..<count), now: now)
            case .wouldBlock: return
            case .failed: return drop()
            case .ended: return ended(now: now)
            }
            if isClosed || events & Int16(POLLIN) == 0 { return }
        }
    }

    private func ended(now: Int64) {
        inputEnded = true
        switch stage {
        case .handling, .delayed, .sending: break
        case .reading:
            // A half-closed plain peer may still wait for an answer to what it has sent; takeRequest decides.
            if tls != nil || reader.phase == .idle {
                drop()
            } else {
                refuse(HTTPRefusal(400, "the request is cut off"), now: now)
            }
        default: drop()
        }
    }

    private func take(_ bytes: Span<UInt8>, now: Int64) {
        switch stage {
        case .lingering, .hanging, .closed: return
        default: break
        }
        guard let tls else { return reader.receive(bytes) }
        do {
            try tls.receive(bytes)
            if !tls.isEstablished {
                let isDone = try tls.handshake()
                flushTLS(now: now)
                guard isDone, !isClosed else { return }
                newPeer = tls.peer?.fingerprint
                stage = .reading
                begin(.idle, now: now)
            }
            var plain: [UInt8] = []
            readRecords: while true {
                switch try tls.read(into: &plain) {
                case .bytes: continue
                case .needsBytes: break readRecords
                case .closed:
                    inputEnded = true
                    break readRecords
                }
            }
            reader.receive(plain.span)
            flushTLS(now: now)
            if isClosed { return }
            if inputEnded, plain.isEmpty, case .reading = stage { drop() }
        } catch {
            flushTLS(now: now)
            drop()
        }
    }

    /// The next request that is whole; the connection then waits for `respond`.
    func takeRequest(now: Int64) -> HTTPRequest? {
        guard case .reading = stage else { return nil }
        do {
            if let request = try reader.next() {
                stage = .handling
                deadline = .max
                mayKeepAlive = mayKeepAlive && request.keepsAlive && !inputEnded
                isAnswerToHead = request.method == "HEAD"
                return request
            }
        } catch {
            refuse(error, now: now)
            return nil
        }
        if reader.awaitsContinue {
            reader.awaitsContinue = false
            send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), now: now)
        }
        if reader.phase != phase { begin(reader.phase, now: now) }
        return nil
    }

    private func begin(_ next: HTTPRequestReader.Phase, now: Int64) {
        switch next {
        case .idle:
            phaseSince = now
            deadline = now + limits.idleMilliseconds
        case .head:
            phaseSince = now
            deadline = now + limits.headMilliseconds
        case .body(let count):
            if case .body = phase {} else { phaseSince = now }
            // What has come pays for time at the least rate, after the grace.
            deadline =
                phaseSince + limits.bodyGraceMilliseconds + Int64(count) * 1000 / max(1, limits.bodyBytesPerSecondMin)
        }
        phase = next
    }

    // MARK: Output

    func respond(_ response: HTTPResponse, now: Int64) {
        guard case .handling = stage else { return }
        if response.delayMilliseconds > 0 {
            var later = response
            later.delayMilliseconds = 0
            deadline = now + response.delayMilliseconds
            stage = .delayed(later, until: deadline)
            return
        }
        switch response.ending {
        case .resetInsteadOfAnswer: return reset()
        case .hang:
            stage = .hanging
            deadline = .max
            return
        default: break
        }
        var ending = response.ending
        if ending == .keepAlive && !mayKeepAlive { ending = .close }
        stage = .sending(ending, source: isAnswerToHead ? nil : response.bodySource)
        var bytes: [UInt8] = []
        HTTPWriter.append(response, isAnswerToHead: isAnswerToHead, keepsAlive: ending == .keepAlive, to: &bytes)
        send(bytes, now: now)
    }

    /// Answers what cannot be understood, and ends: nothing that follows can be trusted to be a request.
    private func refuse(_ refusal: HTTPRefusal, now: Int64) {
        stage = .handling
        var response = HTTPResponse.problem(refusal.status, HTTPWriter.reason(refusal.status), detail: refusal.detail)
        response.ending = .close
        respond(response, now: now)
    }

    /// Ends the connection with the answer it is at; idle ones at once.
    func finishUp(now: Int64) {
        mayKeepAlive = false
        switch stage {
        case .handshake: drop()
        case .reading where reader.phase == .idle: linger(now: now)
        default: break
        }
    }

    private func send(_ plain: [UInt8], now: Int64) {
        if let tls {
            do { try tls.write(plain.span) } catch { return drop() }
            tls.takeOutgoing(into: &outgoing)
        } else {
            outgoing.append(contentsOf: plain)
        }
        // (A descriptor's number is used again once it is closed: nothing below may run on a closed connection.)
        if isClosed { return }
        deadline = now + limits.writeStallMilliseconds
        writable(now: now)
    }

    private func flushTLS(now: Int64) {
        tls?.takeOutgoing(into: &outgoing)
        if hasOutgoing { writable(now: now) }
    }

    func writable(now: Int64) {
        // A bounded amount a turn: an endless body must not keep the loop to itself.
        for _ in 0..<16 {
            refill()
            if isClosed { return }
            guard hasOutgoing else { return drained(now: now) }
            switch SocketCalls.write(descriptor, outgoing, from: sent) {
            case .bytes(let count):
                sent += count
                if case .sending = stage { deadline = now + limits.writeStallMilliseconds }
            case .wouldBlock: return
            case .ended, .failed: return drop()
            }
            if !hasOutgoing {
                outgoing.removeAll(keepingCapacity: outgoing.count <= ServerConnection.sourceBytesAhead * 2)
                sent = 0
            }
        }
    }

    /// Fetches from a body source as long as little waits to be sent.
    private func refill() {
        while case .sending(let ending, let source?) = stage, outgoing.count - sent < ServerConnection.sourceBytesAhead
        {
            // What is sent is let go of here, or an endless body would fill the memory.
            outgoing.removeFirst(sent)
            sent = 0
            var chunk: [UInt8] = []
            let goesOn = source(&chunk)
            var bytes: [UInt8] = []
            if !chunk.isEmpty { HTTPWriter.appendChunk(chunk, to: &bytes) }
            if !goesOn {
                HTTPWriter.appendChunk([], to: &bytes)
                stage = .sending(ending, source: nil)
            }
            if let tls {
                do { try tls.write(bytes.span) } catch { return drop() }
                tls.takeOutgoing(into: &outgoing)
            } else {
                outgoing.append(contentsOf: bytes)
            }
        }
    }

    /// Everything is with the kernel: what comes next?
    private func drained(now: Int64) {
        guard case .sending(let ending, _) = stage else { return }
        switch ending {
        case .keepAlive:
            if !mayKeepAlive || inputEnded { return linger(now: now) }
            stage = .reading
            phase = .idle
            begin(reader.phase, now: now)
        case .close: linger(now: now)
        case .resetAfterAnswer, .resetInsteadOfAnswer, .hang: reset()
        }
    }

    private func linger(now: Int64) {
        stage = .lingering
        deadline = now + limits.lingerMilliseconds
        tls?.close()
        tls?.takeOutgoing(into: &outgoing)
        if hasOutgoing, case .bytes(let count) = SocketCalls.write(descriptor, outgoing, from: sent) { sent += count }
        outgoing = []
        sent = 0
        if inputEnded { drop() } else { shutdown(descriptor, Int32(SHUT_WR)) }
    }

    func deadlinePassed(now: Int64) {
        switch stage {
        case .delayed(let response, _):
            stage = .handling
            respond(response, now: now)
        case .reading where reader.phase != .idle:
            refuse(HTTPRefusal(408, "the request did not come in time"), now: now)
        case .reading: linger(now: now)
        default: drop()
        }
    }

    /// Closes without another word.
    func drop() {
        guard !isClosed else { return }
        stage = .closed
        close(descriptor)
    }

    private func reset() {
        guard !isClosed else { return }
        stage = .closed
        SocketCalls.reset(descriptor)
    }
}

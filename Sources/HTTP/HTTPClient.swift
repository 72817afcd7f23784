// A blocking HTTP client: one kept connection to one endpoint, used by one thread. Every call has a deadline
// that covers connecting, the handshake, sending and the whole answer. Redirects are answers, never followed.

public import Crypto
import Glibc

/// A client of one endpoint.
public final class HTTPClient {
    private let endpoint: HTTPEndpoint
    private let tls: TLSContext?
    private let peer: TLSPeerName
    private let limits: HTTPLimits
    private var stream: ClientStream?
    private var idleSince: Int64 = 0

    /// A kept connection that has lain idle for longer is not used again: the peer is likely to close it just
    /// as we send.
    static let idleMillisecondsMax: Int64 = 15_000

    /// `peer` is the name that the server must prove; the endpoint's host unless told. Nil `tls` is for tests.
    public init(
        endpoint: HTTPEndpoint, tls: TLSContext?, peer: TLSPeerName? = nil, limits: HTTPLimits = HTTPLimits()
    ) {
        self.endpoint = endpoint
        self.tls = tls
        self.peer = peer ?? TLSPeerName(endpointHost: endpoint.host)
        self.limits = limits
    }

    /// Sends a request and returns its answer, whatever its status. Throws `HTTPError` where there is none.
    public func send(_ request: HTTPRequest, timeoutMilliseconds: Int64) throws(HTTPError) -> HTTPResponse {
        let deadline = SocketCalls.nowMilliseconds() + timeoutMilliseconds
        var bytes: [UInt8] = []
        guard HTTPWriter.append(request, host: endpoint.authority, to: &bytes) else {
            throw HTTPError(.unsendable, "a part of the request cannot be written as HTTP")
        }
        let stream = try openStream(deadline: deadline)
        do {
            let response = try exchange(stream, bytes, method: request.method, deadline: deadline)
            if response.ending == .keepAlive {
                idleSince = SocketCalls.nowMilliseconds()
            } else {
                close()
            }
            return response
        } catch {
            close()
            throw error
        }
    }

    /// Ends the kept connection.
    public func close() {
        stream?.end()
        stream = nil
    }

    private func openStream(deadline: Int64) throws(HTTPError) -> ClientStream {
        if let stream {
            let idle = SocketCalls.nowMilliseconds() - idleSince
            // Bytes between two exchanges are an end, an alert or an answer to nothing: in no case usable.
            if idle <= HTTPClient.idleMillisecondsMax, !stream.hasWaitingBytes { return stream }
            close()
        }
        let fresh = try ClientStream(endpoint, tls: tls, peer: peer, deadline: deadline)
        stream = fresh
        return fresh
    }

    private func exchange(
        _ stream: ClientStream, _ bytes: [UInt8], method: String, deadline: Int64
    ) throws(HTTPError) -> HTTPResponse {
        try stream.send(bytes, deadline: deadline)
        var reader = HTTPResponseReader(limits: limits, method: method)
        do {
            while true {
                if let response = try reader.next() { return response }
                var plain: [UInt8] = []
                if try stream.receive(into: &plain, deadline: deadline) {
                    reader.receive(plain.span)
                } else {
                    if let response = try reader.connectionEnded() { return response }
                    throw HTTPError(.cutOff, "the connection ended before the answer did", mayHaveArrived: true)
                }
            }
        } catch let refusal as HTTPRefusal {
            throw HTTPError(.malformed, refusal.detail, mayHaveArrived: true)
        } catch let error as HTTPError {
            throw error
        } catch {
            throw HTTPError(.malformed, "\(error)", mayHaveArrived: true)
        }
    }
}

/// One connection of a client: a descriptor and, over it, TLS.
final class ClientStream {
    private let descriptor: Int32
    private let tls: TLSConnection?
    private var buffer = [UInt8](repeating: 0, count: 32 * 1024)

    init(_ endpoint: HTTPEndpoint, tls context: TLSContext?, peer: TLSPeerName, deadline: Int64) throws(HTTPError) {
        do { tls = try context?.makeConnection(peer: peer) } catch { throw HTTPError(.untrusted, error.detail) }
        descriptor = try SocketCalls.connect(endpoint, deadline: deadline)
        if let tls { try handshake(tls, deadline: deadline) }
    }

    deinit { Glibc.close(descriptor) }

    var hasWaitingBytes: Bool { SocketCalls.isReadable(descriptor) }

    private func handshake(_ tls: TLSConnection, deadline: Int64) throws(HTTPError) {
        while true {
            let isDone: Bool
            do { isDone = try tls.handshake() } catch {
                try? flush(tls, deadline: deadline)  // The alert that says why.
                throw HTTPError(.untrusted, error.detail)
            }
            do throws(HTTPError) {
                try flush(tls, deadline: deadline)
                if isDone { return }
                guard try fill(tls, deadline: deadline) else {
                    throw HTTPError(.untrusted, "the connection ended during the handshake")
                }
            } catch {
                throw HTTPError(error.kind == .cutOff ? .untrusted : error.kind, error.detail)
            }
        }
    }

    private func write(_ bytes: [UInt8], deadline: Int64) throws(HTTPError) {
        var sent = 0
        while sent < bytes.count {
            switch SocketCalls.write(descriptor, bytes, from: sent) {
            case .bytes(let count): sent += count
            case .wouldBlock:
                guard SocketCalls.wait(descriptor, events: Int16(POLLOUT), deadline: deadline) else {
                    throw HTTPError(.timedOut, "the deadline passed while sending", mayHaveArrived: sent > 0)
                }
            case .ended, .failed: throw HTTPError(.cutOff, "the connection ended while sending", mayHaveArrived: true)
            }
        }
    }

    private func flush(_ tls: TLSConnection, deadline: Int64) throws(HTTPError) {
        var bytes: [UInt8] = []
        tls.takeOutgoing(into: &bytes)
        try write(bytes, deadline: deadline)
    }

    /// Reads from the wire once; false at its end.
    private func fill(_ tls: TLSConnection?, into plain: inout [UInt8], deadline: Int64) throws(HTTPError) -> Bool {
        while true {
            switch SocketCalls.read(descriptor, into: &buffer) {
            case .bytes(let count):
                guard let tls else {
                    plain.append(contentsOf: buffer[..<count])
                    return true
                }
                let fresh = Array(buffer[..<count])
                do { try tls.receive(fresh.span) } catch {
                    throw HTTPError(.cutOff, error.detail, mayHaveArrived: true)
                }
                return true
            case .ended: return false
            case .failed: throw HTTPError(.cutOff, "the connection was reset", mayHaveArrived: true)
            case .wouldBlock:
                guard SocketCalls.wait(descriptor, events: Int16(POLLIN), deadline: deadline) else {
                    throw HTTPError(.timedOut, "the deadline passed before the answer", mayHaveArrived: true)
                }
            }
        }
    }

    private func fill(_ tls: TLSConnection, deadline: Int64) throws(HTTPError) -> Bool {
        var none: [UInt8] = []
        return try fill(tls, into: &none, deadline: deadline)
    }

    /// Sends plain bytes.
    func send(_ bytes: [UInt8], deadline: Int64) throws(HTTPError) {
        guard let tls else { return try write(bytes, deadline: deadline) }
        do { try tls.write(bytes.span) } catch { throw HTTPError(.cutOff, error.detail) }
        try flush(tls, deadline: deadline)
    }

    /// Appends at least one plain byte; false at a proper end. An end without close_notify is an error.
    func receive(into plain: inout [UInt8], deadline: Int64) throws(HTTPError) -> Bool {
        guard let tls else { return try fill(nil, into: &plain, deadline: deadline) }
        while true {
            do {
                switch try tls.read(into: &plain) {
                case .bytes: return true
                case .closed: return false
                case .needsBytes: break
                }
            } catch {
                // A server that refuses our certificate says so only now (TLS 1.3): the request was not read.
                throw HTTPError(.untrusted, error.detail, mayHaveArrived: true)
            }
            try flush(tls, deadline: deadline)
            guard try fill(tls, deadline: deadline) else {
                do { try tls.transportEnded() } catch {
                    throw HTTPError(.cutOff, error.detail, mayHaveArrived: true)
                }
                return false
            }
        }
    }

    /// Says goodbye as far as that goes without waiting.
    func end() {
        guard let tls else { return }
        tls.close()
        var bytes: [UInt8] = []
        tls.takeOutgoing(into: &bytes)
        if !bytes.isEmpty { _ = SocketCalls.write(descriptor, bytes, from: 0) }
    }
}

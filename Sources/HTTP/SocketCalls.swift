// The system calls of sockets, each with its answer checked: the only file of this module that knows
// sockaddr and descriptors' flags. All descriptors are non-blocking and closed on exec.

import Glibc
import Runtime

/// Where a server listens or a client connects.
public struct HTTPEndpoint: Sendable, Equatable {
    /// A host name or an IP literal without brackets.
    public var host: String
    public var port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// As it stands in a `host` field.
    var authority: String { host.utf8.contains(0x3a) ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// How a read or write on a descriptor went.
enum SocketOutcome: Equatable {
    case bytes(Int)
    case wouldBlock
    case ended
    case failed(Int32)
}

enum SocketCalls {
    /// Monotonic time in milliseconds.
    static func nowMilliseconds() -> Int64 { SystemClock().monotonicNanoseconds() / 1_000_000 }

    /// The socket addresses of an endpoint; empty where the name cannot be resolved.
    private static func addresses(_ endpoint: HTTPEndpoint, passive: Bool) -> [[UInt8]] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : 0)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(endpoint.host, String(endpoint.port), &hints, &list) == 0 else { return [] }
        defer { unsafe freeaddrinfo(list) }
        var result: [[UInt8]] = []
        var next = unsafe list
        while let entry = unsafe next {
            let bytes = unsafe UnsafeRawBufferPointer(
                start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen))
            result.append(unsafe Array(bytes))
            unsafe next = unsafe entry.pointee.ai_next
        }
        return result
    }

    private static func family(_ address: [UInt8]) -> Int32 {
        // sockaddr begins with its family in host order.
        address.count >= 2 ? Int32(UInt16(address[0]) | UInt16(address[1]) << 8) : AF_INET
    }

    private static func open(_ address: [UInt8]) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        return socket(family(address), kind, 0)
    }

    static func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func setFlags(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// A listening descriptor and the port it got.
    static func listen(_ endpoint: HTTPEndpoint) throws(HTTPError) -> (descriptor: Int32, port: UInt16) {
        for address in addresses(endpoint, passive: true) {
            let descriptor = open(address)
            guard descriptor >= 0 else { continue }
            setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            let isBound = unsafe address.withUnsafeBytes { buffer in
                unsafe bind(
                    descriptor, buffer.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(buffer.count))
                    == 0
            }
            if isBound, Glibc.listen(descriptor, 1024) == 0 { return (descriptor, localPort(descriptor)) }
            close(descriptor)
        }
        throw HTTPError(.unreachable, "cannot listen on port \(endpoint.port): error \(errno)")
    }

    private static func localPort(_ descriptor: Int32) -> UInt16 {
        var storage = [UInt8](repeating: 0, count: 128)
        var count = socklen_t(storage.count)
        unsafe storage.withUnsafeMutableBytes { buffer in
            _ = unsafe getsockname(descriptor, buffer.baseAddress?.assumingMemoryBound(to: sockaddr.self), &count)
        }
        // The port is bytes 2 and 3, in network order, of both sockaddr_in and sockaddr_in6.
        return UInt16(storage[2]) << 8 | UInt16(storage[3])
    }

    /// The next waiting connection; nil where none waits.
    static func accept(_ listener: Int32) -> Int32? {
        let descriptor = Glibc.accept(listener, nil, nil)
        guard descriptor >= 0 else { return nil }
        setFlags(descriptor)
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        return descriptor
    }

    /// Whether the last call on this thread failed only because nothing was ready.
    static var wouldBlock: Bool { errno == EAGAIN || errno == EINTR || errno == ECONNABORTED }

    /// A connected descriptor. Name resolution has no deadline of its own.
    static func connect(_ endpoint: HTTPEndpoint, deadline: Int64) throws(HTTPError) -> Int32 {
        var code: Int32 = 0
        for address in addresses(endpoint, passive: false) {
            let descriptor = open(address)
            guard descriptor >= 0 else { continue }
            setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            let result = unsafe address.withUnsafeBytes { buffer in
                unsafe Glibc.connect(
                    descriptor, buffer.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(buffer.count))
            }
            code = result == 0 ? 0 : errno
            if code == EINPROGRESS { code = finishConnect(descriptor, deadline: deadline) }
            if code == 0 { return descriptor }
            close(descriptor)
        }
        if code == ETIMEDOUT { throw HTTPError(.timedOut, "no connection within the deadline") }
        throw HTTPError(.unreachable, code == 0 ? "the host name is not known" : "no connection: error \(code)")
    }

    private static func finishConnect(_ descriptor: Int32, deadline: Int64) -> Int32 {
        guard wait(descriptor, events: Int16(POLLOUT), deadline: deadline) else { return ETIMEDOUT }
        var code: Int32 = 0
        var count = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &count)
        return code
    }

    /// Waits until the descriptor is ready; false at the deadline.
    static func wait(_ descriptor: Int32, events: Int16, deadline: Int64) -> Bool {
        while true {
            let left = deadline - nowMilliseconds()
            guard left > 0 else { return false }
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            let count = unsafe poll(&entry, 1, Int32(clamping: left))
            if count > 0 { return true }
            if count < 0 && errno != EINTR { return true }
        }
    }

    /// Whether bytes, an end or an error wait to be read right now.
    static func isReadable(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 0) != 0
    }

    /// Reads once into a buffer of fixed size.
    static func read(_ descriptor: Int32, into buffer: inout [UInt8]) -> SocketOutcome {
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe recv(descriptor, bytes.baseAddress, bytes.count, 0)
        }
        if count > 0 { return .bytes(count) }
        if count == 0 { return .ended }
        let code = errno
        return code == EAGAIN || code == EINTR ? .wouldBlock : .failed(code)
    }

    /// Writes once from a place on. MSG_NOSIGNAL: a gone peer is an error, never a signal.
    static func write(_ descriptor: Int32, _ bytes: [UInt8], from start: Int) -> SocketOutcome {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe send(
                descriptor, UnsafeRawBufferPointer(rebasing: buffer[start...]).baseAddress, buffer.count - start,
                Int32(MSG_NOSIGNAL))
        }
        if count >= 0 { return .bytes(count) }
        let code = errno
        return code == EAGAIN || code == EINTR ? .wouldBlock : .failed(code)
    }

    /// Closes with a reset: what is unsent is thrown away.
    static func reset(_ descriptor: Int32) {
        var setting = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
    }

    /// A pipe to wake a poll: (read end, write end).
    static func wakePipe() throws(HTTPError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw HTTPError(.unreachable, "no pipe: error \(errno)") }
        for end in ends { setFlags(end) }
        return (ends[0], ends[1])
    }

    static func wake(_ descriptor: Int32) {
        // A full pipe means that a wake-up is waiting already.
        _ = unsafe Glibc.write(descriptor, [1], 1)
    }
}

extension SocketCalls {
    /// Empties the wake pipe.
    static func readPipe(_ descriptor: Int32, into buffer: inout [UInt8]) -> SocketOutcome {
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe Glibc.read(descriptor, bytes.baseAddress, bytes.count)
        }
        return count > 0 ? .bytes(count) : .wouldBlock
    }
}

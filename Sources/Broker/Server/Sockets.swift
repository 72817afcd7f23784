// The socket and pipe calls of the server, each as a function on plain values.

import Glibc

/// A failure to set up the listener.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    public var description: String
}

/// Thin wrappers around the C library's socket calls.
enum Sockets {
    enum Outcome {
        case bytes(Int)
        case wouldBlock
        case closed
    }

    /// A listening socket and the port that it got.
    static func listen(host: String, port: Int) throws -> (descriptor: Int32, port: Int) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0, let address = unsafe found else {
            throw ServerError(description: "cannot resolve \(host)")
        }
        defer { unsafe freeaddrinfo(found) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = unsafe socket(address.pointee.ai_family, kind, 0)
        guard descriptor >= 0 else { throw ServerError(description: "cannot open a socket: error \(errno)") }
        setOption(descriptor, SOL_SOCKET, SO_REUSEADDR)
        guard unsafe bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
            Glibc.listen(descriptor, 512) == 0
        else {
            let code = errno
            close(descriptor)
            throw ServerError(description: "cannot listen on \(host):\(port): error \(code)")
        }
        return (descriptor, try boundPort(descriptor))
    }

    private static func boundPort(_ descriptor: Int32) throws -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        guard result == 0 else { throw ServerError(description: "cannot tell the port: error \(errno)") }
        // The port lies at the same place in IPv4 and IPv6 addresses, in network order.
        return unsafe withUnsafeBytes(of: &storage) { bytes in
            unsafe Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    private static func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32) {
        var one: Int32 = 1
        unsafe _ = setsockopt(descriptor, level, name, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    enum Accepted {
        case accepted(descriptor: Int32, host: String)
        /// None waits.
        case none
        /// One waits, and there is no descriptor for it.
        case exhausted
    }

    /// A new connection with the peer's address as text.
    static func accept(_ listener: Int32) -> Accepted {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let descriptor = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let descriptor = unsafe Glibc.accept(listener, address, &length)
                if descriptor >= 0 {
                    unsafe _ = getnameinfo(address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
                }
                return descriptor
            }
        }
        if descriptor < 0 { return [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) ? .exhausted : .none }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
        let host = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return .accepted(descriptor: descriptor, host: String(decoding: host, as: UTF8.self))
    }

    /// As many descriptors as the system lets this process have: every connection and every open segment is one.
    static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        unsafe _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    static func receive(_ descriptor: Int32, into buffer: inout [UInt8], at offset: Int) -> Outcome {
        let count = unsafe buffer.withUnsafeMutableBytes { target in
            unsafe recv(descriptor, target.baseAddress! + offset, target.count - offset, 0)
        }
        return outcome(count)
    }

    static func send(_ descriptor: Int32, _ bytes: [UInt8], from offset: Int) -> Outcome {
        let count = unsafe bytes.withUnsafeBytes { source in
            unsafe Glibc.send(descriptor, source.baseAddress! + offset, source.count - offset, Int32(MSG_NOSIGNAL))
        }
        return outcome(count)
    }

    private static func outcome(_ count: Int) -> Outcome {
        if count > 0 { return .bytes(count) }
        if count < 0, errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR { return .wouldBlock }
        return .closed
    }

    // MARK: Waking

    /// Wakes the threads that wait for `event`, or one `take` for each of `count`.
    static func signal(_ event: WakeEvent, count: Int = 1) {
        let tokens = [UInt8](repeating: 1, count: count)
        unsafe _ = write(event.writeEnd, tokens, tokens.count)
    }

    /// Waits for one token.
    static func take(_ event: WakeEvent) {
        var token: UInt8 = 0
        while unsafe read(event.readEnd, &token, 1) < 0, errno == EINTR {}
    }

    /// Takes all tokens that are there, without waiting.
    static func clear(_ event: WakeEvent) {
        var tokens = [UInt8](repeating: 0, count: 512)
        unsafe _ = read(event.readEnd, &tokens, tokens.count)
    }

    static func clock() -> Int64 { milliseconds(CLOCK_REALTIME) }
    static func monotonicClock() -> Int64 { milliseconds(CLOCK_MONOTONIC) }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe _ = clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// A pipe whose bytes are tokens to wake a thread with.
struct WakeEvent: Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    /// `isBlocking` is for threads that wait in `take`; the event loop polls instead.
    init(isBlocking: Bool) throws {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw ServerError(description: "cannot make a pipe: error \(errno)") }
        readEnd = ends[0]
        writeEnd = ends[1]
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            if !isBlocking { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        }
    }

    func close() {
        _ = Glibc.close(readEnd)
        _ = Glibc.close(writeEnd)
    }
}

/// A lock on a file, held until it is released or the process ends.
final class FileLock {
    private var descriptor: Int32

    /// Nil when another process, or another holder in this one, has it.
    init?(_ path: String) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            if descriptor >= 0 { close(descriptor) }
            return nil
        }
    }

    deinit { release() }

    func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }
}

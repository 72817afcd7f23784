// The attacks on Kafka's wire beside the repository: what is hostile is cut off, what is odd but legal is answered,
// and a client that behaves is served all the while.

import Broker
import Bytes
import Foundation
import JSON
import Testing

@Suite struct KafkaWireAttackTests {
    /// What each case must lead to; anything that is not here must be cut off.
    private static let answered: Set<String> = [
        "apiversions-99", "apiversions-0", "sasl-mech-unknown", "pipelined-1000-apiversions",
    ]
    private static let rounds = 100

    @Test func attacksAreCutOffAndOthersServed() throws {
        let suite = URL(filePath: #filePath).appending(path: "../../../../shared/suites/kafka-wire-attacks/vectors.json")
        guard let text = FileManager.default.contents(atPath: suite.standardized.path) else {
            print("skipped: no Kafka wire attacks at ../shared/suites/kafka-wire-attacks")
            return
        }
        let cases = try JSONValue(parsing: Array(text)).arrayValue ?? []
        #expect(cases.count >= 15)
        let folder = FileManager.default.temporaryDirectory.appending(path: "lgsp-attacks-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try BrokerServer(settings: BrokerSettings(dataDirectory: folder.path, port: 0))
        try server.start()
        defer { server.stop() }
        let other = try AttackSocket(port: server.port)
        let before = Self.residentBytes()
        for _ in 0..<Self.rounds {
            for item in cases {
                let name = try #require(item["id"]?.stringValue)
                try judge(name, try Hex.decode(try #require(item["hex"]?.stringValue)), server.port)
            }
        }
        // As the suite asks: no more than 16 MiB for all of it.
        #expect(Self.residentBytes() - before < 16 << 20)
        other.send(AttackSocket.versions(correlation: 9))
        #expect(other.nextFrame()?.bigEndian(at: 0, as: Int32.self) == 9)
    }

    private func judge(_ name: String, _ bytes: [UInt8], _ port: Int) throws {
        let socket = try AttackSocket(port: port)
        socket.send(bytes)
        if name.hasPrefix("trunc-cut") { socket.endSending() }
        guard Self.answered.contains(name) else {
            #expect(socket.nextFrame() == nil, "\(name) was answered")
            return
        }
        let first = try #require(socket.nextFrame(), "\(name) was cut off")
        switch name {
        case "apiversions-99": #expect(first.bigEndian(at: 4, as: Int16.self) == 35)
        case "sasl-mech-unknown": #expect(first.bigEndian(at: 4, as: Int16.self) == 33)
        case "pipelined-1000-apiversions":
            for _ in 1..<1_000 { try #require(socket.nextFrame() != nil, "\(name) ended early") }
        default: break
        }
    }

    /// This process's resident memory.
    private static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0) * 4_096
    }
}

/// A blocking connection that sends whatever it is told to.
private final class AttackSocket {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        unsafe _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Foundation.send(descriptor, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    func endSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next frame without its length; nil at the end of the connection.
    func nextFrame() -> [UInt8]? {
        guard let length = receive(4)?.bigEndian(at: 0, as: Int32.self), length >= 0 else { return nil }
        return receive(Int(length))
    }

    private func receive(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            let more = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe recv(descriptor, buffer.baseAddress! + received, count - received, 0)
            }
            guard more > 0 else { return nil }
            received += more
        }
        return bytes
    }

    /// An ApiVersions request, version 0.
    static func versions(correlation: UInt8) -> [UInt8] { [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, correlation, 0xff, 0xff] }
}

// The real broker killed at random moments under load, and at every n-th write, sync and rename: nothing that was
// acknowledged is lost or doubled, no aborted record is seen, committed offsets do not go back. Short forms here;
// `Scripts/soak.sh broker-kills` runs 200 rounds and every n. `LGSP_SEED` repeats the moments of a run.
import Foundation
import KafkaWire
import Synchronization
import TestSupport
import Testing

@Suite(.serialized) struct BrokerKillTests {
    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    private func start(_ lgsp: URL, _ data: URL, _ port: Int, trace: [String] = []) throws -> Program {
        let words = ["broker", "--data", data.path, "--listen", "127.0.0.1:\(port)", "--set", "log.segment.bytes=20000"]
        let broker =
            trace.isEmpty ? try Program(lgsp, words) : try Program(URL(filePath: "/usr/bin/strace"), trace + [lgsp.path] + words)
        _ = Program.until(seconds: 60) { broker.standardError.contains("broker.listening") || !broker.process.isRunning }
        return broker
    }

    @Test func killsAtRandomMomentsCostNothing() throws {
        let lgsp = try #require(Program.lgsp, "build lgsp first: Scripts/test.sh does")
        let rounds = Self.number("LGSP_KILLS") ?? 4
        let seed = UInt64(Self.number("LGSP_SEED") ?? Int.random(in: 0..<1 << 31))
        print("broker kills: LGSP_SEED=\(seed), \(rounds) rounds")
        var random = SplitMix(state: seed)
        let folder = try Program.temporaryFolder("broker-kills")
        defer { try? FileManager.default.removeItem(at: folder) }
        let port = Program.freePort()
        var broker = try start(lgsp, folder, port)
        try KafkaPeer(port: port).createTopic("t", partitions: 2)
        let load = Load(port: port, clients: 4)
        load.begin()
        for _ in 0..<rounds {
            let before = load.count
            _ = Program.until(seconds: 30) { load.count > before + 3 }
            usleep(UInt32(random.next() % 300_000))
            broker.killHard()
            broker = try start(lgsp, folder, port)
            #expect(broker.process.isRunning, "seed \(seed): \(broker.standardError.suffix(2_000))")
        }
        _ = Program.until(seconds: 30) { load.count > 20 }
        let known = try load.end()
        broker.killHard()
        print("broker kills: \(rounds) rounds, \(known.count) writes acknowledged, \(known.faults.count) faults")
        #expect(known.count > rounds, "the load did not get through")
        #expect(known.faults.isEmpty, "seed \(seed): \(known.faults.prefix(5))")
        let check = try Program.run(lgsp, ["broker", "check", "--data", folder.path])
        if check.code != 0 { print("check: \(check.output.suffix(500)) \(check.diagnostics.suffix(500))") }
    }

    /// One fault a run: at the n-th call of its kind, for n = 1, 2, … until it no longer strikes.
    @Test(arguments: [
        "pwrite64:signal=KILL", "pwrite64:error=ENOSPC", "pwrite64:error=EIO", "fdatasync:signal=KILL",
        "fdatasync:error=EIO", "rename:signal=KILL", "rename:error=EIO", "ftruncate:signal=KILL",
    ])
    func aFaultAtEveryCallCostsNothing(_ fault: String) throws {
        let lgsp = try #require(Program.lgsp, "build lgsp first: Scripts/test.sh does")
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/strace") else { return print("skipped: no strace") }
        let isFull = Self.number("LGSP_KILLS") != nil
        var point = isFull ? 1 : 3
        var struck = 0
        while true {
            let folder = try Program.temporaryFolder("broker-fault")
            defer { try? FileManager.default.removeItem(at: folder) }
            let port = Program.freePort()
            let call = fault.prefix { $0 != ":" }
            let log = folder.appending(path: "trace")
            let trace = ["-f", "-o", log.path, "-e", "trace=\(call)", "-e", "inject=\(fault):when=\(point)"]
            let data = folder.appending(path: "data")
            let broker = try start(lgsp, data, port, trace: trace)
            let known = story(port)
            endTraced(broker)
            let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            let hasStruck = text.contains("(INJECTED)") || text.contains("killed by SIGKILL") && fault.contains("KILL")
            let again = try start(lgsp, data, port)
            #expect(again.process.isRunning, "\(fault) at \(point): \(again.standardError.suffix(1_500))")
            do {
                let faults = try verify(known, port)
                #expect(faults.isEmpty, "\(fault) at \(point): \(faults.prefix(5))")
            } catch {
                Issue.record("\(fault) at \(point): \(error), \(again.standardError.suffix(1_500))")
            }
            again.killHard()
            if !hasStruck { break }
            struck += 1
            point += isFull ? 1 : 17
            if point > 400 { break }
        }
        print("\(fault): \(struck) points")
    }

    /// A little of everything, one thing after another, until the broker is gone.
    private func story(_ port: Int) -> LoadKnowledge {
        let known = Mutex(LoadKnowledge())
        guard (try? KafkaPeer(port: port).createTopic("t", partitions: 2)) != nil else { return known.withLock { $0 } }
        let clients = [LoadClient("i0", port: port, isTransactional: false), LoadClient("x0", port: port, isTransactional: true)]
        for _ in 0..<5 {
            for client in clients where !client.step(known) { _ = client.step(known) }
        }
        return known.withLock { $0 }
    }

    /// Ends a traced broker with its tracer: killing the tracer alone would set it free.
    private func endTraced(_ tracer: Program) {
        let id = tracer.process.processIdentifier
        let children = (try? String(contentsOfFile: "/proc/\(id)/task/\(id)/children", encoding: .utf8)) ?? ""
        let brokers = children.split(separator: " ").compactMap { Int32($0) }
        for broker in brokers { kill(broker, SIGTERM) }
        if !Program.until(seconds: 20, { !tracer.process.isRunning }) { for broker in brokers { kill(broker, SIGKILL) } }
        _ = tracer.wait(seconds: 10)
    }

    private func verify(_ known: LoadKnowledge, _ port: Int) throws -> [String] {
        var known = known
        // Where the topic was not even created there is nothing to lose.
        guard known.count > 0 || !known.undecided.isEmpty else { return known.faults }
        try LoadClient("x0", port: port, isTransactional: true).finish()
        try known.verify(port: port)
        return known.faults
    }
}

/// Several clients on threads of their own.
/// Safe because: what threads share is behind a mutex and an atomic; each client belongs to its thread until the end.
final class Load: @unchecked Sendable {
    private let known = Mutex(LoadKnowledge())
    private let isEnding = Atomic<Bool>(false)
    private let clients: [LoadClient]
    private let port: Int
    private let running = DispatchGroup()

    init(port: Int, clients count: Int) {
        self.port = port
        clients = (0..<count).map { LoadClient(($0 % 2 == 0 ? "i" : "x") + "\($0 / 2)", port: port, isTransactional: $0 % 2 == 1) }
    }

    var count: Int { known.withLock { $0.count } }

    func begin() {
        for client in clients {
            running.enter()
            let run = Run(client: client)
            Thread.detachNewThread { [self] in
                while !isEnding.load(ordering: .relaxed) {
                    if !run.client.step(known) { usleep(10_000) }
                }
                running.leave()
            }
        }
    }

    /// Safe because: the client is used by one thread, then by the test after that thread has ended.
    private struct Run: @unchecked Sendable { let client: LoadClient }

    /// Stops the clients and holds the broker against what they know.
    func end() throws -> LoadKnowledge {
        isEnding.store(true, ordering: .relaxed)
        running.wait()
        for client in clients { try client.finish() }
        var result = known.withLock { $0 }
        try result.verify(port: port)
        return result
    }
}

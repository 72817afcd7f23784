// The main job under kill -9 of the hub and of the broker at random moments: the same figures as undisturbed.
// Short form here; `Scripts/soak.sh kills` runs many more. `LGSP_SEED` repeats a failing run.
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct KillTests {
    /// The figures of a demo run: everything it prints but what differs by clock.
    private func figures(_ text: String) throws -> NSDictionary {
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "not a JSON document: \(text.prefix(500))")
        return NSDictionary(dictionary: document.filter { ["feeds", "routes", "connectors", "models", "lag", "reconciled"].contains($0.key) })
    }

    private func demo(_ lgsp: URL, data: URL, port: Int, records: Int) throws -> Program {
        try Program(
            lgsp,
            [
                "demo", "--records", "\(records)", "--seed", "7", "--json", "--data", data.path, "--bootstrap-servers",
                "127.0.0.1:\(port)",
            ])
    }

    private func broker(_ lgsp: URL, data: URL, port: Int) throws -> Program {
        let broker = try Program(lgsp, ["broker", "--data", data.path, "--listen", "127.0.0.1:\(port)"])
        let isUp = Program.until(seconds: 30) { broker.standardError.contains("broker.listening") }
        try #require(isUp, "the broker did not come up: \(broker.standardError)")
        return broker
    }

    @Test func figuresAreTheSameAfterKillsOfHubAndBroker() throws {
        let lgsp = try #require(Program.lgsp, "build lgsp first: Scripts/test.sh does")
        let environment = ProcessInfo.processInfo.environment
        let isSoak = environment["LGSP_SOAK"] != nil
        let kills = environment["LGSP_KILLS"].flatMap { Int($0) } ?? 5
        let records = isSoak ? 20_000 : 3_000
        let seed = environment["LGSP_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1 << 32)
        var random = SplitMix(state: seed)
        print("kill test: LGSP_SEED=\(seed), \(kills) kills, \(records) records")

        let folder = try Program.temporaryFolder("kills")
        defer { try? FileManager.default.removeItem(at: folder) }
        let port = Program.freePort()

        // Undisturbed.
        var broker = try broker(lgsp, data: folder.appending(path: "calm-broker"), port: port)
        let calm = try demo(lgsp, data: folder.appending(path: "calm"), port: port, records: records)
        #expect(calm.wait(seconds: 300) == 0, "\(calm.standardError.suffix(2_000))")
        let expected = try figures(calm.standardOutput)
        #expect(expected["reconciled"] as? Bool == true)
        broker.killHard()

        // Disturbed.
        let data = folder.appending(path: "killed-broker")
        broker = try self.broker(lgsp, data: data, port: port)
        var hub = try demo(lgsp, data: folder.appending(path: "killed"), port: port, records: records)
        var done = 0
        while done < kills {
            usleep(UInt32(300_000 + random.next() % 2_500_000))
            if !hub.process.isRunning { break }
            if random.next() % 3 == 0 {
                broker.killHard()
                broker = try self.broker(lgsp, data: data, port: port)
            } else {
                hub.killHard()
                hub = try demo(lgsp, data: folder.appending(path: "killed"), port: port, records: records)
            }
            done += 1
        }
        #expect(hub.wait(seconds: 300) == 0, "seed \(seed): \(hub.standardError.suffix(2_000))")
        let actual = try figures(hub.standardOutput)
        #expect(actual == expected, "seed \(seed), \(done) kills: \(actual) is not \(expected)")
        broker.killHard()
        print("kill test: \(done) kills, figures equal: \(actual == expected)")
    }
}

/// A generator whose whole state is its seed.
struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

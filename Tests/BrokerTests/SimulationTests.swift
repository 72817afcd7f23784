// The broker on a simulated disk through seeded runs of accidents. `LGSP_SIMULATIONS` sets how many, `LGSP_SEED`
// the first seed: Scripts/soak.sh simulation runs the full form. With SWIFT_DETERMINISTIC_HASHING=1 a seed gives
// the same run in every process.
import Foundation
import Testing

@testable import Broker

@Suite struct SimulationTests {
    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    private func seeds(short: UInt64) -> Range<UInt64> {
        let first = Self.number("LGSP_SEED") ?? 0
        return first..<(first + (Self.number("LGSP_SIMULATIONS") ?? short))
    }

    @Test func noAccidentOfDiskOrPowerCostsWhatWasAcknowledged() throws {
        var failed = 0
        for seed in seeds(short: 60) {
            let run = try SimulatedRun(seed: seed)
            do { try run.run(steps: 80) } catch { run.complain("ended by \(error)") }
            guard !run.complaints.isEmpty else { continue }
            failed += 1
            Issue.record("\(run.complaints.prefix(3).joined(separator: "; ")), after \(run.story.suffix(6))")
            if failed == 5 { break }
        }
    }

    @Test func aFlippedBitIsNoticedOrDoesNoHarm() throws {
        var failed = 0
        for seed in seeds(short: 60) {
            let run = try SimulatedRun(seed: seed)
            do {
                try run.run(steps: 25)
                try run.flip(afterStop: seed % 2 == 0)
            } catch {
                run.complain("ended by \(error)")
            }
            guard !run.complaints.isEmpty else { continue }
            failed += 1
            Issue.record("\(run.complaints.prefix(3).joined(separator: "; ")), after \(run.story.suffix(6))")
            if failed == 5 { break }
        }
    }
}

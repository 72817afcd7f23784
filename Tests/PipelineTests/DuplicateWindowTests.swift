import Records
import Testing

@testable import Pipeline

@Suite struct DuplicateWindowTests {
    /// Writes the open rounds and reads them back into a new window, as a restart does.
    private func restarted(_ batch: RecordBatch, limits: DuplicateWindowLimits = .init()) -> DuplicateWindow {
        var window = DuplicateWindow(limits: limits)
        for slot in batch.slots { window.restore(key: batch.text(slot.key), value: batch.arena[slot.value.range]) }
        return window
    }

    @Test func knowsAnEventAgainInTheSamePartitionOnly() {
        var window = DuplicateWindow()
        #expect(window.insert(1, partition: "raw.a.b/0") == true)
        #expect(window.insert(1, partition: "raw.a.b/0") == false)
        #expect(window.insert(1, partition: "raw.a.b/1") == true)
    }

    @Test func survivesARestartThroughItsChangelog() {
        var window = DuplicateWindow()
        var out = RecordBatch()
        for id in 0..<100 { #expect(window.insert(UInt128(id) << 64 | 7, partition: "raw.a.b/0") == true) }
        window.closeRounds(into: &out)
        for id in 100..<150 { #expect(window.insert(UInt128(id) << 64 | 7, partition: "raw.a.b/0") == true) }
        window.closeRounds(into: &out)
        #expect(out.count == 2)
        var again = restarted(out)
        for id in 0..<150 { #expect(again.insert(UInt128(id) << 64 | 7, partition: "raw.a.b/0") == false) }
        #expect(again.insert(UInt128(150) << 64 | 7, partition: "raw.a.b/0") == true)
    }

    @Test func forgetsTheOldestRoundWhenTheRingIsFull() {
        var limits = DuplicateWindowLimits()
        limits.rounds = 2
        var window = DuplicateWindow(limits: limits)
        var out = RecordBatch()
        for id in 1...3 {
            #expect(window.insert(UInt128(id), partition: "raw.a.b/0") == true)
            window.closeRounds(into: &out)
        }
        #expect(window.insert(1, partition: "raw.a.b/0") == true)
        #expect(window.insert(3, partition: "raw.a.b/0") == false)
        // The third round took the first one's key, so that compaction drops the first.
        #expect(out.text(out.slots[0].key) == out.text(out.slots[2].key))
        var again = restarted(out, limits: limits)
        #expect(again.insert(1, partition: "raw.a.b/0") == true)
        #expect(again.insert(2, partition: "raw.a.b/0") == false)
    }

    @Test(arguments: ["", "no-slash", "raw.a.b/0/0"]) func ignoresADamagedEntry(key: String) {
        var window = DuplicateWindow()
        window.restore(key: key, value: [1, 2, 3][...])
        #expect(window.insert(1, partition: "raw.a.b/0") == true)
    }
}

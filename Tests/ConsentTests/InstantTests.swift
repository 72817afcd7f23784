// Instants as text and back, and references as hex.

import Foundation
import Testing

@testable import Consent

@Suite struct InstantTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T07:00:00+07:00", 0), ("1969-12-31T23:59:59.999Z", -1),
            ("2026-01-01", 1_767_200_400_000), ("2026-01-01T00:00:00+07:00", 1_767_200_400_000),
            ("2024-02-29T12:00:00.5-05:30", 1_709_227_800_500), ("2016-12-31T23:59:60Z", 1_483_228_799_000),
            ("0000-03-01T00:00:00Z", -62_162_035_200_000), ("9999-12-31T23:59:59.9999Z", 253_402_300_799_999),
        ] as [(String, Int64)])
    func textsAreRead(_ text: String, _ expected: Int64) {
        #expect(Instant.dateOrDateTime(text) == expected)
    }

    @Test(arguments: [
        "", "2026", "2026-13-01", "2025-02-29", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+7:00",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00Z", "2026-01-01T00:00:00+07:00x", "2026/01/01",
        "2026-01-01T00:00:00+24:00",
        "２026-01-01", "2026-01-00", "-026-01-01",
    ])
    func whatIsNoInstantIsRefused(_ text: String) {
        #expect(Instant.dateOrDateTime(text) == nil)
    }

    @Test func everyDayOfFourCenturiesIsWrittenAndReadBack() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .current
        for day in stride(from: -60_000, to: 90_000, by: 7) {
            let instant = Int64(day) * Instant.dayMilliseconds + 12_345_678
            let text = Instant.text(instant)
            #expect(Instant.dateOrDateTime(text) == instant)
            if day % 91 == 0 {
                let parts = calendar.dateComponents(
                    [.year, .month, .day], from: Date(timeIntervalSince1970: Double(instant) / 1000))
                let year = String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
                #expect(text.hasPrefix(year))
            }
        }
    }

    @Test func referencesAreReadAndWritten() {
        let text = "00112233445566778899aabbccddeeff"
        let person = PersonReference(text)
        #expect(person == PersonReference(high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF))
        #expect(person?.text == text)
        for byte in 0...255 {
            let value = UInt64(byte) &* 0x0101_0101_0101_0101
            let reference = PersonReference(high: value, low: ~value)
            #expect(reference.text == String(format: "%016lx%016lx", value, ~value))
            #expect(PersonReference(reference.text) == reference)
        }
        for wrong in [
            "", "0011", text.uppercased(), text + "0", "g0112233445566778899aabbccddeeff",
            " 0112233445566778899aabbccddeeff",
        ] {
            #expect(PersonReference(wrong) == nil)
        }
    }
}

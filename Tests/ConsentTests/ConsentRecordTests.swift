// Consent records as they are written, read and refused.

import JSON
import Testing

@testable import Consent

@Suite struct ConsentRecordTests {
    static let person = PersonReference(high: 1, low: 2)
    static let record = ConsentRecord(
        person: person, recipient: "vneid", purpose: "vneid-display", dataCategory: "land-certificate", state: .granted,
        validFrom: 1_700_000_000_000, validTo: 1_800_000_000_000, changedAt: 1_700_000_000_001, evidence: "VNEID-7",
        guardian: PersonReference(high: 3, low: 4))

    @Test func aRecordReadsBackAsItWasWritten() throws {
        for record in [Self.record, Self.record.withdrawn(at: 1_750_000_000_000, evidence: "W-1")] {
            let bytes = try record.checked()
            #expect(try ConsentRecord(key: bytes.key, value: bytes.value) == record)
            #expect(try ConsentRecord(value: try JSONValue(parsing: bytes.value)) == record)
        }
        #expect(
            String(decoding: Self.record.key, as: UTF8.self)
                == "00000000000000010000000000000002|vneid|vneid-display|land-certificate")
    }

    /// What each change to a good record must lead to.
    static let changes: [(@Sendable (inout ConsentRecord) -> Void, ConsentFault)] = [
        ({ $0.recipient = "VNeID" }, .key), ({ $0.recipient = "*" }, .key), ({ $0.purpose = "" }, .key),
        ({ $0.purpose = "*" }, .key), ({ $0.dataCategory = "a|b" }, .key), ({ $0.dataCategory = "**" }, .key),
        ({ $0.dataCategory = String(repeating: "x", count: 65) }, .key), ({ $0.evidence = "" }, .value),
        ({ $0.evidence = "a b" }, .value), ({ $0.evidence = "a\"b" }, .value), ({ $0.evidence = "é" }, .value),
        ({ $0.evidence = String(repeating: "x", count: 201) }, .limit), ({ $0.validTo = $0.validFrom }, .value),
    ]

    @Test(arguments: changes.indices)
    func whatTheViewWouldRefuseIsNotWritten(_ number: Int) {
        var record = Self.record
        Self.changes[number].0(&record)
        #expect(throws: Self.changes[number].1) { try record.checked() }
    }

    @Test func allCategoriesMayBeNamedByAStar() throws {
        var record = Self.record
        record.dataCategory = "*"
        _ = try record.checked()
    }

    @Test func valuesThatAreNotAConsentAreRefused() {
        let good = String(decoding: Self.record.value, as: UTF8.self)
        let bad: [(String, ConsentFault)] = [
            ("", .value), ("null", .value), ("[]", .value), ("{}", .value), (good + "x", .value),
            (good.replacing("\"granted\"", "\"maybe\""), .value), (good.replacing("\"granted\"", "true"), .value),
            (good.replacing("{\"changedAt\"", "{\"note\":\"x\",\"changedAt\""), .value),
            (good.replacing("\"evidenceRef\":\"VNEID-7\",", ""), .value),
            (good.replacing("\"recipient\":\"vneid\"", "\"recipient\":\"labour\""), .mismatch),
            (good.replacing("00000000000000010000000000000002", "00000000000000010000000000000003"), .mismatch),
            (good.replacing("2023-", "2023/"), .value), (good.replacing("VNEID-7", "\\u0056"), .value),
        ]
        for (text, fault) in bad {
            #expect(throws: fault, "\(text)") { try ConsentRecord(key: Self.record.key, value: Array(text.utf8)) }
        }
    }
}

extension String {
    func replacing(_ old: String, _ new: String) -> String {
        split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
}

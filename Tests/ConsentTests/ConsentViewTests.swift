// The table: what it answers, what late, malformed and forgotten records do, and that it stays right and small
// when it grows.

import Records
import Testing

@testable import Consent

@Suite struct ConsentViewTests {
    private static let person = PersonReference(high: 1, low: 2)

    private static func record(
        _ state: ConsentRecord.State = .granted, category: String = "land", changedAt: Int64 = 10, validFrom: Int64 = 0,
        validTo: Int64? = nil, person: PersonReference = person, recipient: String = "vneid",
        purpose: String = "display",
        evidence: String = "E-1", guardian: PersonReference? = nil
    ) -> ConsentRecord {
        ConsentRecord(
            person: person, recipient: recipient, purpose: purpose, dataCategory: category, state: state,
            validFrom: validFrom, validTo: validTo, changedAt: changedAt, evidence: evidence, guardian: guardian)
    }

    private static func view(_ records: [ConsentRecord]) -> ConsentView {
        var view = ConsentView()
        for record in records { apply(record, to: &view) }
        return view
    }

    private static func apply(_ record: ConsentRecord, to view: inout ConsentView) {
        let key = record.key
        let value = record.value
        view.apply(key: key.span, value: value.span)
    }

    private static func word(
        _ view: ConsentView, at time: Int64 = 100, byGuardian: Bool = false, category: String = "land"
    ) -> String {
        let query = view.query(recipient: "vneid", purpose: "display", dataCategory: category)
        switch view.decide(person, query, at: time, byGuardian: byGuardian) {
        case .granted(let evidence):
            var bytes: [UInt8] = []
            view.appendEvidence(evidence, to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        case .none: return "none"
        case .withdrawn: return "withdrawn"
        case .expired: return "expired"
        case .scope: return "scope"
        }
    }

    @Test func aGrantHoldsFromItsFirstInstantToItsLast() {
        let view = Self.view([Self.record(validFrom: 50, validTo: 60)])
        #expect(Self.word(view, at: 49) == "none")
        #expect(Self.word(view, at: 50) == "E-1")
        #expect(Self.word(view, at: 59) == "E-1")
        #expect(Self.word(view, at: 60) == "expired")
    }

    @Test func whatIsNotConsentedToIsNotGranted() {
        #expect(Self.word(Self.view([])) == "none")
        #expect(Self.word(Self.view([Self.record(person: PersonReference(high: 9, low: 9))])) == "none")
        #expect(Self.word(Self.view([Self.record(recipient: "labour")])) == "none")
        #expect(Self.word(Self.view([Self.record(purpose: "study")])) == "scope")
        #expect(Self.word(Self.view([Self.record(category: "school")])) == "scope")
        #expect(Self.word(Self.view([Self.record(category: "school", validTo: 99)])) == "none")
        #expect(Self.word(Self.view([Self.record(category: "*")])) == "E-1")
    }

    @Test func theNewerExpressionHolds() {
        let withdrawn = Self.record(.withdrawn, changedAt: 20)
        #expect(Self.word(Self.view([Self.record(), withdrawn])) == "withdrawn")
        #expect(Self.word(Self.view([withdrawn, Self.record()])) == "withdrawn")
        #expect(Self.word(Self.view([withdrawn, Self.record(changedAt: 20)])) == "withdrawn")
        #expect(Self.word(Self.view([Self.record(changedAt: 20), withdrawn])) == "withdrawn")
        #expect(Self.word(Self.view([withdrawn, Self.record(changedAt: 21, evidence: "E-2")])) == "E-2")
        #expect(
            Self.word(Self.view([Self.record(), Self.record(.withdrawn, category: "*", changedAt: 20)])) == "withdrawn")
        #expect(
            Self.word(Self.view([Self.record(changedAt: 30), Self.record(.withdrawn, category: "*", changedAt: 20)]))
                == "E-1")
        #expect(Self.word(Self.view([withdrawn, Self.record(category: "*", changedAt: 30)])) == "E-1")
        #expect(Self.view([withdrawn, Self.record()]).lateCount == 1)
    }

    @Test func aChildsConsentIsTheGuardians() {
        let own = Self.view([Self.record()])
        let guardians = Self.view([Self.record(guardian: PersonReference(high: 7, low: 7))])
        #expect(Self.word(own, byGuardian: true) == "scope")
        #expect(Self.word(guardians, byGuardian: true) == "E-1")
        #expect(Self.word(guardians) == "E-1")
    }

    @Test func anUnreadableRecordDeniesItsKeyUntilAReadableOneComes() {
        var view = Self.view([Self.record()])
        let key = Self.record().key
        view.apply(key: key.span, value: Array("{\"state\":\"granted\"}".utf8).span)
        #expect(Self.word(view) == "none")
        #expect(view.faults == [.value: 1])
        Self.apply(Self.record(changedAt: 9), to: &view)
        #expect(Self.word(view) == "none")
        Self.apply(Self.record(changedAt: 11), to: &view)
        #expect(Self.word(view) == "E-1")
        view.apply(key: Array("nonsense".utf8).span, value: [UInt8]().span)
        #expect(view.faults[.key] == 1)
        #expect(Self.word(view) == "E-1")
        var fresh = ConsentView()
        fresh.apply(key: key.span, value: [UInt8](repeating: 0x20, count: 10_000).span)
        #expect(fresh.faults == [.limit: 1])
        Self.apply(Self.record(category: "*"), to: &fresh)
        #expect(Self.word(fresh) == "none")
    }

    @Test func aTombstoneForgets() {
        var batch = RecordBatch()
        for record in [Self.record(), Self.record(category: "*")] {
            let headers = batch.headerMark
            let key = batch.store(record.key)
            let value = batch.store(record.value)
            batch.addRecord(topic: batch.topicIndex("consent"), key: key, value: value, headersFrom: headers)
        }
        var view = ConsentView()
        view.apply(batch)
        #expect(view.count == 2 && view.personCount == 1)
        var tombstone = RecordBatch()
        let key = tombstone.store(Self.record().key)
        tombstone.addRecord(topic: tombstone.topicIndex("consent"), key: key, value: .absent, headersFrom: 0)
        view.apply(tombstone)
        #expect(view.count == 1 && view.personCount == 1)
        #expect(Self.word(view) == "E-1")
        view.forget(key: Self.record(category: "*").key.span)
        #expect(view.count == 0 && view.personCount == 0)
        #expect(Self.word(view) == "none")
        view.forget(key: Self.record(category: "*").key.span)
        #expect(view.faultCount == 0)
    }

    @Test func theTableAgreesWithADictionaryThroughGrantsWithdrawalsAndForgetting() {
        var view = ConsentView()
        var known: [[UInt8]: ConsentRecord] = [:]
        var state: UInt64 = 7
        func below(_ count: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % count
        }
        for step in 0..<25_000 {
            // Few distinct words, so that probe runs are long and gaps must be closed rightly.
            let person = PersonReference(high: below(40), low: below(60) << 40)
            let record = Self.record(
                below(3) == 0 ? .withdrawn : .granted, category: ["land", "school", "*"][Int(below(3))],
                changedAt: Int64(step), person: person, evidence: String(repeating: "e", count: 1 + Int(below(40))))
            if below(3) == 0 {
                view.forget(key: record.key.span)
                known[record.key] = nil
            } else {
                Self.apply(record, to: &view)
                known[record.key] = record
            }
        }
        #expect(view.count == known.count)
        #expect(view.personCount == Set(known.values.map(\.person)).count)
        let query = view.query(recipient: "vneid", purpose: "display", dataCategory: "land")
        for high in 0..<40 as Range<UInt64> {
            for low in 0..<60 as Range<UInt64> {
                let person = PersonReference(high: high, low: low << 40)
                let exact = known[Self.record(person: person).key]
                let any = known[Self.record(category: "*", person: person).key]
                let newest = [exact, any].compactMap { $0 }.max { $0.changedAt < $1.changedAt }
                let withdrawnAt = [exact, any].compactMap { $0?.state == .withdrawn ? $0?.changedAt : nil }.max() ?? -1
                let isGranted = newest.map { $0.state == .granted && $0.changedAt > withdrawnAt } ?? false
                switch view.decide(person, query, at: 100) {
                case .granted(let evidence):
                    var bytes: [UInt8] = []
                    view.appendEvidence(evidence, to: &bytes)
                    #expect(isGranted)
                    #expect([exact, any].contains { $0?.evidence == String(decoding: bytes, as: UTF8.self) })
                case .withdrawn: #expect(!isGranted && withdrawnAt >= 0)
                default: #expect(newest == nil)
                }
            }
        }
    }

    @Test func aGrantTakesLittleMemory() {
        var view = ConsentView()
        let count = 50_000
        for number in 0..<count {
            let mixed = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
            Self.apply(
                Self.record(
                    person: PersonReference(high: mixed, low: ~mixed),
                    evidence: "VNEID-2026-000000\(100_000 + number)"),
                to: &view)
        }
        #expect(view.count == count)
        // Chunks and index are taken in steps of up to a megabyte; ten million grants come to 81 bytes each.
        #expect(view.byteCount < count * 90 + (4 << 20))
    }
}

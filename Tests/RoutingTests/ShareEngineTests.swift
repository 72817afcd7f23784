// The engine on single records: envelopes, references, hostile input, counters and replays.

import Consent
import JSON
import Records
import Testing

@testable import Routing

@Suite struct ShareEngineTests {
    private static let secret = Array("secret".utf8)
    private static let now: Int64 = 1_782_864_000_000
    private static let person = PersonReference(high: 0xABCD, low: 1)
    private static let value = """
        {"id":"x","kind":"a","person":{"personRef":"\(person.text)","name":"Lê Thị Ánh"},"owners":[{"name":"An"},{}]}
        """

    private static func batch(
        _ value: String? = value, topic: String = "contract.thing.v1", id: String? = "origin-1",
        subject: String? = person.text, key: String? = person.text
    ) -> RecordBatch {
        var batch = RecordBatch()
        let headers = batch.headerMark
        if let id { batch.addHeader("ce_id", id) }
        batch.addHeader("ce_source", "urn:lgsp:health:visit")
        batch.addHeader("ce_time", "2026-03-01T00:00:00Z")
        if let subject { batch.addHeader("ce_subject", subject) }
        batch.addHeader("ce_dataschema", "urn:lgsp:contract:thing:v1")
        batch.addHeader("traceparent", "00-1-2-01")
        let keySlice = key.map { batch.store($0) } ?? .absent
        let valueSlice = value.map { batch.store($0) } ?? .absent
        batch.addRecord(
            topic: batch.topicIndex(topic), partition: 3, offset: 77, key: keySlice, value: valueSlice,
            headersFrom: headers)
        return batch
    }

    private static func share(
        _ batch: RecordBatch, _ file: String = RouteFixture.good, limits: ShareLimits = ShareLimits()
    ) throws -> (out: RecordBatch, engine: ShareEngine) {
        var engine = ShareEngine(routes: try RouteFixture.load(file), referenceSecret: secret, limits: limits)
        var out = RecordBatch()
        engine.process(batch, consents: ConsentView(), at: now, into: &out)
        return (out, engine)
    }

    private static func reason(_ out: RecordBatch) throws -> String? {
        let slot = try #require(out.slots.last)
        #expect(out.topics[Int(slot.topic)] == "audit")
        return try JSONValue(parsing: Array(out.arena[slot.value.range]))["reason"]?.stringValue
    }

    @Test func aPermitIsDeliveredWithItsEnvelopeAndAudited() throws {
        let (out, engine) = try Self.share(Self.batch())
        #expect(out.count == 2)
        let slot = out.slots[0]
        #expect(out.topics[Int(slot.topic)] == "deliver.r.thing.v1")
        #expect(
            out.text(slot.value)
                == #"{"id":"x","person":{"personRef":"\#(Self.person.text)","name":"Lê Thị Ánh"},"#
                + #""owners":[{"name":"An"},{}]}"#
        )
        #expect(out.text(slot.key) == Self.person.text)
        var headers: [(String, String)] = []
        for place in Int(slot.headerStart)..<Int(slot.headerStart + slot.headerCount) {
            headers.append((out.text(out.headerSlots[place].name), out.text(out.headerSlots[place].value)))
        }
        #expect(
            headers.map(\.0) == [
                "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "ce_dataschema",
                "content-type",
                "traceparent", "lgsp-origin", "lgsp-decision", "lgsp-purpose", "lgsp-basis",
            ])
        let byName = Dictionary(uniqueKeysWithValues: headers)
        #expect(byName["ce_type"] == "vn.lgsp.thing.v1")
        #expect(byName["ce_subject"] == Self.person.text)
        #expect(byName["lgsp-origin"] == "origin-1")
        #expect(byName["lgsp-purpose"] == "care")
        #expect(byName["lgsp-basis"] == "Luật 91/2025/QH15, Điều 19")
        // printf 'origin-1\0r' | sha256sum
        #expect(byName["ce_id"] == "06d9c9eb693a542730a66ac459283f3d")
        let audit = out.slots[1]
        #expect(out.text(audit.key) == Self.person.text)
        let entry = try JSONValue(parsing: Array(out.arena[audit.value.range]))
        #expect(entry["id"]?.stringValue == byName["lgsp-decision"])
        #expect(entry["at"]?.stringValue == "2026-07-01T00:00:00.000Z")
        #expect(engine.counters[0].released == 1 && engine.counters[0].addsUp)
    }

    @Test func aReplayYieldsTheSameRecords() throws {
        let one = try Self.share(Self.batch()).out
        let two = try Self.share(Self.batch()).out
        #expect(one.arena == two.arena)
    }

    @Test func aRecipientWithItsOwnReferencesNeverSeesTheHubs() throws {
        let file = RouteFixture.changed("\"reference\":\"hub\"", "\"reference\":\"recipient\"")
        let (out, _) = try Self.share(Self.batch(), file)
        let slot = out.slots[0]
        let key = out.text(slot.key)
        #expect(key != Self.person.text && PersonReference(key) != nil)
        #expect(out.headerText("ce_subject", of: slot) == key)
        #expect(out.text(slot.value).contains("\"personRef\":\"\(key)\""))
        #expect(!out.text(slot.value).contains(Self.person.text))
        // Another recipient's, or another secret's, is another.
        var other = ShareEngine(routes: try RouteFixture.load(file), referenceSecret: Array("else".utf8))
        var otherOut = RecordBatch()
        other.process(Self.batch(), consents: ConsentView(), at: Self.now, into: &otherOut)
        #expect(otherOut.text(otherOut.slots[0].key) != key)
    }

    @Test func withOwnReferencesWhatIsNoReferenceIsNotDelivered() throws {
        let file = RouteFixture.changed("\"reference\":\"hub\"", "\"reference\":\"recipient\"")
        for bad in ["short", Self.person.text.uppercased(), Self.person.text + "0"] {
            let value = Self.value.split(separator: Self.person.text).joined(separator: bad)
            #expect(try Self.reason(Self.share(Self.batch(value), file).out) == "rule.fault")
        }
        #expect(try Self.reason(Self.share(Self.batch(subject: "052190012345"), file).out) == "rule.fault")
        // A natural key is nobody's reference and stays.
        let (out, _) = try Self.share(Self.batch(subject: nil, key: "AB 123456"), file)
        #expect(out.text(out.slots[0].key) == "AB 123456")
    }

    @Test(arguments: [
        "", "{", "null", "[]", "\"text\"", "{\"kind\":\"a\"", "{\"kind\":\"a\",\"kind\":\"b\"}", "{\"kind\":7}",
        "{\"kind\":null}",
        "{\"kin\\u0064\":\"a\"}",
        "{\"kind\":\"a\",\"person\":{\"nam\\u0065\":\"x\",\"personRef\":\"y\"},\"\\u0069d\":\"z\"}",
        "{\"kind\":\"\u{0}\"}",
    ])
    func whatCannotBeDecidedIsDenied(_ value: String) throws {
        let (out, engine) = try Self.share(Self.batch(value))
        #expect(out.count == 1)
        #expect(try Self.reason(out) == "rule.fault")
        #expect(engine.counters[0].denied(.ruleFault) == 1 && engine.counters[0].addsUp)
    }

    @Test func recordsWithoutValueOrIdentityAreDeniedUnderTheirCoordinates() throws {
        #expect(try Self.reason(Self.share(Self.batch(nil)).out) == "rule.fault")
        for id in [nil, "", "a b", "quote\"", String(repeating: "x", count: 201)] {
            let (out, _) = try Self.share(Self.batch(id: id, subject: nil))
            #expect(try Self.reason(out) == "rule.fault")
            #expect(out.text(out.slots[0].key) == "contract.thing.v1/3/77")
        }
    }

    @Test func whatDoesNotApplyIsCountedAndNotAudited() throws {
        let (out, engine) = try Self.share(Self.batch("{\"kind\":\"b\"}"))
        #expect(out.isEmpty)
        #expect(engine.counters[0].notApplicable == 1 && engine.counters[0].matched == 0)
        let (other, unrouted) = try Self.share(Self.batch(topic: "contract.other.v1"))
        #expect(other.isEmpty && unrouted.unroutedCount == 1)
    }

    @Test func pastTheOutputLimitNothingIsDelivered() throws {
        var limits = ShareLimits()
        limits.outputBytesMax = 1_000
        #expect(try Self.reason(Self.share(Self.batch(), limits: limits).out) == "rule.fault")
    }

    @Test func randomBytesNeverTrapAndNeverLeave() throws {
        var numbers = SeededNumbers(state: 99)
        var engine = ShareEngine(routes: try RouteFixture.load(), referenceSecret: Self.secret)
        for _ in 0..<3_000 {
            var bytes = Array(Self.value.utf8)
            for _ in 0...numbers.below(4) {
                switch numbers.below(3) {
                case 0: bytes[numbers.below(bytes.count)] = UInt8(truncatingIfNeeded: numbers.next())
                case 1: bytes.remove(at: numbers.below(bytes.count))
                default: bytes.insert(numbers.one(of: Array("{}[]\",:\\0".utf8)), at: numbers.below(bytes.count))
                }
            }
            var batch = RecordBatch()
            batch.addHeader("ce_id", "x")
            let value = batch.store(bytes)
            batch.addRecord(topic: batch.topicIndex("contract.thing.v1"), key: .absent, value: value, headersFrom: 0)
            var out = RecordBatch()
            engine.process(batch, consents: ConsentView(), at: Self.now, into: &out)
            for slot in out.slots { _ = try JSONValue(parsing: Array(out.arena[slot.value.range])) }
        }
        #expect(engine.counters[0].addsUp)
        #expect(engine.counters[0].matched + engine.counters[0].notApplicable == 3_000)
        #expect(engine.counters[0].denied(.ruleFault) > 1_000)
    }

    @Test func anExplanationTellsEveryRoute() throws {
        let routes = try RouteFixture.load()
        let event = SharedEvent(
            contract: "thing", major: 1, id: "e", source: "urn:x", subject: Self.person.text,
            data: try JSONValue(parsing: Array(Self.value.utf8)))
        let told = RouteExplanation.explain(event, routes: routes, consents: ConsentView(), at: Self.now)
        #expect(told.count == 1)
        #expect(told[0].outcome == .permit)
        #expect(told[0].withheld == ["/kind"])
        #expect(told[0].released == ["/id", "/owners/*", "/owners/*/name", "/person/name", "/person/personRef"])
        #expect(told[0].json["basis"]?.stringValue == "Luật 91/2025/QH15, Điều 19")
        #expect(told[0].text(english: false).contains("cho phép"))
        let before = RouteExplanation.explain(event, routes: routes, consents: ConsentView(), at: 0)
        #expect(before[0].outcome == .deny(.consentNone))
        #expect(before[0].released.isEmpty && before[0].withheld.count == 6)
        var other = event
        other.contract = "other"
        #expect(
            RouteExplanation.explain(other, routes: routes, consents: ConsentView(), at: 0)[0].outcome == .otherContract
        )
    }

    @Test func typesOfEventsAreRead() {
        #expect(
            SharedEvent.contract(ofType: "vn.lgsp.medical-visit.v1").map { "\($0.name)/\($0.major)" }
                == "medical-visit/1")
        for wrong in [
            "", "vn.lgsp.", "vn.lgsp.v1", "vn.lgsp.a.1", "vn.lgsp.a.v", "vn.lgsp.a.v0", "com.x.a.v1", "vn.lgsp.a.v1.",
        ] {
            #expect(SharedEvent.contract(ofType: wrong) == nil, "\(wrong)")
        }
    }
}

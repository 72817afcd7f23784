// The engine against the definition on random rules, records, consents and times.

import Consent
import Crypto
import JSON
import Records
import Testing

@testable import Routing

@Suite struct ShareEnginePropertyTests {
    private static let secret = Array("a secret of the test".utf8)

    @Test func theEngineDecidesAndReleasesAsTheDefinitionSays() throws {
        var caseCount = 0
        var outcomes: [String: Int] = [:]
        for seed in 1...250 {
            var random = RandomSharing(numbers: SeededNumbers(state: UInt64(seed)))
            let recipientCount = 4
            let routes: RouteSet
            do {
                routes = try RouteSet.load(
                    tree: random.tree(recipientCount: recipientCount), contracts: [RandomSharing.contract])
            } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
            let consents = random.consents(recipientCount: recipientCount)
            var view = ConsentView()
            for consent in consents {
                let key = consent.key
                let value = consent.value
                view.apply(key: key.span, value: value.span)
            }
            #expect(view.faultCount == 0)
            let time = 1_700_000_000_000 + Int64(random.numbers.below(40)) * 1_000_000_000
            let reference = ReferenceSharing(
                secret: Self.secret, contract: RandomSharing.contract, consents: consents, time: time)
            let records = (0..<20).map { _ in random.record() }
            let found = try Self.run(routes, view, time, records)
            for (number, record) in records.enumerated() {
                for rules in routes.recipients {
                    let expected = reference.decide(rules, rules.routes[0], record)
                    let actual = found["\(rules.recipient)/\(number)"] ?? .notApplicable
                    guard expected == actual else {
                        let text = String(decoding: record.write(), as: UTF8.self)
                        Issue.record(
                            "seed \(seed), record \(number), \(rules.recipient): \(expected) ≠ \(actual) for \(text)")
                        return
                    }
                    caseCount += 1
                    outcomes[Self.word(expected), default: 0] += 1
                }
            }
        }
        #expect(caseCount == 20_000)
        // A run that never met one of these would prove little.
        for word in ["permit", "not-applicable"] + DenialReason.allCases.map(\.rawValue)
        where word != "subject.deceased" && word != "route.condition" {
            #expect(outcomes[word, default: 0] >= 20, "\(word) was met \(outcomes[word, default: 0]) times")
        }
    }

    private static func word(_ outcome: ReferenceOutcome) -> String {
        switch outcome {
        case .notApplicable: "not-applicable"
        case .permit: "permit"
        case .deny(let reason): reason.rawValue
        }
    }

    /// What the engine wrote, by `<recipient>/<record>`.
    private static func run(
        _ routes: RouteSet, _ view: ConsentView, _ time: Int64, _ records: [JSONValue]
    ) throws -> [String: ReferenceOutcome] {
        var batch = RecordBatch()
        for (number, record) in records.enumerated() {
            let headers = batch.headerMark
            batch.addHeader("ce_id", "\(number)")
            let value = batch.store(record.write())
            batch.addRecord(
                topic: batch.topicIndex("contract.thing.v1"), partition: 0, offset: Int64(number), key: .absent,
                value: value, headersFrom: headers)
        }
        var out = RecordBatch()
        var engine = ShareEngine(routes: routes, referenceSecret: secret)
        engine.process(batch, consents: view, at: time, into: &out)
        for counters in engine.counters {
            #expect(counters.addsUp)
            #expect(counters.matched + counters.notApplicable == records.count)
        }
        var values: [String: JSONValue] = [:]
        for slot in out.slots where out.topics[Int(slot.topic)] != "audit" {
            let recipient = out.topics[Int(slot.topic)].split(separator: ".")[1]
            let origin = try #require(out.headerText("lgsp-origin", of: slot))
            values["\(recipient)/\(origin)"] = try JSONValue(parsing: Array(out.arena[slot.value.range]))
        }
        var found: [String: ReferenceOutcome] = [:]
        for slot in out.slots where out.topics[Int(slot.topic)] == "audit" {
            let entry = try JSONValue(parsing: Array(out.arena[slot.value.range]))
            let name = "\(entry["recipient"]?.stringValue ?? "")/\(entry["origin"]?.stringValue ?? "")"
            #expect(found[name] == nil, "two decisions for \(name)")
            if let reason = entry["reason"]?.stringValue.flatMap(DenialReason.init(rawValue:)) {
                #expect(values[name] == nil, "denied and delivered: \(name)")
                found[name] = .deny(reason)
            } else {
                let value = try #require(values[name])
                values[name] = nil
                let digest = String(SHA256.hash(value.write()).hex.prefix(32))
                #expect(entry["valueDigest"]?.stringValue == digest)
                found[name] = .permit(value: value, basis: entry["basis"]?.stringValue ?? "")
            }
        }
        #expect(values.isEmpty, "delivered without an audit entry: \(values.keys)")
        return found
    }
}

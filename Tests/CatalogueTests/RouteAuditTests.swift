// Share writes audit entries as bytes, Audit reads them as values: the two must mean the same.

import Audit
import Consent
import Crypto
import JSON
import Records
import Routing
import Testing

@Suite struct RouteAuditTests {
    @Test func theEnginesAuditRecordsAreCanonicalEntriesWithTheirOwnIdentifiers() throws {
        let tree = RepositoryTree.tree
        let routes = try RepositoryTree.routes()
        var engine = ShareEngine(routes: routes, referenceSecret: try RandomBytes.make(count: 32))
        var batch = RecordBatch()
        for rules in routes.recipients {
            let cases = try JSONValue(parsing: tree["Routes/\(rules.recipient).cases.json"] ?? [])
            for member in cases["events"]?.objectValue ?? [] { try SharedEvent(member.value).append(to: &batch) }
        }
        var out = RecordBatch()
        engine.process(batch, consents: ConsentView(), at: 1_727_740_800_000, into: &out)
        var entries: [AuditEntry] = []
        var deliveries: [String: RecordSlot] = [:]
        for slot in out.slots {
            if out.topics[Int(slot.topic)] == TopicName.audit {
                let bytes = Array(out.arena[slot.value.range])
                let entry = try AuditEntry(parsing: bytes)
                #expect(entry.canonicalBytes == bytes)
                #expect(entry.hasOwnIdentifier)
                #expect(entry.key == out.text(slot.key))
                entries.append(entry)
            } else {
                deliveries[try #require(out.headerText("lgsp-decision", of: slot))] = slot
            }
        }
        #expect(entries.contains { $0.decision == "permit" } && entries.contains { $0.decision == "deny" })
        for entry in entries where entry.decision == "permit" {
            let slot = try #require(deliveries[entry.id])
            let digest = SHA256.hash(Array(out.arena[slot.value.range])).hex.prefix(32)
            #expect(entry.valueDigest == String(digest))
            #expect(out.headerText("lgsp-basis", of: slot) == entry.basis)
            #expect(out.headerText("lgsp-purpose", of: slot) == entry.purpose)
            #expect(out.headerText("lgsp-origin", of: slot) == entry.origin)
            #expect(routes.releaseSet(entry.release) != nil)
            #expect(routes[entry.recipient]?.version == entry.rules)
        }
        let permits = Set(entries.filter { $0.decision == "permit" }.map(\.id))
        #expect(Set(deliveries.keys) == permits)
    }
}

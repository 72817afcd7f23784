// Audit entries as values: what is read is written back byte for byte, and what is not an entry is refused.

import JSON
import Testing

@testable import Audit

@Suite struct AuditEntryTests {
    private static let permit = Array(
        """
        {"at":"2026-01-01T00:00:00.000Z","basis":"Luật \\"91\\", Điều 19",\
        "contract":"medical-visit.v1","decision":"permit",\
        "id":"i","origin":"o","purpose":"p",\
        "recipient":"model-05","release":"r","rules":"v","subject":"s","valueDigest":"d"}
        """.utf8)
    private static let deny = Array(
        """
        {"at":"2026-01-01T00:00:00.000Z","contract":"medical-visit.v1","decision":"deny","id":"i","origin":"o",\
        "purpose":"p","reason":"consent.none","recipient":"vneid","release":"r","rules":"v"}
        """.utf8)

    @Test func canonicalBytesAreWhatWasRead() throws {
        for bytes in [Self.permit, Self.deny] {
            #expect(try AuditEntry(parsing: bytes).canonicalBytes == bytes)
        }
        #expect(try AuditEntry(parsing: Self.permit).key == "s")
        #expect(try AuditEntry(parsing: Self.deny).key == "o")
    }

    @Test(arguments: [
        ("not JSON", ""), ("[]", ""), ("{}", "id"), ("{\"id\":1}", "id"), ("{\"extra\":\"x\"}", "extra"),
    ])
    func whatIsNoEntryIsRefused(_ text: String, _ member: String) {
        #expect(throws: AuditEntryError(member: member)) { try AuditEntry(parsing: Array(text.utf8)) }
    }

    @Test func aDenialWithoutReasonAndAPermitWithoutBasisAreRefused() throws {
        var entry = try AuditEntry(parsing: Self.deny)
        entry.reason = nil
        let denied = entry.canonicalBytes
        #expect(throws: AuditEntryError(member: "reason")) { try AuditEntry(parsing: denied) }
        entry = try AuditEntry(parsing: Self.permit)
        entry.basis = nil
        let permitted = entry.canonicalBytes
        #expect(throws: AuditEntryError(member: "basis")) { try AuditEntry(parsing: permitted) }
    }

    @Test func identifiersTellOriginRecipientRulesAndOutcomeApart() {
        func identifier(_ origin: String, _ recipient: String, _ rules: String, _ reason: String?) -> String {
            AuditEntry.identifier(
                origin: origin, recipient: recipient, contract: "c.v1", rules: rules,
                decision: reason == nil ? "permit" : "deny", reason: reason)
        }
        let all = [
            identifier("o", "r", "v", nil), identifier("p", "r", "v", nil), identifier("o", "s", "v", nil),
            identifier("o", "r", "w", nil), identifier("o", "r", "v", "consent.none"),
        ]
        #expect(Set(all).count == all.count)
        #expect(all[0] == identifier("o", "r", "v", nil))
        #expect(all.allSatisfy { $0.utf8.count == 32 })
    }

    @Test func aProofFileReadsBackAndChecks() throws {
        var tree = MerkleTree()
        for number in 0..<9 { tree.append(leaf: MerkleHash.leaf([UInt8(number)])) }
        let leaf = try #require(tree.leaf(at: 4))
        let proof = ProofVector.inclusion(
            leaf: leaf, index: 4, size: 9, root: try #require(tree.root()),
            proof: try #require(tree.inclusionProof(index: 4, size: 9)))
        #expect(proof.holds)
        #expect(try ProofVector(proof.json, kind: .inclusion) == proof)
        let growth = ProofVector.consistency(
            oldSize: 5, newSize: 9, oldRoot: try #require(tree.root(size: 5)), newRoot: try #require(tree.root()),
            proof: try #require(tree.consistencyProof(old: 5, new: 9)))
        #expect(growth.holds)
        #expect(try ProofVector(growth.json, kind: .consistency) == growth)
        #expect(throws: ProofVectorError(member: "size1")) { try ProofVector(proof.json, kind: .consistency) }
    }
}

// Chain verification against the x509-limbo cases of the shared suites, where they are present.

import Crypto
import Foundation
import Testing

/// The shared suites lie beside the package; nil where this copy has none.
func sharedFile(_ path: String) -> Data? {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    for folder in ["../shared", "../../shared"] {
        let url = package.appendingPathComponent(folder).appendingPathComponent(path)
        if let data = try? Data(contentsOf: url) { return data }
    }
    print("skipped: shared/\(path) is absent")
    return nil
}

@Suite struct ChainConformanceTests {
    struct Limbo: Decodable {
        struct Name: Decodable { var kind: String; var value: String }
        struct Case: Decodable {
            var id: String
            var validation_kind: String
            var trusted_certs: [String]
            var untrusted_intermediates: [String]
            var peer_certificate: String
            var validation_time: String?
            var expected_result: String
            var expected_peer_name: Name?
            var max_chain_depth: Int32?
            var crls: [String]
        }
        var testcases: [Case]
    }
    struct Class: Decodable { var `class`: String }

    /// True where the chain is accepted.
    func accepts(_ row: Limbo.Case, _ base: CertificatePolicy) -> Bool {
        var policy = base
        if let depth = row.max_chain_depth { policy.intermediatesMax = depth }
        do {
            let verifier = CertificateVerifier(
                roots: try row.trusted_certs.map { try Certificate(pem: Array($0.utf8)) },
                revocationLists: row.crls.map { Array($0.utf8) }, policy: policy)
            let peer: TLSPeerName? = row.expected_peer_name.flatMap { name in
                name.kind == "RFC822" ? nil : TLSPeerName(endpointHost: name.value)
            }
            let at = row.validation_time.flatMap { ISO8601DateFormatter().date(from: $0) } ?? Date()
            try verifier.verify(
                try Certificate(pem: Array(row.peer_certificate.utf8)),
                intermediates: try row.untrusted_intermediates.map { try Certificate(pem: Array($0.utf8)) },
                purpose: row.validation_kind == "SERVER" ? .server : .client, peer: peer,
                atSeconds: Int64(at.timeIntervalSince1970))
            return true
        } catch { return false }
    }

    @Test func `chains are judged as x509-limbo judges them`() throws {
        guard let cases = sharedFile("suites/x509/limbo.json"), let classes = sharedFile("suites/x509/classes.json")
        else { return }
        let kinds = try JSONDecoder().decode([String: Class].self, from: classes)
        var wrong: [String] = []
        for row in try JSONDecoder().decode(Limbo.self, from: cases).testcases {
            let expected = row.expected_result == "SUCCESS"
            switch kinds[row.id]?.class {
            case "must": if accepts(row, .web) != expected { wrong.append("must \(row.id)") }
            // The hub's own policy is what must refuse these.
            case "policy": if accepts(row, .hub) != expected { wrong.append("policy \(row.id)") }
            default: break
            }
            // Whatever the suite refuses for certain, the hub refuses too.
            if kinds[row.id]?.class == "must", !expected, accepts(row, .hub) { wrong.append("hub \(row.id)") }
        }
        #expect(wrong == [])
    }
}

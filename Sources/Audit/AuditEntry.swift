// An entry of the release log as a value: read from the `audit` topic to list, prove and check. Share writes
// the same bytes without making one of these; a test holds the two together.

import Crypto
import JSON

/// Why bytes are not an audit entry.
public struct AuditEntryError: Error, Sendable, Equatable {
    /// The member that is missing, unknown or of another form; empty where the whole is no JSON object.
    public var member: String
}

/// One release decision.
public struct AuditEntry: Sendable, Equatable {
    /// Deterministic: `AuditEntry.identifier` of the members below.
    public var id: String
    /// Decision time, RFC 3339 in UTC.
    public var at: String
    public var recipient: String
    /// Name and major version, such as `medical-visit.v1`.
    public var contract: String
    /// `ce_id` of the contract record.
    public var origin: String
    /// The hub-wide reference of the person, where the record has one.
    public var subject: String?
    public var purpose: String
    /// `permit` or `deny`.
    public var decision: String
    /// A `DenialReason`, of a denial.
    public var reason: String?
    /// The law's article or `consent:` with its evidence, of a permit.
    public var basis: String?
    /// Names the set of released fields.
    public var release: String
    /// The version of the recipient's rules.
    public var rules: String
    /// SHA-256 of the delivered bytes, first 16 bytes, hex, of a permit.
    public var valueDigest: String?

    /// Reads an entry's bytes. Unknown members are refused: they would not be under the entry's meaning.
    public init(parsing bytes: [UInt8]) throws(AuditEntryError) {
        guard let value = try? JSONValue(parsing: bytes), let members = value.objectValue else {
            throw AuditEntryError(member: "")
        }
        var texts: [String: String] = [:]
        for member in members {
            guard AuditEntry.names.contains(member.name), let text = member.value.stringValue else {
                throw AuditEntryError(member: member.name)
            }
            texts[member.name] = text
        }
        func required(_ name: String) throws(AuditEntryError) -> String {
            guard let text = texts[name] else { throw AuditEntryError(member: name) }
            return text
        }
        id = try required("id")
        at = try required("at")
        recipient = try required("recipient")
        contract = try required("contract")
        origin = try required("origin")
        purpose = try required("purpose")
        decision = try required("decision")
        release = try required("release")
        rules = try required("rules")
        subject = texts["subject"]
        reason = texts["reason"]
        basis = texts["basis"]
        valueDigest = texts["valueDigest"]
        switch decision {
        case "permit":
            _ = try required("basis")
            _ = try required("valueDigest")
            if reason != nil { throw AuditEntryError(member: "reason") }
        case "deny":
            _ = try required("reason")
            if valueDigest != nil { throw AuditEntryError(member: "valueDigest") }
        default: throw AuditEntryError(member: "decision")
        }
    }

    private static let names = [
        "at", "basis", "contract", "decision", "id", "origin", "purpose", "reason", "recipient", "release", "rules",
        "subject", "valueDigest",
    ]

    /// The entry's canonical bytes (RFC 8785): the leaf of the log's tree.
    public var canonicalBytes: [UInt8] {
        let values: [String?] = [
            at, basis, contract, decision, id, origin, purpose, reason, recipient, release, rules, subject, valueDigest,
        ]
        var members: [JSONMember] = []
        for (name, value) in zip(AuditEntry.names, values) {
            if let value { members.append(JSONMember(name, .string(value))) }
        }
        return JSONValue.object(members).write()
    }

    /// The record's key on the topic: the person, or the origin where there is none.
    public var key: String { subject ?? origin }

    /// Whether the id is that of the entry's own members.
    public var hasOwnIdentifier: Bool {
        id
            == AuditEntry.identifier(
                origin: origin, recipient: recipient, contract: contract, rules: rules, decision: decision,
                reason: reason)
    }

    /// A decision's id: SHA-256, first 16 bytes, hex, over the first 16 bytes of SHA-256(recipient ‖ 0 ‖ contract
    /// ‖ 0 ‖ rules ‖ 0 ‖ decision ‖ 0 ‖ reason) and the origin. A replay under the same rules with the same
    /// outcome yields the same id.
    public static func identifier(
        origin: String, recipient: String, contract: String, rules: String, decision: String, reason: String?
    ) -> String {
        let tag = SHA256.hash("\(recipient)\0\(contract)\0\(rules)\0\(decision)\0\(reason ?? "")")
        var hasher = SHA256()
        hasher.update(Array(tag.bytes.prefix(16)))
        hasher.update(origin)
        return String(hasher.finish().hex.prefix(32))
    }
}

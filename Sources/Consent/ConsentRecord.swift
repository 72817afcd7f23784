// A consent record as the command line and the gateway write it: built from parts, checked by the same rules
// as the view reads by, so that nothing is put on the topic that the view would refuse.

public import JSON

/// One record of the `consent` topic.
public struct ConsentRecord: Sendable, Equatable {
    /// Whether the person agrees or has taken it back.
    public enum State: String, Sendable {
        case granted, withdrawn
    }

    public var person: PersonReference
    public var recipient: String
    public var purpose: String
    /// A contract's name, or `*` for all that the purpose needs.
    public var dataCategory: String
    public var state: State
    /// Milliseconds since 1970 UTC.
    public var validFrom: Int64
    /// Exclusive; nil where the consent has no end.
    public var validTo: Int64?
    public var changedAt: Int64
    /// Where the evidence of the expression lies (a form's number, a VNeID transaction): printable ASCII.
    public var evidence: String
    /// The guardian who gave it, for a child or a person under guardianship.
    public var guardian: PersonReference?

    public init(
        person: PersonReference, recipient: String, purpose: String, dataCategory: String, state: State,
        validFrom: Int64, validTo: Int64? = nil, changedAt: Int64, evidence: String, guardian: PersonReference? = nil
    ) {
        self.person = person
        self.recipient = recipient
        self.purpose = purpose
        self.dataCategory = dataCategory
        self.state = state
        self.validFrom = validFrom
        self.validTo = validTo
        self.changedAt = changedAt
        self.evidence = evidence
        self.guardian = guardian
    }

    /// The same consent taken back at an instant, with the evidence of that.
    public func withdrawn(at instant: Int64, evidence: String) -> ConsentRecord {
        var record = self
        record.state = .withdrawn
        record.changedAt = instant
        record.evidence = evidence
        return record
    }

    /// The record's key on the topic.
    public var key: [UInt8] { Array("\(person.text)|\(recipient)|\(purpose)|\(dataCategory)".utf8) }

    /// The record's value on the topic: compact JSON, members in alphabetical order.
    public var value: [UInt8] {
        var members: [JSONMember] = [
            JSONMember("changedAt", .string(Instant.text(changedAt))),
            JSONMember("dataCategory", .string(dataCategory)),
            JSONMember("evidenceRef", .string(evidence)),
        ]
        if let guardian { members.append(JSONMember("guardianRef", .string(guardian.text))) }
        members += [
            JSONMember("personRef", .string(person.text)),
            JSONMember("purpose", .string(purpose)),
            JSONMember("recipient", .string(recipient)),
            JSONMember("state", .string(state.rawValue)),
            JSONMember("validFrom", .string(Instant.text(validFrom))),
        ]
        if let validTo { members.append(JSONMember("validTo", .string(Instant.text(validTo)))) }
        return JSONValue.object(members).write()
    }

    /// The record's key and value, once checked as the view will check them; `ConsentFault` otherwise.
    public func checked(limits: ConsentLimits = ConsentLimits()) throws(ConsentFault) -> (key: [UInt8], value: [UInt8])
    {
        let key = key
        let value = value
        _ = try ConsentRecord(key: key, value: value, limits: limits)
        return (key, value)
    }

    /// Reads a record of the topic.
    public init(key: [UInt8], value: [UInt8], limits: ConsentLimits = ConsentLimits()) throws(ConsentFault) {
        guard value.count <= limits.valueBytesMax else { throw .limit }
        guard let parts = ConsentKey(key.span, limits: limits) else { throw .key }
        var tape = JSONTape()
        do { try tape.parse(value.span) } catch { throw .value }
        let view = JSONView(bytes: value.span, tape: tape)
        let fields = try ConsentFields.read(view, value: value.span, key: key.span, parts: parts, limits: limits)
        person = parts.person
        recipient = String(decoding: key[parts.recipient], as: UTF8.self)
        purpose = String(decoding: key[parts.purpose], as: UTF8.self)
        dataCategory = String(decoding: key[parts.category], as: UTF8.self)
        state = fields.isGranted ? .granted : .withdrawn
        validFrom = fields.validFrom
        validTo = fields.validTo == .max ? nil : fields.validTo
        changedAt = fields.changedAt
        evidence = String(decoding: value[fields.evidence], as: UTF8.self)
        guardian = fields.guardian
    }

    /// Reads a record from its value alone: one line of a file for `lgsp consent import`.
    public init(value: JSONValue, limits: ConsentLimits = ConsentLimits()) throws(ConsentFault) {
        guard let person = value["personRef"]?.stringValue, let recipient = value["recipient"]?.stringValue,
            let purpose = value["purpose"]?.stringValue, let category = value["dataCategory"]?.stringValue
        else { throw .value }
        try self.init(
            key: Array("\(person)|\(recipient)|\(purpose)|\(category)".utf8), value: value.write(), limits: limits)
    }
}

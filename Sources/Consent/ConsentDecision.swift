// What the table answers, and the question in the form that costs nothing to ask again.

/// Where the evidence of a grant lies in a view; read it with `ConsentView.appendEvidence`.
public struct ConsentEvidence: Sendable, Equatable {
    let start: UInt32
    let count: UInt8
}

/// Whether a person's consent covers a recipient, purpose and data category at a time.
public enum ConsentDecision: Sendable, Equatable {
    /// A grant is in force.
    case granted(ConsentEvidence)
    /// No consent was ever recorded, it begins later, or its record cannot be read.
    case none
    case withdrawn
    case expired
    /// The person consents to something for this recipient, but not to this.
    case scope
}

/// A recipient, purpose and data category looked up once in a view, to be asked for many persons.
/// Stays valid while that view grows; one from before a name was first recorded answers `none` for it.
public struct ConsentQuery: Sendable, Equatable {
    /// -1 where nobody has ever been recorded for it.
    var exactScope: Int32
    /// The same for all data categories, `*`.
    var anyScope: Int32
    var recipient: Int32
}

/// Named limits of the consent records.
public struct ConsentLimits: Sendable {
    /// A recipient's, purpose's or data category's name, in bytes.
    public var nameBytesMax = 64
    /// `evidenceRef`, in bytes.
    public var evidenceBytesMax = 200
    /// A record's value, in bytes.
    public var valueBytesMax = 4_096
    /// Distinct combinations of recipient, purpose and data category.
    public var scopeCountMax = 65_535

    public init() {}
}

/// Why a consent record was not taken. Closed: it is a metric label.
public enum ConsentFault: String, Error, Sendable, CaseIterable {
    /// The key is not `personRef|recipient|purpose|dataCategory`: nobody's state can be told from it.
    case key = "consent.key"
    /// The value is not a consent object of known members.
    case value = "consent.value"
    /// The value speaks of another person, recipient, purpose or category than the key.
    case mismatch = "consent.mismatch"
    /// One of `ConsentLimits`.
    case limit = "consent.limit"
}

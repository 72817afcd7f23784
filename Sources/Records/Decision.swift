// The vocabulary of a release decision.

/// The protection class of a contract's field (lớp dữ liệu).
public enum DataClass: String, Sendable, CaseIterable, Comparable {
    /// Công khai.
    case `public`
    /// Dữ liệu cá nhân cơ bản.
    case personal
    /// Dữ liệu cá nhân nhạy cảm.
    case sensitive

    private var rank: Int {
        switch self {
        case .public: 0
        case .personal: 1
        case .sensitive: 2
        }
    }
    public static func < (left: DataClass, right: DataClass) -> Bool { left.rank < right.rank }
}

/// Why a recipient was refused a record. Closed: it is the audit entry's reason and the demo's column.
public enum DenialReason: String, Sendable, CaseIterable {
    case routeCondition = "route.condition"
    case basisNotInForce = "basis.not-in-force"
    case consentNone = "consent.none"
    case consentWithdrawn = "consent.withdrawn"
    case consentExpired = "consent.expired"
    case consentScope = "consent.scope"
    case subjectMissing = "subject.missing"
    case subjectDeceased = "subject.deceased"
    case ruleFault = "rule.fault"
}

/// The outcome of one route for one record.
public enum Decision: Sendable, Equatable {
    case permit
    case deny(DenialReason)

    public var word: String {
        switch self {
        case .permit: "permit"
        case .deny: "deny"
        }
    }
}

// What each route did, counted: released and denied must add up to matched, or something was lost in silence.

public import Records

/// One route's counts since the engine began.
public struct RouteCounters: Sendable, Equatable {
    public var recipient: String
    public var contract: String
    public var major: Int
    /// Records of the contract to which the route's condition does not apply; no decision is made of them.
    public var notApplicable = 0
    /// Decisions made.
    public var matched = 0
    public var released = 0
    private var deniedByOrdinal = [Int](repeating: 0, count: DenialReason.allCases.count)

    init(recipient: String, contract: String, major: Int) {
        self.recipient = recipient
        self.contract = contract
        self.major = major
    }

    /// Denials for one reason.
    public func denied(_ reason: DenialReason) -> Int { deniedByOrdinal[reason.ordinal] }
    /// All denials.
    public var denied: Int { deniedByOrdinal.reduce(0, +) }
    /// Whether every decision ended in a release or a denial.
    public var addsUp: Bool { matched == released + denied }

    @inline(__always)
    mutating func count(_ outcome: Outcome) {
        matched += 1
        switch outcome {
        case .permit: released += 1
        case .deny(let reason): deniedByOrdinal[reason.ordinal] += 1
        }
    }
}

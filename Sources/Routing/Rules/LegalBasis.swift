// On what a release rests: an article of a law, in force for some days, or the consent of the persons.

public import Records

/// The legal basis of a route. One that is in force suffices.
public enum LegalBasis: Sendable, Equatable {
    case law(LawBasis)
    case consent(ConsentBasis)

    /// The highest class of data that it supports.
    public var covers: DataClass {
        switch self {
        case .law(let law): law.covers
        case .consent(let consent): consent.covers
        }
    }
}

/// An article of a legal instrument with the days on which it is in force.
public struct LawBasis: Sendable, Equatable {
    /// Such as `NĐ 13/2023/NĐ-CP`.
    public var instrument: String
    /// Such as `Điều 17 khoản 5`.
    public var article: String
    /// First instant, milliseconds since 1970 UTC.
    public var from: Int64
    /// First instant after; `Int64.max` where no end is set.
    public var to: Int64
    public var covers: DataClass

    /// As audit entries and the `lgsp-basis` header name it.
    public var text: String { "\(instrument), \(article)" }

    public func isInForce(at instant: Int64) -> Bool { from <= instant && instant < to }
}

/// The consent of every person that the record speaks of at the given places.
public struct ConsentBasis: Sendable, Equatable {
    public var purpose: String
    /// Where the persons stand; one that is there without a reference cannot have consented.
    public var subjects: [FieldPointer]
    /// A contract's name; consent for `*` covers it too.
    public var dataCategory: String
    /// Only a consent given by a guardian counts.
    public var byGuardian: Bool
    public var covers: DataClass
}

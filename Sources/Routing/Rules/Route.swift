// A recipient's file as values: who receives which fields of which contract, for which purpose, on which
// legal basis. This is the form that people list and explain; the engine runs a compiled one.

public import Records

/// Everything one recipient may receive.
public struct RecipientRules: Sendable {
    /// What a recipient is.
    public enum Kind: String, Sendable, CaseIterable {
        case model, connector, agency
    }
    /// Under which reference the recipient knows persons.
    public enum Reference: String, Sendable, CaseIterable {
        /// The hub's own, the same for all.
        case hub
        /// One of its own, that it cannot join with another recipient's.
        case recipient
    }

    public var recipient: String
    public var title: String
    public var titleEnglish: String
    public var kind: Kind
    public var reference: Reference
    public var routes: [Route]
    /// SHA-256, first 16 bytes, hex, of the file: the version of the rules in audit entries.
    public var version: String
    public var file: String
}

/// One contract to one recipient.
public struct Route: Sendable {
    public var contract: String
    public var major: Int
    /// An id of `Routes/purposes.json`.
    public var purpose: String
    /// Where nil, every record of the contract.
    public var when: Condition?
    public var basis: [LegalBasis]
    public var release: [FieldPointer]
    /// SHA-256, first 16 bytes, hex, of the released places: names the release set in audit entries.
    public var releaseVersion: String
    /// The highest class among the released fields.
    public var dataClass: DataClass
}

/// Which records of its contract a route applies to.
public indirect enum Condition: Sendable, Equatable {
    case equals(FieldPointer, ConditionValue)
    case isOneOf(FieldPointer, [ConditionValue])
    case exists(FieldPointer, Bool)
    /// The field's time lies before the instant.
    case before(FieldPointer, Int64)
    /// The field's time is the instant or lies after it: the complement of `before`.
    case after(FieldPointer, Int64)
    case not(Condition)
    case all([Condition])
    case any([Condition])

    /// Every field that it looks at.
    public var pointers: [FieldPointer] {
        switch self {
        case .equals(let pointer, _), .isOneOf(let pointer, _), .exists(let pointer, _), .before(let pointer, _),
            .after(let pointer, _):
            [pointer]
        case .not(let inner): inner.pointers
        case .all(let inner), .any(let inner): inner.flatMap(\.pointers)
        }
    }
}

/// A value that a field is compared with; a field of another type is a fault, not a mismatch.
public enum ConditionValue: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    case bool(Bool)

    public static func == (left: ConditionValue, right: ConditionValue) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): Array(left.utf8) == Array(right.utf8)
        case (.integer(let left), .integer(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        default: false
        }
    }
}

/// A purpose of the controlled list.
public struct Purpose: Sendable, Equatable {
    public var id: String
    public var title: String
    public var titleEnglish: String
}

// What a model reads of a contract: JSON pointers and how their values are kept. The list of pointers is data,
// so that a route can be checked to release what its model needs and nothing else.

/// How the value of a field is kept in a fact.
public enum FieldKind: Sendable {
    /// The string, decoded.
    case text
    /// A date or date-time, as the province's day.
    case day
    /// `YYYY-MM`.
    case month
    /// An integer that fits 64 bits.
    case integer
    /// A JSON number in millionths, rounded half away from zero; the number never passes through a Double.
    case millionths
    case boolean
    /// An array, a row an element; a bare element is the row's only column, at pointer "".
    case list([FieldSpec])
}

/// One field of an input.
public struct FieldSpec: Sendable {
    /// JSON Pointer from the record's root, or from the element within a list.
    public var pointer: String
    public var kind: FieldKind

    public init(_ pointer: String, _ kind: FieldKind) {
        self.pointer = pointer
        self.kind = kind
    }

    /// The pointers of the values that are read, with `*` for "each element".
    public var pointers: [String] {
        guard case .list(let columns) = kind else { return [pointer] }
        return columns.map { "\(pointer)/*\($0.pointer)" }
    }
}

/// A contract that a model consumes.
public struct InputSpec: Sendable {
    public var contract: String
    public var major: Int
    public var fields: [FieldSpec]

    public init<Field: InputField>(_ contract: String, major: Int = 1, _ fields: Field.Type) {
        self.contract = contract
        self.major = major
        self.fields = Field.allCases.map(\.read)
    }

    /// Every JSON pointer that the model reads of this contract.
    public var pointers: [String] { ["/recordId", "/occurredAt"] + fields.flatMap(\.pointers) }
}

extension InputField {
    /// The columns of a list, from the enum that names them.
    static var columns: FieldKind { .list(allCases.map(\.read)) }
}

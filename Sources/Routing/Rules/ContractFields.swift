// What the rules of sharing need to know of a contract: its fields with their classes.

public import ContractRegistry
import JSON
public import Records

/// A contract's fields, as far as routes are checked against them.
public struct ContractFields: Sendable {
    public var name: String
    public var major: Int
    /// Every field by JSON Pointer with `*` for array elements: leaves at least, containers too if they have a
    /// class of their own.
    public var pointers: [String: DataClass]
    /// Where the persons a record speaks of are named by reference.
    public var subjectPointers: [String]

    public init(name: String, major: Int, pointers: [String: DataClass], subjectPointers: [String]) {
        self.name = name
        self.major = major
        self.pointers = pointers
        self.subjectPointers = subjectPointers
    }
}

extension ContractFields {
    /// The fields of a loaded contract.
    public init(_ contract: Contract) {
        self.init(
            name: contract.name, major: contract.major,
            pointers: Dictionary(
                contract.fields.map { ($0.pointer, $0.dataClass) },
                uniquingKeysWith: { first, second in max(first, second) }),
            subjectPointers: contract.subjectPointers.map(\.description))
    }
}

/// A contract's fields, prepared for looking up.
struct FieldTable {
    let fields: [(pointer: FieldPointer, dataClass: DataClass)]

    init(_ contract: ContractFields) {
        fields = contract.pointers.compactMap { text, dataClass in
            FieldPointer(text).map { (pointer: $0, dataClass: dataClass) }
        }.sorted { $0.pointer < $1.pointer }
    }

    /// Whether the contract has the field or something within it.
    func has(_ pointer: FieldPointer) -> Bool { fields.contains { $0.pointer.isWithin(pointer) } }

    /// The highest class of a field and of everything within it.
    func dataClass(of pointer: FieldPointer) -> DataClass {
        fields.lazy.filter { $0.pointer.isWithin(pointer) }.map(\.dataClass).max() ?? .public
    }

    /// The places of references to persons.
    var references: [FieldPointer] { fields.map(\.pointer).filter(\.isPersonReference) }

    /// The places with nothing within them.
    var leaves: [FieldPointer] {
        fields.map(\.pointer).filter { leaf in !fields.contains { $0.pointer != leaf && $0.pointer.isWithin(leaf) } }
    }
}

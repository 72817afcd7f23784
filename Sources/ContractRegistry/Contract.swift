// A contract: the agreed shape of one kind of record, with the protection class of every field.

public import JSON
public import Records

/// A field of a contract.
public struct ContractField: Sendable, Equatable {
    /// JSON Pointer from the record's root, `*` for every array element.
    public var pointer: String
    public var dataClass: DataClass
    /// Vietnamese and English.
    public var title: String
    public var titleEnglish: String
    /// JSON type or what stands for it: `string`, `enum`, `object` …
    public var kind: String
    public var isRequired: Bool
}

/// A loaded contract.
public struct Contract: Sendable {
    public var name: String
    public var major: Int
    /// The schema file's path below the root.
    public var file: String
    /// The folder that it lies in.
    public var domain: String
    /// Vietnamese and English.
    public var title: String
    public var titleEnglish: String
    /// The agency that answers for the contract.
    public var owner: String
    public var cadence: String
    public var retentionDays: Int
    /// The schema's `$id`, header `ce_dataschema`.
    public var identifier: String
    public var schema: CompiledSchema
    /// The schema as it was read.
    public var document: JSONValue
    /// Every field, in the order of the file; containers before what they hold.
    public var fields: [ContractField]
    /// Alternatives for the record key, each of pointers joined by `/`; the first that is complete counts.
    public var keyPointers: [[JSONPointer]]
    /// Where subject references stand, `*` for every element; the first present is `ce_subject`.
    public var subjectPointers: [JSONPointer]
    /// Version of the schema: a 128-bit hash of its bytes, hex. Tells versions apart; it is no signature.
    public var fingerprint: String

    /// The topic of its records.
    public var topic: String { TopicName.contract(name, major: major) }
    /// CloudEvents type of its records.
    public var type: String { "vn.lgsp.\(name).v\(major)" }

    /// The class of a field; nil where the contract has none at that pointer.
    public func dataClass(of pointer: String) -> DataClass? { fields.first { $0.pointer == pointer }?.dataClass }
}

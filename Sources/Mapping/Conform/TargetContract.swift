// What the mapping needs to know of a contract. The registry of contracts has more; whoever builds the hub
// makes these of it, so that neither module imports the other.

public import JSON
public import Records

/// A contract as the target of a mapping.
public struct TargetContract: Sendable {
    public var name: String
    public var major: Int
    public var schema: CompiledSchema
    /// The schema's identifier, header `ce_dataschema`.
    public var identifier: String
    /// Alternatives for the record key, each of pointers joined by `/`; the first that is complete counts.
    public var keyPointers: [[JSONPointer]]
    /// Pointers of subject references, `*` for every element; the first present becomes `ce_subject`.
    public var subjectPointers: [JSONPointer]
    /// Hex; part of the rules' version.
    public var fingerprint: String
    /// Words for a failed validation.
    public var rejection: @Sendable (SchemaFailure) -> Rejection

    public init(
        name: String, major: Int, schema: CompiledSchema, identifier: String, keyPointers: [[JSONPointer]],
        subjectPointers: [JSONPointer], fingerprint: String, rejection: @escaping @Sendable (SchemaFailure) -> Rejection
    ) {
        self.name = name
        self.major = major
        self.schema = schema
        self.identifier = identifier
        self.keyPointers = keyPointers
        self.subjectPointers = subjectPointers
        self.fingerprint = fingerprint
        self.rejection = rejection
    }
}

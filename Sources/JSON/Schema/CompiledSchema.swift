// The face of the validator: compile once, ask per record.

/// A JSON Schema 2020-12 schema, ready to be applied from any thread.
///
/// Compiling reads only what it is given: a `$ref` to anything not in `resources` (or the meta-schemas of
/// 2020-12, which are built in) is an error, and nothing is ever fetched.
public struct CompiledSchema: Sendable {
    let program: SchemaProgram
    private let root: Int32
    /// The schema's own document, with the keywords that mean nothing to validation (`x-dataClass`, `title`).
    public let document: JSONValue
    /// The absolute URI under which the schema was compiled.
    public let uri: String

    /// - Parameters:
    ///   - document: the schema.
    ///   - uri: its base URI where it has no `$id`.
    ///   - resources: documents that references may reach, by absolute URI; compiled only where reached.
    public init(
        document: JSONValue, uri: String = "urn:lgsp:schema", resources: [String: JSONValue] = [:],
        options: SchemaOptions = SchemaOptions()
    ) throws(SchemaError) {
        var compiler = try SchemaCompiler(document: document, uri: uri, resources: resources, options: options)
        let root = try compiler.compileRoot()
        self.root = root
        program = try compiler.finish()
        self.document = document
        self.uri = compiler.rootURI
    }

    /// As above from bytes; what is not JSON is an error that names the byte.
    public init(
        bytes: [UInt8], uri: String = "urn:lgsp:schema", resources: [String: [UInt8]] = [:],
        options: SchemaOptions = SchemaOptions()
    ) throws(SchemaError) {
        var documents: [String: JSONValue] = [:]
        for (uri, bytes) in resources { documents[uri] = try CompiledSchema.parse(bytes, uri, options) }
        try self.init(
            document: try CompiledSchema.parse(bytes, uri, options), uri: uri, resources: documents, options: options)
    }

    private static func parse(_ bytes: [UInt8], _ uri: String, _ options: SchemaOptions) throws(SchemaError)
        -> JSONValue
    {
        let limits = JSONLimits(sizeBytesMax: options.limits.sizeBytesMax)
        do {
            return try JSONValue(parsing: bytes, limits: limits)
        } catch {
            throw SchemaError(uri: uri, pointer: "", detail: "not JSON: \(error)")
        }
    }

    /// Whether the document satisfies the schema. Allocates nothing once `scratch` has grown.
    ///
    /// An evaluation that exceeds its budget (`SchemaLimits`) is not valid.
    public func isValid(_ view: borrowing JSONView, scratch: inout ValidationScratch) -> Bool {
        isValid(view, view.root, scratch: &scratch)
    }

    /// As above, of one value of the document.
    public func isValid(_ view: borrowing JSONView, _ node: JSONNode, scratch: inout ValidationScratch) -> Bool {
        guard Int(node.index) >= 0, Int(node.index) < view.entries.count else { return false }
        reset(&scratch, view.entries.count)
        let evaluator = SchemaEvaluator(view: copy view, program: program)
        return evaluator.evaluate(root, Int(node.index), SchemaEvaluator.unmarked, &scratch) && scratch.steps >= 0
    }

    /// Every failure, in the schema's order, up to `SchemaLimits.failuresMax`; empty if valid.
    public func failures(_ view: borrowing JSONView) -> [SchemaFailure] { failures(view, view.root) }

    /// As above, of one value of the document; locations start at that value.
    public func failures(_ view: borrowing JSONView, _ node: JSONNode) -> [SchemaFailure] {
        guard Int(node.index) >= 0, Int(node.index) < view.entries.count else {
            return [spent("there is no document")]
        }
        var scratch = ValidationScratch()
        reset(&scratch, view.entries.count)
        scratch.isTracing = true
        let evaluator = SchemaEvaluator(view: copy view, program: program)
        let holds = evaluator.evaluate(root, Int(node.index), SchemaEvaluator.unmarked, &scratch)
        if scratch.steps < 0, scratch.trace.failures.count < program.limits.failuresMax {
            scratch.trace.failures.append(spent("the evaluation exceeds its budget of steps or depth"))
        }
        return holds && scratch.steps >= 0 ? [] : scratch.trace.failures
    }

    /// Whether a tree satisfies the schema; for configuration, not for records.
    public func failures(of value: JSONValue) -> [SchemaFailure] {
        let bytes = value.write()
        var tape = JSONTape()
        do {
            try tape.parse(bytes.span)
        } catch {
            return [spent("not JSON: \(error.kind.rawValue)")]
        }
        return failures(JSONView(bytes: bytes.span, tape: tape))
    }

    private func reset(_ scratch: inout ValidationScratch, _ values: Int) {
        scratch.steps = program.limits.stepsMax + program.limits.stepsPerValue * values
        scratch.depth = 0
        scratch.isTracing = false
        scratch.marks.removeAll(keepingCapacity: true)
        scratch.scope.removeAll(keepingCapacity: true)
        scratch.hashes.removeAll(keepingCapacity: true)
    }

    private func spent(_ message: String) -> SchemaFailure {
        SchemaFailure(
            instanceLocation: "", keywordLocation: "", absoluteKeywordLocation: nil, keyword: "", property: nil,
            message: message, trail: [])
    }
}

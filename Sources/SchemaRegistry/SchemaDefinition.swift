// A schema as it is registered: its text, its references, and what makes two of them the same schema.

import ContractRegistry
public import JSON

/// Another registered schema that this one refers to under a name.
public struct SchemaReference: Sendable, Equatable {
    /// What `$ref` says.
    public var name: String
    public var subject: String
    public var version: Int

    init(name: String, subject: String, version: Int) {
        self.name = name
        self.subject = subject
        self.version = version
    }

    init(_ value: JSONValue) throws(RegistryFailure) {
        guard let name = value["name"]?.stringValue, let subject = value["subject"]?.stringValue,
            let version = value["version"]?.intValue
        else { throw .schemaInvalid("a reference has name, subject and version") }
        self.init(name: name, subject: subject, version: version)
    }

    var json: JSONValue { ["name": .string(name), "subject": .string(subject), "version": .integer(version)] }
}

/// What is registered under an id.
public struct SchemaDefinition: Sendable, Equatable {
    /// As it was sent.
    public var text: String
    /// `JSON`; others are refused when they are registered.
    public var type = SchemaDefinition.jsonType
    public var references: [SchemaReference] = []
    /// Confluent's metadata and rules: kept and given back, not acted on.
    public var metadata: JSONValue?
    public var ruleSet: JSONValue?

    static let jsonType = "JSON"

    /// Reads a request's body.
    init(request: JSONValue, normalize: Bool) throws(RegistryFailure) {
        guard let text = request["schema"]?.stringValue else { throw .schemaInvalid("the body has no \"schema\"") }
        let type = request["schemaType"]?.stringValue ?? "AVRO"
        guard type == SchemaDefinition.jsonType else {
            throw .schemaInvalid("the contracts of this hub are JSON Schema; schemaType \(type) is not taken")
        }
        self.text = text
        if let references = request["references"]?.arrayValue {
            for reference in references { self.references.append(try SchemaReference(reference)) }
        }
        metadata = SchemaDefinition.present(request["metadata"])
        ruleSet = SchemaDefinition.present(request["ruleSet"])
        let document = try self.document()
        guard document.objectValue != nil || document.boolValue != nil else {
            throw .schemaInvalid("a schema is an object or a boolean")
        }
        if normalize {
            self.text = String(decoding: SchemaDefinition.sorted(document).write(), as: UTF8.self)
            references.sort { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
        }
    }

    init(text: String, references: [SchemaReference], metadata: JSONValue?, ruleSet: JSONValue?) {
        self.text = text
        self.references = references
        self.metadata = metadata
        self.ruleSet = ruleSet
    }

    private static func present(_ value: JSONValue?) -> JSONValue? { value.flatMap { $0.isNull ? nil : $0 } }

    /// The schema parsed.
    func document() throws(RegistryFailure) -> JSONValue {
        do {
            return try JSONValue(parsing: text)
        } catch {
            throw .schemaInvalid("not JSON: \(error)")
        }
    }

    /// Equal for the same schema: space between tokens does not count, order of members does, as at Confluent's.
    var identity: [UInt8] {
        var bytes = (try? JSONValue(parsing: text).write()) ?? Array(text.utf8)
        for reference in references { bytes += [0] + reference.json.write() }
        if let metadata { bytes += [1] + metadata.write() }
        if let ruleSet { bytes += [2] + ruleSet.write() }
        return bytes
    }

    /// The identity in the form of a UUID.
    var guid: String {
        let hex = Array(Fingerprint.hex(identity))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-")
    }

    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            return .object(
                members.map { JSONMember($0.name, sorted($0.value)) }
                    .sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) })
        case .array(let elements): return .array(elements.map(sorted))
        default: return value
        }
    }
}

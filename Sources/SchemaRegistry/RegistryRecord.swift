// The records of the topic `_schemas`, in Confluent's own layout: a registry of theirs can take the topic over, and
// this one theirs. Keys are JSON with `keytype`; a null value takes the key back.

import JSON

/// One record of `_schemas`.
public enum RegistryRecord: Sendable, Equatable {
    case schema(subject: String, version: Int, id: Int, definition: SchemaDefinition, isDeleted: Bool)
    /// The version is gone for good.
    case schemaRemoved(subject: String, version: Int)
    /// Level of one subject, or of all where `subject` is nil; `level` nil takes it back.
    case config(subject: String?, level: String?)
    case mode(subject: String?, mode: String?)
    /// Every version up to this one is deleted.
    case subjectDeleted(subject: String, version: Int)
    /// Something that says nothing here: NOOP, contexts, encryption keys.
    case other

    /// Reads a record; what is not understood is `.other`, as foreign registries may write more.
    public init(key: [UInt8], value: [UInt8]?) {
        self = RegistryRecord.read(key: key, value: value) ?? .other
    }

    private static func read(key: [UInt8], value: [UInt8]?) -> RegistryRecord? {
        guard let key = try? JSONValue(parsing: key), let kind = key["keytype"]?.stringValue else { return nil }
        let value = value.flatMap { try? JSONValue(parsing: $0) }
        let subject = key["subject"]?.stringValue
        switch kind {
        case "SCHEMA":
            guard let subject, let version = key["version"]?.intValue else { return nil }
            guard let value else { return .schemaRemoved(subject: subject, version: version) }
            guard let id = value["id"]?.intValue, let text = value["schema"]?.stringValue,
                value["schemaType"]?.stringValue == SchemaDefinition.jsonType
            else { return nil }
            var references: [SchemaReference] = []
            for reference in value["references"]?.arrayValue ?? [] {
                guard let read = try? SchemaReference(reference) else { return nil }
                references.append(read)
            }
            let definition = SchemaDefinition(
                text: text, references: references, metadata: value["metadata"], ruleSet: value["ruleSet"])
            return .schema(
                subject: subject, version: version, id: id, definition: definition,
                isDeleted: value["deleted"]?.boolValue ?? false)
        case "CONFIG": return .config(subject: subject, level: value?["compatibilityLevel"]?.stringValue)
        case "MODE": return .mode(subject: subject, mode: value?["mode"]?.stringValue)
        case "DELETE_SUBJECT":
            guard let value, let subject, let version = value["version"]?.intValue else { return nil }
            return .subjectDeleted(subject: subject, version: version)
        default: return nil
        }
    }

    /// Whom the record is about; nil where it is about all.
    public var subject: String? {
        switch self {
        case .schema(let subject, _, _, _, _), .schemaRemoved(let subject, _), .subjectDeleted(let subject, _): subject
        case .config(let subject, _), .mode(let subject, _): subject
        case .other: nil
        }
    }

    /// The record's key.
    public var key: [UInt8] {
        func subjectMember(_ subject: String?) -> JSONMember { JSONMember("subject", subject.map { .string($0) } ?? .null) }
        let members: [JSONMember] =
            switch self {
            case .schema(let subject, let version, _, _, _), .schemaRemoved(let subject, let version):
                [
                    JSONMember("keytype", "SCHEMA"), subjectMember(subject), JSONMember("version", .integer(version)),
                    JSONMember("magic", 1),
                ]
            case .config(let subject, _): [JSONMember("keytype", "CONFIG"), subjectMember(subject), JSONMember("magic", 0)]
            case .mode(let subject, _): [JSONMember("keytype", "MODE"), subjectMember(subject), JSONMember("magic", 0)]
            case .subjectDeleted(let subject, _):
                [JSONMember("keytype", "DELETE_SUBJECT"), subjectMember(subject), JSONMember("magic", 0)]
            case .other: [JSONMember("keytype", "NOOP"), JSONMember("magic", 0)]
            }
        return JSONValue.object(members).write()
    }

    /// The record's value; nil for a tombstone.
    public var value: [UInt8]? {
        switch self {
        case .schema(let subject, let version, let id, let definition, let isDeleted):
            var members = [
                JSONMember("subject", .string(subject)), JSONMember("version", .integer(version)),
                JSONMember("id", .integer(id)), JSONMember("schemaType", .string(definition.type)),
                JSONMember("references", .array(definition.references.map(\.json))),
            ]
            if let metadata = definition.metadata { members.append(JSONMember("metadata", metadata)) }
            if let ruleSet = definition.ruleSet { members.append(JSONMember("ruleSet", ruleSet)) }
            members += [JSONMember("schema", .string(definition.text)), JSONMember("deleted", .bool(isDeleted))]
            return JSONValue.object(members).write()
        case .config(let subject, let level):
            guard let level else { return nil }
            var members = [JSONMember("compatibilityLevel", .string(level))]
            if let subject { members.insert(JSONMember("subject", .string(subject)), at: 0) }
            return JSONValue.object(members).write()
        case .mode(let subject, let mode):
            guard let mode else { return nil }
            var members = [JSONMember("mode", .string(mode))]
            if let subject { members.insert(JSONMember("subject", .string(subject)), at: 0) }
            return JSONValue.object(members).write()
        case .subjectDeleted(let subject, let version):
            return (["subject": .string(subject), "version": .integer(version)] as JSONValue).write()
        case .schemaRemoved, .other: return nil
        }
    }
}

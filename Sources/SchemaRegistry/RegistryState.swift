// What the topic `_schemas` says, read from its beginning: subjects with their versions, schemas by id, levels and
// modes. Only records change it: what a request changes is first stored, then applied as every other reader does.

import ContractRegistry

/// A version of a subject.
struct SubjectVersion: Sendable, Equatable {
    var version: Int
    var id: Int
    /// Deleted softly: found only by those who ask for deleted ones.
    var isDeleted: Bool
}

/// The registry's state. Keys are compared as bytes.
public struct RegistryState: Sendable {
    /// UTF-8 bytes as dictionary key: String keys would fold canonical equivalents.
    struct Name: Hashable, Sendable, Comparable {
        var bytes: [UInt8]
        init(_ text: String) { bytes = Array(text.utf8) }
        var text: String { String(decoding: bytes, as: UTF8.self) }
        static func < (left: Name, right: Name) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
    }

    private(set) var subjects: [Name: [SubjectVersion]] = [:]
    private(set) var schemas: [Int: SchemaDefinition] = [:]
    private var idByIdentity: [[UInt8]: Int] = [:]
    private var levels: [Name: CompatibilityLevel] = [:]
    private var modes: [Name: RegistryMode] = [:]
    private(set) var globalLevel = CompatibilityLevel.backward
    private(set) var globalMode = RegistryMode.readWrite
    private(set) var idMax = 0

    public init() {}

    /// Takes one record of the topic, in order.
    public mutating func apply(_ record: RegistryRecord) {
        switch record {
        case .schema(let subject, let version, let id, let definition, let isDeleted):
            schemas[id] = definition
            // The lowest id stays the schema's, whatever is registered again later.
            if let known = idByIdentity[definition.identity] { idByIdentity[definition.identity] = min(known, id) }
            else { idByIdentity[definition.identity] = id }
            idMax = max(idMax, id)
            var versions = subjects[Name(subject)] ?? []
            versions.removeAll { $0.version == version }
            versions.append(SubjectVersion(version: version, id: id, isDeleted: isDeleted))
            versions.sort { $0.version < $1.version }
            subjects[Name(subject)] = versions
        case .schemaRemoved(let subject, let version):
            subjects[Name(subject)]?.removeAll { $0.version == version }
            if subjects[Name(subject)]?.isEmpty == true { subjects[Name(subject)] = nil }
            dropUnusedSchemas()
        case .subjectDeleted(let subject, let version):
            guard var versions = subjects[Name(subject)] else { return }
            for place in versions.indices where versions[place].version <= version { versions[place].isDeleted = true }
            subjects[Name(subject)] = versions
        case .config(let subject, let level):
            let level = level.flatMap { CompatibilityLevel(name: $0) }
            if let subject { levels[Name(subject)] = level } else { globalLevel = level ?? .backward }
        case .mode(let subject, let mode):
            let mode = mode.flatMap { RegistryMode(rawValue: $0) }
            if let subject { modes[Name(subject)] = mode } else { globalMode = mode ?? .readWrite }
        case .other: break
        }
    }

    /// An id that no subject uses any more is not found, but never given out again.
    private mutating func dropUnusedSchemas() {
        let used = Set(subjects.values.joined().map(\.id))
        for (id, definition) in schemas where !used.contains(id) {
            schemas[id] = nil
            if idByIdentity[definition.identity] == id { idByIdentity[definition.identity] = nil }
        }
    }

    /// A subject's versions, the oldest first.
    func versions(of subject: String, deleted: Bool = false) -> [SubjectVersion] {
        (subjects[Name(subject)] ?? []).filter { deleted || !$0.isDeleted }
    }

    /// The id under which a schema is known.
    func id(of definition: SchemaDefinition) -> Int? { idByIdentity[definition.identity] }

    func level(of subject: String) -> CompatibilityLevel? { levels[Name(subject)] }
    func mode(of subject: String) -> RegistryMode? { modes[Name(subject)] }

    /// Ids of schemas that refer to a version of a subject.
    func referrers(to subject: String, version: Int) -> [Int] {
        let used = Set(subjects.values.joined().filter { !$0.isDeleted }.map(\.id))
        return schemas.filter { id, definition in
            used.contains(id)
                && definition.references.contains { Name($0.subject) == Name(subject) && $0.version == version }
        }.map(\.key).sorted()
    }

    /// The documents that a schema's references name, by that name, references of references included.
    func resources(of definition: SchemaDefinition, depth: Int = 0) throws(RegistryFailure) -> [String: SchemaDefinition] {
        guard depth < RegistryState.referenceDepthMax else { throw .schemaInvalid("references go in a circle or too deep") }
        var found: [String: SchemaDefinition] = [:]
        for reference in definition.references {
            guard let version = versions(of: reference.subject, deleted: true).first(where: { $0.version == reference.version }),
                let target = schemas[version.id]
            else {
                throw .schemaInvalid(
                    "reference \(reference.name): no version \(reference.version) of subject \(reference.subject)")
            }
            found.merge(try resources(of: target, depth: depth + 1)) { first, _ in first }
            found[reference.name] = target
        }
        return found
    }

    private static let referenceDepthMax = 32
}

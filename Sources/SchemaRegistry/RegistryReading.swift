// Questions: subjects, versions, schemas.

import JSON

extension SchemaRegistry {
    /// `offset` and `limit` of a list; a limit below zero is none.
    private func page<Element>(_ all: [Element], _ request: RegistryRequest) -> [Element] {
        let offset = max(0, request.number("offset", default: 0))
        let limit = request.number("limit", default: -1)
        let rest = all.dropFirst(offset)
        return Array(limit < 0 ? rest : rest.prefix(limit))
    }

    private func wanted(_ versions: [SubjectVersion], _ request: RegistryRequest) -> [SubjectVersion] {
        if request.flag("deletedOnly") { return versions.filter(\.isDeleted) }
        return versions.filter { request.flag("deleted") || !$0.isDeleted }
    }

    func listSubjects(_ request: RegistryRequest) throws(RegistryFailure) -> JSONValue {
        let prefix = request.query["subjectPrefix"].flatMap { $0 == ":*:" ? nil : $0 } ?? ""
        let names = state.subjects.filter { name, versions in
            name.bytes.starts(with: prefix.utf8) && !wanted(versions, request).isEmpty
        }.keys.sorted()
        return .array(page(names, request).map { .string($0.text) })
    }

    func listVersions(_ request: RegistryRequest, _ subject: String) throws(RegistryFailure) -> JSONValue {
        let versions = wanted(state.versions(of: subject, deleted: true), request)
        if versions.isEmpty { throw .subjectUnknown(subject) }
        return .array(page(versions, request).map { .integer($0.version) })
    }

    func listSchemas(_ request: RegistryRequest) -> JSONValue {
        let prefix = request.query["subjectPrefix"].flatMap { $0 == ":*:" ? nil : $0 } ?? ""
        var found: [JSONValue] = []
        for (name, versions) in state.subjects.sorted(by: { $0.key < $1.key }) where name.bytes.starts(with: prefix.utf8) {
            let kept = wanted(versions, request)
            for version in request.flag("latestOnly") ? kept.suffix(1) : kept[...] {
                guard let definition = state.schemas[version.id] else { continue }
                found.append(answer(name.text, version, definition, request))
            }
        }
        return .array(page(found, request))
    }

    /// A version that a path names, with its schema.
    func definition(
        _ request: RegistryRequest, _ subject: String, _ text: String
    ) throws(RegistryFailure) -> (version: SubjectVersion, definition: SchemaDefinition) {
        let number = try RegistryNames.version(text)
        let all = state.versions(of: subject, deleted: true)
        let visible = request.flag("deleted") ? all : all.filter { !$0.isDeleted }
        if visible.isEmpty { throw .subjectUnknown(subject) }
        guard let found = number == nil ? visible.last : visible.first(where: { $0.version == number }),
            let definition = state.schemas[found.id]
        else { throw .versionUnknown(text) }
        return (found, definition)
    }

    func version(_ request: RegistryRequest, _ subject: String, _ text: String) throws(RegistryFailure) -> JSONValue {
        let found = try definition(request, subject, text)
        return answer(subject, found.version, found.definition, request)
    }

    /// Whether a subject has that very schema.
    func lookUp(_ request: RegistryRequest, _ subject: String) throws(RegistryFailure) -> JSONValue {
        let versions = state.versions(of: subject, deleted: request.flag("deleted"))
        if versions.isEmpty { throw .subjectUnknown(subject) }
        let asked = try SchemaDefinition(request: try request.json(), normalize: request.flag("normalize"))
        let identity = asked.identity
        for version in versions.reversed() {
            guard let definition = state.schemas[version.id], definition.identity == identity else { continue }
            return answer(subject, version, definition, request)
        }
        throw .schemaUnknown()
    }

    func answer(
        _ subject: String, _ version: SubjectVersion, _ definition: SchemaDefinition, _ request: RegistryRequest
    ) -> JSONValue {
        var members = [
            JSONMember("subject", .string(subject)), JSONMember("version", .integer(version.version)),
            JSONMember("id", .integer(version.id)),
        ]
        if request.acceptsUnknownMembers { members.append(JSONMember("guid", .string(definition.guid))) }
        members += body(of: definition)
        if version.isDeleted { members.append(JSONMember("deleted", true)) }
        return .object(members)
    }
}

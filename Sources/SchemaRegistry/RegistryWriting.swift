// Changes: registering, deleting, levels and modes. Each comes to records that the shell stores; the state changes
// when they come back.

import ContractRegistry
import JSON

extension SchemaRegistry {
    func register(_ request: RegistryRequest, _ subject: String) throws(RegistryFailure) -> RegistryOutcome {
        let body = try request.json()
        let definition = try SchemaDefinition(request: body, normalize: request.flag("normalize"))
        let identity = definition.identity
        let all = state.versions(of: subject, deleted: true)
        // What is registered already is answered, whatever the mode: producers do this at every start.
        for version in all where !version.isDeleted && state.schemas[version.id]?.identity == identity {
            return .answer(registered(version.id, version.version, subject, definition, request))
        }
        try checkWritable(subject)
        try checkMeaning(definition)
        let isImport = mode(of: subject) == .import
        if !isImport {
            let earlier = all.filter { !$0.isDeleted }
            let level = state.level(of: subject) ?? state.globalLevel
            let findings = try incompatibilities(definition, against: earlier, level: level)
            if !findings.isEmpty { throw .incompatible(findings, code: incompatibleCode) }
        }
        let next = (all.last?.version ?? 0) + 1
        let version = try wantedVersion(body["version"], next: next, isImport: isImport)
        let id = try wantedId(body["id"], of: definition, subject: subject, isImport: isImport)
        let record = RegistryRecord.schema(
            subject: subject, version: version, id: id, definition: definition, isDeleted: false)
        return .store([record], answer: registered(id, version, subject, definition, request))
    }

    /// The version that a request names, or the next. Only an import chooses freely: it copies another registry.
    private func wantedVersion(_ value: JSONValue?, next: Int, isImport: Bool) throws(RegistryFailure) -> Int {
        guard let version = value?.intValue, version > 0 else { return next }
        guard isImport || version == next, version <= Int(Int32.max) else {
            throw .schemaInvalid("Version is not one more than previous version \(next - 1)")
        }
        return version
    }

    /// The id that an import names, or the schema's own, or the next.
    private func wantedId(
        _ value: JSONValue?, of definition: SchemaDefinition, subject: String, isImport: Bool
    ) throws(RegistryFailure) -> Int {
        guard let id = value?.intValue, id > 0 else { return state.id(of: definition) ?? state.idMax + 1 }
        guard isImport else { throw .notImporting(subject) }
        guard id <= Int(Int32.max), state.schemas[id].map({ $0.identity == definition.identity }) ?? true else {
            throw .idTaken(id)
        }
        return id
    }

    private func mode(of subject: String) -> RegistryMode { state.mode(of: subject) ?? state.globalMode }

    private func registered(
        _ id: Int, _ version: Int, _ subject: String, _ definition: SchemaDefinition, _ request: RegistryRequest
    ) -> JSONValue {
        guard request.acceptsUnknownMembers else { return ["id": .integer(id)] }
        return answer(subject, SubjectVersion(version: version, id: id, isDeleted: false), definition, request)
    }

    private func checkWritable(_ subject: String) throws(RegistryFailure) {
        let mode = mode(of: subject)
        guard mode.allowsWriting else { throw .notPermitted(subject, mode: mode) }
    }

    /// A schema of the dialect that is validated here must compile; others must at least be JSON.
    private func checkMeaning(_ definition: SchemaDefinition) throws(RegistryFailure) {
        let document = try definition.document()
        let resources = try documents(of: definition)
        if let dialect = document["$schema"]?.stringValue, !dialect.contains("2020-12") { return }
        do {
            _ = try CompiledSchema(document: document, uri: SchemaRegistry.base, resources: resources)
        } catch {
            throw .schemaInvalid("\(error)")
        }
    }

    /// The base of references where a schema has no `$id`; never fetched.
    private static let base = "https://registry.invalid/schema"

    /// What a schema's references name, under every URI that its `$ref`s may make of the names.
    private func documents(of definition: SchemaDefinition) throws(RegistryFailure) -> [String: JSONValue] {
        var bases = [SchemaRegistry.base]
        if let own = try definition.document()["$id"]?.stringValue, own.contains(":") { bases.append(own) }
        var found: [String: JSONValue] = [:]
        for (name, target) in try state.resources(of: definition) {
            let document = try target.document()
            found[name] = document
            for base in bases where !name.contains(":") {
                guard let slash = base.lastIndex(of: "/") else { continue }
                found[String(base[...slash]) + name] = document
            }
        }
        return found
    }

    /// What of a schema breaks a level against earlier versions, as Confluent's registry words it.
    func incompatibilities(
        _ definition: SchemaDefinition, against earlier: [SubjectVersion], level: CompatibilityLevel
    ) throws(RegistryFailure) -> [String] {
        guard level != .none, !earlier.isEmpty else { return [] }
        var documents: [JSONValue] = []
        var resources: [String: JSONValue] = [:]
        for version in earlier {
            guard let known = state.schemas[version.id] else { continue }
            documents.append(EarlierDrafts.modernised(try known.document()))
            resources.merge(try self.documents(of: known)) { first, _ in first }
        }
        resources.merge(try self.documents(of: definition)) { first, _ in first }
        let report = level.check(
            EarlierDrafts.modernised(try definition.document()), against: documents, rules: .registry, resources: resources)
        if report.isCompatible { return [] }
        var messages = report.breaking.map { entry in
            let type = entry.finding.change.rawValue.uppercased().replacing("-", with: "_")
            let side = entry.finding.direction == .backward ? "new" : "old"
            return "{errorType:\"\(type)\", description:\"\(entry.finding.reason) at path '\(entry.finding.path)' in the "
                + "\(side) schema; \(entry.finding.fix)\"}"
        }
        if let place = report.breaking.last?.version, earlier.indices.contains(place) {
            messages.append("{oldSchemaVersion: \(earlier[place].version)}")
            messages.append("{oldSchema: '\(state.schemas[earlier[place].id]?.text ?? "")'}")
        }
        messages.append("{validateFields: 'false', compatibility: '\(level.rawValue)'}")
        return messages
    }

    func compatibility(
        _ request: RegistryRequest, subject: String, version: String?
    ) throws(RegistryFailure) -> RegistryOutcome {
        try RegistryNames.check(subject: subject)
        let definition = try SchemaDefinition(request: try request.json(), normalize: request.flag("normalize"))
        try checkMeaning(definition)
        let versions = state.versions(of: subject)
        var earlier = versions
        if let version {
            let number = try RegistryNames.version(version)
            if let number {
                guard let found = versions.first(where: { $0.version == number }) else {
                    if state.versions(of: subject, deleted: true).isEmpty { throw .subjectUnknown(subject) }
                    throw .versionUnknown(version)
                }
                earlier = [found]
            } else {
                // The latest of a subject that has none yet: everything is compatible with it.
                earlier = Array(versions.suffix(1))
            }
        }
        let level = state.level(of: subject) ?? state.globalLevel
        let messages = try incompatibilities(definition, against: earlier, level: level)
        var members = [JSONMember("is_compatible", .bool(messages.isEmpty))]
        if request.flag("verbose") { members.append(JSONMember("messages", .array(messages.map { .string($0) }))) }
        return .answer(.object(members))
    }

    func deleteSubject(_ request: RegistryRequest, _ subject: String) throws(RegistryFailure) -> RegistryOutcome {
        let all = state.versions(of: subject, deleted: true)
        guard let last = all.last else { throw .subjectUnknown(subject) }
        try checkWritable(subject)
        let alive = all.filter { !$0.isDeleted }
        for version in alive { try checkUnreferenced(subject, version) }
        if request.flag("permanent") {
            guard alive.isEmpty else { throw .subjectNotSoftDeleted(subject) }
            let removals = all.map { RegistryRecord.schemaRemoved(subject: subject, version: $0.version) }
            let settings: [RegistryRecord] = [.config(subject: subject, level: nil), .mode(subject: subject, mode: nil)]
            return .store(removals + settings, answer: .array(all.map { .integer($0.version) }))
        }
        guard !alive.isEmpty else { throw .subjectSoftDeleted(subject) }
        return .store(
            [.subjectDeleted(subject: subject, version: last.version)], answer: .array(alive.map { .integer($0.version) }))
    }

    func deleteVersion(
        _ request: RegistryRequest, _ subject: String, _ text: String
    ) throws(RegistryFailure) -> RegistryOutcome {
        let number = try RegistryNames.version(text)
        let all = state.versions(of: subject, deleted: true)
        if all.isEmpty { throw .subjectUnknown(subject) }
        guard let found = number == nil ? all.last(where: { !$0.isDeleted }) : all.first(where: { $0.version == number }),
            let definition = state.schemas[found.id]
        else { throw .versionUnknown(text) }
        try checkWritable(subject)
        try checkUnreferenced(subject, found)
        if request.flag("permanent") {
            guard found.isDeleted else { throw .versionNotSoftDeleted(subject, found.version) }
            return .store([.schemaRemoved(subject: subject, version: found.version)], answer: .integer(found.version))
        }
        guard !found.isDeleted else { throw .versionSoftDeleted(subject, found.version) }
        let record = RegistryRecord.schema(
            subject: subject, version: found.version, id: found.id, definition: definition, isDeleted: true)
        return .store([record], answer: .integer(found.version))
    }

    private func checkUnreferenced(_ subject: String, _ version: SubjectVersion) throws(RegistryFailure) {
        guard state.referrers(to: subject, version: version.version).isEmpty else { throw .referenced(version.id) }
    }

    func config(_ request: RegistryRequest, subject: String?) throws(RegistryFailure) -> RegistryOutcome {
        switch request.method {
        case "GET":
            guard let subject else { return .answer(["compatibilityLevel": .string(state.globalLevel.rawValue)]) }
            if let level = state.level(of: subject) { return .answer(["compatibilityLevel": .string(level.rawValue)]) }
            guard request.flag("defaultToGlobal") else { throw .noSubjectLevel(subject) }
            return .answer(["compatibilityLevel": .string(state.globalLevel.rawValue)])
        case "PUT":
            guard let name = try request.json()["compatibility"]?.stringValue,
                let level = CompatibilityLevel(name: name)
            else { throw .levelInvalid }
            return .store(
                [.config(subject: subject, level: level.rawValue)], answer: ["compatibility": .string(level.rawValue)])
        case "DELETE":
            let old = subject.map { state.level(of: $0) } ?? state.globalLevel
            guard let old else { throw .subjectUnknown(subject ?? "") }
            return .store([.config(subject: subject, level: nil)], answer: ["compatibilityLevel": .string(old.rawValue)])
        default: throw .methodUnknown
        }
    }

    func mode(_ request: RegistryRequest, subject: String?) throws(RegistryFailure) -> RegistryOutcome {
        switch request.method {
        case "GET":
            guard let subject else { return .answer(["mode": .string(state.globalMode.rawValue)]) }
            if let mode = state.mode(of: subject) { return .answer(["mode": .string(mode.rawValue)]) }
            guard request.flag("defaultToGlobal") else { throw .noSubjectMode(subject) }
            return .answer(["mode": .string(state.globalMode.rawValue)])
        case "PUT":
            guard let name = try request.json()["mode"]?.stringValue, let mode = RegistryMode(rawValue: name.uppercased())
            else { throw .modeInvalid }
            if mode == .import, !request.flag("force"), hasSchemas(subject) { throw .importIntoUsed(subject) }
            return .store([.mode(subject: subject, mode: mode.rawValue)], answer: ["mode": .string(mode.rawValue)])
        case "DELETE":
            guard let subject, let old = state.mode(of: subject) else { throw .subjectUnknown(subject ?? "") }
            return .store([.mode(subject: subject, mode: nil)], answer: ["mode": .string(old.rawValue)])
        default: throw .methodUnknown
        }
    }

    /// Whether there is something that an import could run into.
    private func hasSchemas(_ subject: String?) -> Bool {
        guard let subject else { return state.subjects.keys.contains { !state.versions(of: $0.text).isEmpty } }
        return !state.versions(of: subject).isEmpty
    }
}

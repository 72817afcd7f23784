// Which request does what: Confluent's paths, each to its function. Everything here is decided from the state
// alone; nothing changes it but records of the topic.

import JSON

/// The registry's decisions.
public struct SchemaRegistry: Sendable {
    public var state = RegistryState()
    /// Named in `/v1/metadata/id`.
    public var clusterId: String
    /// What an incompatible schema is refused with: 409, as Confluent's registry up to 8.1 and Karapace, or 40901.
    public var incompatibleCode: Int

    public init(clusterId: String, incompatibleCode: Int = 409) {
        self.clusterId = clusterId
        self.incompatibleCode = incompatibleCode
    }

    /// - Throws: `RegistryFailure`, to be answered as it says.
    public func handle(_ request: RegistryRequest) throws(RegistryFailure) -> RegistryOutcome {
        let path = request.segments
        switch path.first {
        case nil: return .answer(.object([]))
        case "subjects": return try subjects(request, Array(path.dropFirst()))
        case "schemas": return try schemas(request, Array(path.dropFirst()))
        case "compatibility":
            guard path.count >= 4, path[1] == "subjects", path[3] == "versions", path.count <= 5 else { throw .routeUnknown }
            guard request.method == "POST" else { throw .methodUnknown }
            return try compatibility(request, subject: path[2], version: path.count == 5 ? path[4] : nil)
        case "config": return try config(request, subject: try RegistryNames.optionalSubject(Array(path.dropFirst())))
        case "mode": return try mode(request, subject: try RegistryNames.optionalSubject(Array(path.dropFirst())))
        case "contexts": return .answer(.array(contexts.map { .string($0) }))
        case "v1":
            switch path.dropFirst() {
            case ["metadata", "id"]:
                return .answer([
                    "id": "", "scope": ["path": [], "clusters": ["kafka-cluster": .string(clusterId)]],
                ])
            case ["metadata", "version"]: return .answer(["version": "8.0.0", "commitId": "lgsp"])
            default: throw .routeUnknown
            }
        default: throw .routeUnknown
        }
    }

    private var contexts: [String] {
        var found: Set<String> = ["."]
        for name in state.subjects.keys {
            if let context = RegistryNames.context(of: name.text) { found.insert(context) }
        }
        return found.sorted()
    }

    private func subjects(_ request: RegistryRequest, _ path: [String]) throws(RegistryFailure) -> RegistryOutcome {
        guard let subject = path.first else {
            guard request.method == "GET" else { throw .methodUnknown }
            return .answer(try listSubjects(request))
        }
        try RegistryNames.check(subject: subject)
        switch (request.method, path.count) {
        case ("POST", 1): return .answer(try lookUp(request, subject))
        case ("DELETE", 1): return try deleteSubject(request, subject)
        case ("GET", 2) where path[1] == "versions": return .answer(try listVersions(request, subject))
        case ("POST", 2) where path[1] == "versions": return try register(request, subject)
        case ("GET", 3) where path[1] == "versions": return .answer(try version(request, subject, path[2]))
        case ("DELETE", 3) where path[1] == "versions": return try deleteVersion(request, subject, path[2])
        case ("GET", 4) where path[1] == "versions" && path[3] == "schema":
            return .text(try definition(request, subject, path[2]).definition.text)
        case ("GET", 4) where path[1] == "versions" && path[3] == "referencedby":
            let found = try definition(request, subject, path[2])
            return .answer(.array(state.referrers(to: subject, version: found.version.version).map { .integer($0) }))
        default: throw path.count <= 2 ? .methodUnknown : .routeUnknown
        }
    }

    private func schemas(_ request: RegistryRequest, _ path: [String]) throws(RegistryFailure) -> RegistryOutcome {
        guard request.method == "GET" else { throw .methodUnknown }
        switch path.first {
        case nil: return .answer(listSchemas(request))
        case "types" where path.count == 1: return .answer([.string(SchemaDefinition.jsonType)])
        case "ids" where path.count == 2 || path.count == 3:
            guard let id = Int(path[1]), let definition = state.schemas[id] else { throw .schemaUnknown(Int(path[1])) }
            let uses = uses(of: id, deleted: request.flag("deleted"))
            switch path.dropFirst(2).first {
            case nil:
                var members = body(of: definition)
                if request.flag("fetchMaxId") { members.append(JSONMember("maxId", .integer(state.idMax))) }
                if request.acceptsUnknownMembers { members.append(JSONMember("guid", .string(definition.guid))) }
                return .answer(.object(members))
            case "schema": return .text(definition.text)
            case "subjects": return .answer(.array(uses.map { .string($0.subject) }))
            case "versions":
                return .answer(
                    .array(uses.map { ["subject": .string($0.subject), "version": .integer($0.version)] }))
            default: throw .routeUnknown
            }
        case "guids" where path.count == 2 || (path.count == 3 && path[2] == "ids"):
            guard let found = state.schemas.filter({ $0.value.guid == path[1].lowercased() }).min(by: { $0.key < $1.key })
            else { throw .schemaUnknown() }
            if path.count == 3 { return .answer([["context": ".", "id": .integer(found.key)]]) }
            return .answer(.object(body(of: found.value) + [JSONMember("guid", .string(found.value.guid))]))
        default: throw .routeUnknown
        }
    }

    /// The subjects and versions that use an id.
    private func uses(of id: Int, deleted: Bool) -> [(subject: String, version: Int)] {
        state.subjects.sorted { $0.key < $1.key }.flatMap { name, versions in
            versions.filter { $0.id == id && (deleted || !$0.isDeleted) }.map { (name.text, $0.version) }
        }
    }

    /// What every answer says of a schema itself.
    func body(of definition: SchemaDefinition) -> [JSONMember] {
        var members = [JSONMember("schemaType", .string(definition.type)), JSONMember("schema", .string(definition.text))]
        if !definition.references.isEmpty {
            members.append(JSONMember("references", .array(definition.references.map(\.json))))
        }
        if let metadata = definition.metadata { members.append(JSONMember("metadata", metadata)) }
        if let ruleSet = definition.ruleSet { members.append(JSONMember("ruleSet", ruleSet)) }
        return members
    }
}

/// Names of subjects and versions as requests give them.
enum RegistryNames {
    private static let subjectBytesMax = 1_024

    static func check(subject: String) throws(RegistryFailure) {
        let bytes = subject.utf8
        guard !bytes.isEmpty, bytes.count <= subjectBytesMax, !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }),
            subject != "__GLOBAL", subject != "__EMPTY"
        else { throw .subjectInvalid(subject) }
    }

    static func optionalSubject(_ path: [String]) throws(RegistryFailure) -> String? {
        guard path.count <= 1 else { throw .routeUnknown }
        guard let subject = path.first else { return nil }
        try check(subject: subject)
        return subject
    }

    /// The context in `:.context:subject`, with its dot.
    static func context(of subject: String) -> String? {
        guard subject.hasPrefix(":."), let end = subject.dropFirst(2).firstIndex(of: ":") else { return nil }
        return String(subject[subject.index(after: subject.startIndex)..<end])
    }

    /// A version number; nil for the latest.
    static func version(_ text: String) throws(RegistryFailure) -> Int? {
        if text == "latest" || text == "-1" { return nil }
        guard let number = Int(text), (1...Int(Int32.max)).contains(number) else { throw .versionInvalid(text) }
        return number
    }
}

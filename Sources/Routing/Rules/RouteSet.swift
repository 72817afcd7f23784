// All rules of sharing at one version: loaded whole from Routes/ or not at all, then never changed. A reload
// makes a new set.

import Consent
import Crypto
import JSON
public import Records

/// The loaded route files with the purposes they name.
public struct RouteSet: Sendable {
    /// By recipient's name, sorted.
    public let recipients: [RecipientRules]
    public let purposes: [Purpose]
    /// What is allowed and worth knowing, such as days on which no law is in force.
    public let notices: [ConfigurationFault]
    /// SHA-256, first 16 bytes, hex, of all route files and the purposes.
    public let version: String
    /// The compiled routes by contract topic.
    let contracts: [ContractRoutes]

    /// Loads `Routes/*.route.json` and `Routes/purposes.json` of a tree and holds them against the contracts.
    public static func load(
        tree: FileTree, contracts: [ContractFields]
    ) throws(ConfigurationFaults) -> RouteSet {
        var faults: [ConfigurationFault] = []
        let purposes = PurposeFile.read(tree, &faults)
        let tables = Dictionary(
            contracts.map { ("\($0.name).v\($0.major)", FieldTable($0)) }, uniquingKeysWith: { first, _ in first })
        var check = RouteCheck(contracts: tables, purposes: purposes)
        var recipients: [RecipientRules] = []
        var hasher = SHA256()
        hasher.update(tree[PurposeFile.path] ?? [])
        for path in tree.paths(under: "Routes", suffix: ".route.json") {
            let bytes = tree[path] ?? []
            hasher.update(path)
            hasher.update(byte: 0)
            hasher.update(SHA256.hash(bytes))
            let read = RouteFile.read(bytes, file: path)
            faults += read.faults
            guard var rules = read.rules else { continue }
            check.check(&rules)
            recipients.append(rules)
        }
        faults += check.faults
        let compiled = RouteCompiler.compile(recipients, tables, &faults)
        guard faults.isEmpty else { throw ConfigurationFaults(faults) }
        return RouteSet(
            recipients: recipients, purposes: purposes, notices: check.notices,
            version: String(hasher.finish().hex.prefix(32)), contracts: compiled)
    }

    /// The rules of one recipient.
    public subscript(recipient: String) -> RecipientRules? {
        let name = Array(recipient.utf8)
        return recipients.first { Array($0.recipient.utf8) == name }
    }

    /// The topics that Share reads.
    public var inputTopics: [String] { contracts.map(\.topic).sorted() }

    /// The topics that Share writes, without `audit`.
    public var outputTopics: [String] { contracts.flatMap { $0.routes.map(\.topic) }.sorted() }

    /// The released places behind an audit entry's `release`; nil where no loaded route has that set.
    public func releaseSet(_ version: String) -> [FieldPointer]? {
        for rules in recipients {
            for route in rules.routes where route.releaseVersion == version { return route.release }
        }
        return nil
    }
}

/// The reader of `Routes/purposes.json`.
enum PurposeFile {
    static let path = "Routes/purposes.json"

    static func read(_ tree: FileTree, _ faults: inout [ConfigurationFault]) -> [Purpose] {
        var collector = FaultCollector(file: path)
        defer { faults += collector.faults }
        guard let bytes = tree[path], let document = try? JSONValue(parsing: bytes) else {
            collector.add(
                "", "missing or not JSON", fix: "write {\"purposes\": [{\"id\", \"title\", \"titleEnglish\"}]}")
            return []
        }
        guard collector.object(document, "", known: ["purposes"]) != nil else { return [] }
        var purposes: [Purpose] = []
        for (number, element) in collector.array(document, "purposes", "", countMax: 1_000).enumerated() {
            let place = "/purposes/\(number)"
            guard collector.object(element, place, known: ["id", "title", "titleEnglish"]) != nil,
                let id = collector.string(element, "id", place),
                let title = collector.string(element, "title", place),
                let titleEnglish = collector.string(element, "titleEnglish", place)
            else { continue }
            let isName = id.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D
            }
            if !isName || id.utf8.count > 64 {
                collector.add(
                    "\(place)/id", "not a purpose's id", fix: "lower-case letters, digits and hyphens, up to 64")
            }
            if purposes.contains(where: { $0.id == id }) {
                collector.add("\(place)/id", "stands twice", fix: "remove one")
            }
            purposes.append(Purpose(id: id, title: title, titleEnglish: titleEnglish))
        }
        return purposes
    }
}

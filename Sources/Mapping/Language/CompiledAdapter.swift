// An adapter file, read, checked and compiled: what a feed is called, how its files are read, and the program
// that makes contract records of them.

import Crypto
import JSON
public import Records

/// One feed's adapter.
public struct CompiledAdapter: Sendable {
    /// The file's path below the root.
    public let file: String
    public let agency: String
    public let feed: String
    /// Vietnamese and English.
    public let title: String
    public let titleEnglish: String
    public let reader: ReaderSpec
    /// The contracts of its events, each once.
    public let contracts: [TargetContract]
    /// First 16 bytes of SHA-256, hex, over everything that decides what becomes of a record.
    public let rulesVersion: String
    let program: Program

    public static let folder = "Adapters"
    public static let suffix = ".adapter.json"

    /// Reads and compiles a file; every fault is told at once.
    public init(
        file: String, tree: FileTree, contracts: [TargetContract]
    ) throws(ConfigurationFaults) {
        func failure(_ pointer: String, _ detail: String, _ fix: String) -> ConfigurationFaults {
            ConfigurationFaults([ConfigurationFault(file: file, pointer: pointer, detail: detail, fix: fix)])
        }
        guard let bytes = tree[file] else { throw failure("", "no such file", "check the path") }
        let document: JSONValue
        do { document = try JSONValue(parsing: bytes) } catch {
            throw failure("", "not JSON: \(error)", "correct the file at that byte")
        }
        var faults: [ConfigurationFault] = []
        var spec = ReaderSpec(format: .json)
        do { spec = try ReaderSpec(document["reader"] ?? .null, file: file) } catch { faults = error.faults }
        let isTabular = spec.format == .csv || spec.format == .tsv || spec.format == .fixed
        var compiler = AdapterCompiler(file: file, tree: tree, isTabular: isTabular)
        compiler.faults = faults
        self.init(file: file, document: document, reader: spec, contracts: contracts, tree: tree, compiler: &compiler)
        if !compiler.faults.isEmpty { throw ConfigurationFaults(compiler.faults) }
    }

    private init(
        file: String, document: JSONValue, reader: ReaderSpec, contracts: [TargetContract], tree: FileTree,
        compiler: inout AdapterCompiler
    ) {
        _ = compiler.checkMembers(
            document, "", required: ["agency", "feed", "title", "reader", "events"],
            optional: ["$schema", "title-en", "codes", "notes"])
        self.file = file
        agency = compiler.text(document, "agency", "") ?? ""
        feed = compiler.text(document, "feed", "") ?? ""
        title = compiler.text(document, "title", "") ?? ""
        titleEnglish = compiler.text(document, "title-en", "") ?? title
        self.reader = reader
        let expected = "\(CompiledAdapter.folder)/\(agency)/\(feed)\(CompiledAdapter.suffix)"
        if file != expected {
            compiler.fault("/feed", "agency and feed say \(expected)", "let the file's place and its names agree")
        }
        compiler.compileTables(document["codes"])
        self.contracts = compiler.compileEvents(document["events"] ?? .null, contracts)
        compiler.program.paths.seal()
        program = compiler.program
        var hasher = SHA256()
        for path in [file] + compiler.filesRead { hasher.update(SHA256.hash(tree[path] ?? [])) }
        for contract in self.contracts { hasher.update(contract.fingerprint) }
        rulesVersion = String(hasher.finish().hex.prefix(32))
    }

    /// The names of a raw topic's feed: `raw.<agency>.<feed>`.
    public var rawTopic: String { TopicName.raw(agency: agency, feed: feed) }
}

extension AdapterCompiler {
    /// Compiles `events`; returns the contracts they are of.
    mutating func compileEvents(_ value: JSONValue, _ known: [TargetContract]) -> [TargetContract] {
        guard let events = value.arrayValue, !events.isEmpty else {
            fault("/events", "not a list of events", "write at least one event")
            return []
        }
        var used: [TargetContract] = []
        for (number, event) in events.enumerated() {
            let pointer = "/events/\(number)"
            guard
                checkMembers(
                    event, pointer, required: ["contract", "version", "fields"],
                    optional: ["when", "forEach", "checks"]),
                let name = text(event, "contract", pointer), let major = event["version"]?.intValue
            else { continue }
            guard let contract = known.first(where: { $0.name == name && $0.major == major }) else {
                fault(
                    child(pointer, "contract"), "no contract \(name) v\(major)",
                    "known: \(known.map { "\($0.name) v\($0.major)" }.joined(separator: ", "))")
                continue
            }
            let place: Int
            if let index = used.firstIndex(where: { $0.name == name && $0.major == major }) {
                place = index
            } else {
                place = used.count
                used.append(contract)
            }
            compileEvent(event, pointer, contract: Int32(place))
        }
        return used
    }

    private mutating func compileEvent(_ event: JSONValue, _ pointer: String, contract: Int32) {
        var slot: Int32 = -1
        var scope: Int32 = 0
        if let path = text(event, "forEach", pointer) {
            slot = self.path(path, child(pointer, "forEach"), 0)
            scope = program.paths.addScope()
        }
        let fields = event["fields"] ?? .null
        for name in ["recordId", "occurredAt"] where fields[name] == nil {
            fault(child(pointer, "fields"), "no \(name)", "every event has recordId and occurredAt")
        }
        if fields["qualityIssues"] != nil {
            fault(child(pointer, "fields"), "qualityIssues is not mapped", "the hub writes it from checks and persons")
        }
        let condition = event["when"].map { compileCondition($0, child(pointer, "when"), scope) } ?? -1
        let members = compileMembers(fields, child(pointer, "fields"), scope)
        program.events.append(
            EventRule(
                contract: contract, condition: condition, eachSlot: slot, scope: scope, members: members,
                checks: compileChecks(event["checks"], child(pointer, "checks"), scope)))
    }
}

// Who depends on a contract and would no longer work under a proposed version: adapters that write it, routes
// that release its fields, their recipients, and the models that read it. Found by loading the whole
// configuration once more with the proposed version in the place of the present one and running its cases.
import ContractRegistry
import Crypto
import JSON
import Mapping
import Models
import Records
import Routing

struct ContractImpact {
    enum Kind: String {
        case contract, adapter, route, recipient, model
    }
    struct Row {
        var kind: Kind
        var name: String
        var breaks: Bool
        var reason: String
    }

    private(set) var rows: [Row] = []
    var breaks: Bool { rows.contains(where: \.breaks) }

    /// - Throws: `ConfigurationFaults` where the present configuration does not load either.
    init(of proposed: JSONValue, for contract: Contract, tree: FileTree) throws {
        var tree = tree
        let key = SubjectReferenceKey(secret: try RandomBytes.make(count: 32))
        let before = Configuration(tree, try ContractSet.load(tree), key)
        tree.files[contract.file] = Self.renamed(proposed, as: contract).write()
        let changed: ContractSet
        do { changed = try ContractSet.load(tree) } catch {
            rows = error.faults.map {
                Row(kind: .contract, name: contract.name, breaks: true, reason: "\($0.pointer): \($0.detail)")
            }
            return
        }
        let after = Configuration(tree, changed, key)
        let next = changed.contract(contract.name, major: contract.major)
        adapters(before, after, contract)
        routes(before, after, contract)
        if let next { models(contract, next) }
    }

    /// The proposed document under the present version's name, whatever it calls itself.
    private static func renamed(_ proposed: JSONValue, as contract: Contract) -> JSONValue {
        var members = proposed.objectValue ?? []
        members.removeAll { $0.name == "$id" }
        return .object([JSONMember("$id", .string(contract.identifier))] + members)
    }

    /// What loads of a tree, and what its files and cases complain of.
    private struct Configuration {
        var adapterFaults: [String: String] = [:]
        var adapterFiles: [String] = []
        var routeFaults: [String: String] = [:]
        var routes: RouteSet?

        init(_ tree: FileTree, _ contracts: ContractSet, _ key: SubjectReferenceKey) {
            let targets = contracts.contracts.map(HubRules.target)
            adapterFiles = tree.paths(under: CompiledAdapter.folder, suffix: CompiledAdapter.suffix)
            for file in adapterFiles {
                // One file at a time: a fault in one must not hide what another's cases say.
                var single = tree
                for other in adapterFiles where other != file { single.files[other] = nil }
                do {
                    let set = try AdapterSet.load(single, contracts: targets, key: key)
                    guard let adapter = set.adapters.first else { continue }
                    let failed = try AdapterCases(of: adapter, tree: tree).run(adapter, tree: tree, key: key)
                        .filter { !$0.isPassed }
                    if let first = failed.first {
                        adapterFaults[file] = "\(failed.count) cases fail, such as \(first.name)"
                    }
                } catch {
                    adapterFaults[file] = error.faults.first.map { "\($0.pointer): \($0.detail)" } ?? "does not load"
                }
            }
            loadRoutes(tree, contracts)
        }

        private mutating func loadRoutes(_ tree: FileTree, _ contracts: ContractSet) {
            var tree = tree
            // Files with faults are taken out until the rest loads; each round takes one at least.
            for _ in 0..<64 {
                do {
                    let loaded = try RouteSet.load(tree: tree, contracts: contracts.contracts.map { ContractFields($0) })
                    routes = loaded
                    for failure in RouteCases.run(tree: tree, routes: loaded).failures
                    where routeFaults[failure.file.replacing(".cases.json", with: ".route.json")] == nil {
                        routeFaults[failure.file.replacing(".cases.json", with: ".route.json")] =
                            "case \(failure.name) fails"
                    }
                    return
                } catch {
                    for fault in error.faults where routeFaults[fault.file] == nil {
                        routeFaults[fault.file] = "\(fault.pointer): \(fault.detail)"
                        tree.files[fault.file] = nil
                    }
                }
            }
        }
    }

    private mutating func adapters(_ before: Configuration, _ after: Configuration, _ contract: Contract) {
        for file in after.adapterFiles {
            guard let fault = after.adapterFaults[file], before.adapterFaults[file] == nil else { continue }
            rows.append(Row(kind: .adapter, name: file, breaks: true, reason: fault))
        }
    }

    private mutating func routes(_ before: Configuration, _ after: Configuration, _ contract: Contract) {
        for (file, fault) in after.routeFaults.sorted(by: { $0.key < $1.key }) where before.routeFaults[file] == nil {
            rows.append(Row(kind: .route, name: file, breaks: true, reason: fault))
        }
        for rules in before.routes?.recipients ?? [] {
            let uses = rules.routes.filter { $0.contract == contract.name && $0.major == contract.major }
            if uses.isEmpty { continue }
            let isBroken = after.routeFaults["Routes/\(rules.recipient).route.json"] != nil
            let fields = Set(uses.flatMap { $0.release.map(\.description) }).count
            rows.append(
                Row(
                    kind: .recipient, name: rules.recipient, breaks: isBroken,
                    reason: isBroken ? "its route no longer holds" : "is given \(fields) fields of it"))
        }
    }

    private mutating func models(_ contract: Contract, _ next: Contract) {
        for spec in ModelRegistry.models.map({ $0.spec }) {
            for input in spec.inputs where input.contract == contract.name && input.major == contract.major {
                let broken = input.pointers.compactMap { pointer -> String? in
                    guard let field = contract.fields.first(where: { $0.pointer == pointer }) else { return nil }
                    guard let now = next.fields.first(where: { $0.pointer == pointer }) else {
                        return "\(pointer) is gone"
                    }
                    let wasText = ["string", "enum"].contains(field.kind)
                    let isText = ["string", "enum"].contains(now.kind)
                    return field.kind == now.kind || (wasText && isText)
                        ? nil : "\(pointer) is \(now.kind), was \(field.kind)"
                }
                rows.append(
                    Row(
                        kind: .model, name: spec.head.group, breaks: !broken.isEmpty,
                        reason: broken.isEmpty ? "reads \(input.pointers.count) fields of it" : broken.joined(separator: "; ")))
            }
        }
    }
}

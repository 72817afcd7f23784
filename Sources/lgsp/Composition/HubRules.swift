// Everything that lies in Adapters, Contracts and Routes, compiled together: whole or not at all.
import ContractRegistry
import Crypto
import Mapping
import Models
import Pipeline
import Records
import Routing

/// The rules of a hub at one moment.
struct HubRules: Sendable {
    let contracts: ContractSet
    let adapters: AdapterSet
    let routes: RouteSet
    let models: [ModelRunner]
    /// The key of the subject references.
    let subjectSecret: [UInt8]

    /// - Throws: `ConfigurationFaults` with every fault of every file.
    init(tree: FileTree, subjectSecret: [UInt8]) throws(ConfigurationFaults) {
        self.subjectSecret = subjectSecret
        contracts = try ContractSet.load(tree)
        adapters = try AdapterSet.load(
            tree, contracts: contracts.contracts.map(Self.target), key: SubjectReferenceKey(secret: subjectSecret))
        routes = try RouteSet.load(tree: tree, contracts: contracts.contracts.map { ContractFields($0) })
        models = ModelRegistry.models.compactMap { ModelRunner(number: $0.spec.head.number) }
    }

    /// A contract as the mapping needs it.
    static func target(_ contract: Contract) -> TargetContract {
        TargetContract(
            name: contract.name, major: contract.major, schema: contract.schema, identifier: contract.identifier,
            keyPointers: contract.keyPointers, subjectPointers: contract.subjectPointers,
            fingerprint: contract.fingerprint, rejection: { contract.rejection(for: $0) })
    }

    /// The topics of which a recipient is given anything.
    func deliverTopics(of recipient: String) -> [String] {
        routes.outputTopics.filter { $0.hasPrefix("deliver.\(recipient).") }
    }

    /// What the topics follow from.
    var topology: TopologySources {
        var sources = TopologySources()
        sources.feeds = adapters.adapters.map { ($0.agency, $0.feed) }
        sources.contracts = contracts.contracts.map { ($0.name, $0.major) }
        for recipient in routes.recipients {
            for route in recipient.routes { sources.deliveries.append((recipient.recipient, route.contract, route.major)) }
            if recipient.kind == .connector { sources.platforms.append(recipient.recipient) }
        }
        sources.models = models.map(\.group)
        return sources
    }
}

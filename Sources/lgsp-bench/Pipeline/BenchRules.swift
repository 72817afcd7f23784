// The rules that the pipeline benchmark runs with: one contract, one adapter, one route with a basis in law, read
// from Scripts/bench/rules by the same code that reads a hub's own.
import ContractRegistry
import Crypto
import Foundation
import Mapping
import Records
import Routing

struct BenchRules: Sendable {
    /// Below the folder that the benchmark is started in.
    static let folder = "Scripts/bench/rules"
    static let files = [
        "Contracts/bench/visit.v1.schema.json", "Adapters/bench/visit.adapter.json",
        "Routes/bench-office.route.json", "Routes/purposes.json",
    ]
    static let rawTopic = TopicName.raw(agency: "bench", feed: "visit")
    static let contractTopic = TopicName.contract("visit", major: 1)
    static let deliverTopic = TopicName.deliver(recipient: "bench-office", contract: "visit", major: 1)

    let adapters: AdapterSet
    let routes: RouteSet
    /// A fixed key: the figures have to be the same records every time.
    static let secret = Array("lgsp-bench-fixed-key-of-32-bytes".utf8)

    init() throws {
        var tree = FileTree()
        for file in BenchRules.files {
            guard let bytes = FileManager.default.contents(atPath: "\(BenchRules.folder)/\(file)") else {
                throw BenchFailure("\(BenchRules.folder)/\(file) is not here; start the benchmark in the project's folder")
            }
            tree.files[file] = [UInt8](bytes)
        }
        let contracts = try ContractSet.load(tree)
        adapters = try AdapterSet.load(
            tree,
            contracts: contracts.contracts.map { contract in
                TargetContract(
                    name: contract.name, major: contract.major, schema: contract.schema, identifier: contract.identifier,
                    keyPointers: contract.keyPointers, subjectPointers: contract.subjectPointers,
                    fingerprint: contract.fingerprint, rejection: { contract.rejection(for: $0) })
            }, key: SubjectReferenceKey(secret: BenchRules.secret))
        routes = try RouteSet.load(tree: tree, contracts: contracts.contracts.map { ContractFields($0) })
    }
}

// All contracts of the hub as one immutable snapshot: loaded whole or not at all.

import JSON
public import Records

/// The contracts below `Contracts/`.
public struct ContractSet: Sendable {
    /// By name, then by version.
    public let contracts: [Contract]

    public static let folder = "Contracts"
    public static let suffix = ".schema.json"

    /// Reads and compiles every `Contracts/<domain>/<contract>.v<N>.schema.json`; throws all faults of all files.
    public static func load(_ tree: FileTree) throws(ConfigurationFaults) -> ContractSet {
        var contracts: [Contract] = []
        var faults: [ConfigurationFault] = []
        for path in tree.paths(under: folder, suffix: suffix) where !path.hasPrefix("\(folder)/meta/") {
            var reader = ContractReader(file: path)
            let contract = reader.read(tree[path] ?? [])
            faults.append(contentsOf: reader.faults)
            guard let contract else { continue }
            if contracts.contains(where: { $0.name == contract.name && $0.major == contract.major }) {
                faults.append(
                    ConfigurationFault(
                        file: path, pointer: "", detail: "\(contract.name) v\(contract.major) is there twice",
                        fix: "keep one of the two files"))
            }
            contracts.append(contract)
        }
        if !faults.isEmpty { throw ConfigurationFaults(faults) }
        return ContractSet(contracts: contracts.sorted { ($0.name, $0.major) < ($1.name, $1.major) })
    }

    /// A contract by name and major version.
    public func contract(_ name: String, major: Int) -> Contract? {
        contracts.first { $0.name == name && $0.major == major }
    }

    /// The newest version of a contract.
    public func newest(_ name: String) -> Contract? { contracts.last { $0.name == name } }
}

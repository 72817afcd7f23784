// The repository's configuration files as the hub reads them, and the loads that every catalogue test shares.

import ContractRegistry
import Crypto
import Foundation
import Mapping
import Records

/// The files below `Adapters/`, `Contracts/` and `Routes/` of this repository.
enum RepositoryTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let tree: FileTree = {
        var tree = FileTree()
        for folder in ["Adapters", "Contracts", "Routes"] {
            let start = root.appending(path: folder)
            let found = FileManager.default.enumerator(at: start, includingPropertiesForKeys: [.isRegularFileKey])
            for case let file as URL in found ?? FileManager.DirectoryEnumerator() {
                guard let bytes = try? Data(contentsOf: file) else { continue }
                tree.files[String(file.path.dropFirst(root.path.count + 1))] = Array(bytes)
            }
        }
        return tree
    }()

    static func contracts() throws -> ContractSet { try ContractSet.load(tree) }

    /// A key made for this run: references differ from run to run, and no test may depend on them.
    static func key() throws -> SubjectReferenceKey { SubjectReferenceKey(secret: try RandomBytes.make(count: 32)) }

    static func adapters() throws -> AdapterSet {
        try AdapterSet.load(tree, contracts: contracts().contracts.map(TargetContract.init), key: key())
    }
}

extension TargetContract {
    init(_ contract: Contract) {
        self.init(
            name: contract.name, major: contract.major, schema: contract.schema, identifier: contract.identifier,
            keyPointers: contract.keyPointers, subjectPointers: contract.subjectPointers,
            fingerprint: contract.fingerprint, rejection: { contract.rejection(for: $0) })
    }
}

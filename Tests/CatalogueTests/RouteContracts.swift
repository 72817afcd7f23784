// The project's own files as a tree, and its contracts as routes are checked against them.

import ContractRegistry
import Foundation
import Records
import Routing

enum RouteContracts {
    /// Everything under Routes and Contracts.
    static func tree() throws -> FileTree {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var tree = FileTree()
        for folder in ["Routes", "Contracts"] {
            let files = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
            while let path = files?.nextObject() as? String {
                guard path.hasSuffix(".json") else { continue }
                tree.files["\(folder)/\(path)"] = Array(try Data(contentsOf: root.appending(path: "\(folder)/\(path)")))
            }
        }
        return tree
    }

    static func routes() throws -> RouteSet {
        let tree = try tree()
        let contracts = try ContractSet.load(tree)
        return try RouteSet.load(tree: tree, contracts: contracts.contracts.map { ContractFields($0) })
    }
}

// The project's routes, loaded against its contracts.

import ContractRegistry
import Records
import Routing

extension RepositoryTree {
    static func routes() throws -> RouteSet {
        try RouteSet.load(tree: tree, contracts: contracts().contracts.map { ContractFields($0) })
    }
}

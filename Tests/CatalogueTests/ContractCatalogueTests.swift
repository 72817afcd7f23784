import ContractRegistry
import JSON
import Records
import Testing

@Suite("Every contract of the repository")
struct ContractCatalogueTests {
    @Test("loads with a class and titles for each field")
    func contractsLoad() throws {
        let contracts = try RepositoryTree.contracts().contracts
        #expect(contracts.count == 16)
        for contract in contracts {
            #expect(!contract.keyPointers.isEmpty, "\(contract.name)")
            #expect(contract.fields.allSatisfy { !$0.title.isEmpty && !$0.titleEnglish.isEmpty }, "\(contract.name)")
        }
    }

    @Test("accepts its valid examples and refuses its invalid ones at the keyword they name")
    func examplesHold() throws {
        for contract in try RepositoryTree.contracts().contracts {
            let result = contract.checkExamples(RepositoryTree.tree)
            #expect(result.faults.isEmpty, "\(result.faults.map(\.description).joined(separator: "\n"))")
            #expect(result.validCount >= ExampleResult.validCountMin)
            #expect(result.invalidCount >= ExampleResult.invalidCountMin)
        }
    }

    @Test("has no example that belongs to no contract")
    func examplesBelong() throws {
        let contracts = try RepositoryTree.contracts().contracts
        for path in RepositoryTree.tree.paths(under: "Contracts", suffix: ".json") where path.contains("/examples/") {
            let file = path.split(separator: "/").last ?? ""
            #expect(contracts.contains { file.hasPrefix("\($0.name).v\($0.major).") }, "\(path)")
        }
    }

    @Test("satisfies the schema of contract files; routes satisfy theirs")
    func filesSatisfyMetaSchemas() throws {
        let tree = RepositoryTree.tree
        let contract = try CompiledSchema(bytes: tree["Contracts/meta/contract.schema.json"] ?? [])
        for path in tree.paths(under: "Contracts", suffix: ".schema.json") where !path.contains("/meta/") {
            let failures = contract.failures(of: try JSONValue(parsing: tree[path] ?? []))
            #expect(failures.isEmpty, "\(path): \(failures.prefix(3).map(\.description))")
        }
        let route = try CompiledSchema(bytes: tree["Contracts/meta/route.schema.json"] ?? [])
        for path in tree.paths(under: "Routes", suffix: ".route.json") {
            let failures = route.failures(of: try JSONValue(parsing: tree[path] ?? []))
            #expect(failures.isEmpty, "\(path): \(failures.prefix(3).map(\.description))")
        }
    }

    @Test("that speaks of a person names where the reference stands")
    func personsHaveReferences() throws {
        for contract in try RepositoryTree.contracts().contracts {
            let references = contract.fields.map(\.pointer).filter {
                $0.hasSuffix("personRef") || $0.hasSuffix("PersonRef")
            }
            #expect(Set(references) == Set(contract.subjectPointers.map(\.description)), "\(contract.name)")
        }
    }
}

import ContractRegistry
import JSON
import Records
import Testing

@Suite("Every contract of the repository")
struct ContractCatalogueTests {
    @Test("loads with a class and titles for each field")
    func contractsLoad() throws {
        let contracts = try RepositoryTree.contracts().contracts
        #expect(contracts.count == 94)
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
        for path in RepositoryTree.tree.paths(under: "Contracts", suffix: ".json")
        where path.contains("/examples/") && !path.hasSuffix("/failures.json") {
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
            let subjects = contract.subjectPointers.map(\.description)
            #expect(Set(references).isSubset(of: subjects), "\(contract.name)")
            // Staff, sellers and landlords are persons too: their references have other names.
            #expect(subjects.allSatisfy { $0.hasSuffix("Ref") || $0.hasSuffix("Refs") }, "\(contract.name)")
        }
    }

    @Test("has an owner at every date, the first of them x-owner, and a basis in law or consent")
    func ownersAndBasis() throws {
        for contract in try RepositoryTree.contracts().contracts {
            let owners = contract.document["x-owners"]?.arrayValue ?? []
            #expect(owners.first?["agency"]?.stringValue == contract.owner, "\(contract.name)")
            for (earlier, later) in zip(owners, owners.dropFirst()) {
                let end = try #require(earlier["to"]?.stringValue)
                let start = try #require(later["from"]?.stringValue)
                #expect(end < start, "\(contract.name)")
            }
            #expect(owners.last?["to"] == nil, "\(contract.name) has an owner today")
            #expect(contract.document["x-legalBasis"]?.arrayValue?.isEmpty == false, "\(contract.name)")
        }
    }

    @Test("every list of failures names only files that are there")
    func failuresAreListed() throws {
        let tree = RepositoryTree.tree
        var count = 0
        for path in tree.paths(under: "Contracts", suffix: "/failures.json") {
            let folder = path.dropLast("failures.json".count) + "invalid/"
            for member in try JSONValue(parsing: tree[path] ?? []).objectValue ?? [] {
                #expect(tree[folder + member.name] != nil, "\(path): \(member.name)")
                count += 1
            }
        }
        #expect(count >= 5 * 94)
    }

    @Test("keeps what must never come out of the hub: images, diagnoses, card numbers, persons in statistics")
    func forbiddenFields() throws {
        let set = try RepositoryTree.contracts()
        func failures(_ name: String, _ change: (inout [JSONMember]) -> Void) throws -> [String] {
            let contract = try #require(set.newest(name))
            let path = "Contracts/\(contract.domain)/examples/valid/\(name).v1.full.json"
            var members = try JSONValue(parsing: RepositoryTree.tree[path] ?? []).objectValue ?? []
            #expect(contract.schema.failures(of: .object(members)).isEmpty, "\(name)")
            change(&members)
            return contract.schema.failures(of: .object(members)).map(\.keyword)
        }
        for name in ["kiosk-registration", "camera-count", "vehicle-count"] {
            for field in ["ANH_BN_CCCD", "image", "faceImage", "photo"] {
                #expect(try failures(name) { $0.append(JSONMember(field, "x")) } == ["additionalProperties"])
            }
            let raw: JSONValue = ["ANH_BN_CCCD": "x"]
            #expect(try !failures(name) { list in
                list.removeAll { $0.name == "sourceRaw" }
                list.append(JSONMember("sourceRaw", raw))
            }.isEmpty)
        }
        for field in ["CHAN_DOAN_VAO", "MA_BENH_CHINH", "diagnosis"] {
            #expect(try failures("lodging-stay") { $0.append(JSONMember(field, "I10")) } == ["additionalProperties"])
        }
        #expect(try failures("transit-ticket-payment") { list in
            list.removeAll { $0.name == "cardTokenHash" }
            list.append(JSONMember("cardTokenHash", "052190000001"))
        } == ["pattern"])
        for name in ["population-monthly", "labour-monthly", "tourism-monthly", "digital-asset-summary"] {
            let contract = try #require(set.newest(name))
            #expect(contract.fields.allSatisfy { $0.dataClass == .public }, "\(name)")
            #expect(contract.subjectPointers.isEmpty, "\(name)")
        }
    }
}

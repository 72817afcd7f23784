// Our own contracts through the comparison: each is compatible with itself, and mutations of it that are called
// compatible are sound.

import ContractRegistry
import Foundation
import JSON
import Records
import Testing

@Suite("Evolution of the repository's contracts")
struct ContractEvolutionTests {
    @Test("every contract is fully compatible with itself, and gives instances that satisfy it")
    func reflexive() throws {
        for contract in try RepositoryTree.contracts().contracts {
            let report = ContractDiff.check(contract.document, against: contract.document, level: .fullTransitive)
            #expect(report.isCompatible, "\(contract.name): \(report.breaking)")
            var generator = try InstanceGenerator(contract.document, seed: 3)
            var made = 0
            for _ in 0..<10 where generator.next() != nil { made += 1 }
            #expect(made == 10, "\(contract.name): \(made) instances")
        }
    }

    /// Changes that a maintainer might make, at every place where they apply.
    static let mutations: [(name: String, change: @Sendable ([JSONMember]) -> [JSONMember]?)] = [
        ("drop required", { drop("required", $0) }), ("drop pattern", { drop("pattern", $0) }),
        ("drop format", { drop("format", $0) }), ("drop maxLength", { drop("maxLength", $0) }),
        ("drop enum", { drop("enum", $0) }), ("open", { drop("additionalProperties", $0) }),
        ("drop not", { drop("not", $0) }), ("drop allOf", { drop("allOf", $0) }),
        ("drop type", { drop("type", $0) }),
        ("shorter enum", { edit("enum", $0) { $0.arrayValue.map { .array(Array($0.dropLast())) } } }),
        ("longer enum", { edit("enum", $0) { $0.arrayValue.map { .array($0 + ["another"]) } } }),
        ("lower maximum", { edit("maximum", $0) { $0.intValue.map { .integer($0 - 1) } } }),
        ("higher maximum", { edit("maximum", $0) { $0.intValue.map { .integer($0 + 1) } } }),
        ("shorter text", { edit("maxLength", $0) { $0.intValue.map { .integer($0 - 1) } } }),
        ("a new property", { members in
            edit("properties", members) { .object(($0.objectValue ?? []) + [JSONMember("added", ["type": "integer"])]) }
        }),
        ("one property less", { edit("properties", $0) { .object(Array(($0.objectValue ?? []).dropLast())) } }),
        ("one more required", { members in
            edit("required", members) { .array(($0.arrayValue ?? []) + ["qualityIssues"]) }
        }),
    ]

    private static func drop(_ name: String, _ members: [JSONMember]) -> [JSONMember]? {
        members.contains { $0.name == name } ? members.filter { $0.name != name } : nil
    }

    private static func edit(_ name: String, _ members: [JSONMember], _ body: (JSONValue) -> JSONValue?) -> [JSONMember]? {
        guard let place = members.firstIndex(where: { $0.name == name }), let value = body(members[place].value) else {
            return nil
        }
        var members = members
        members[place].value = value
        return members
    }

    /// The document with the change at the `target`-th schema where it applies.
    private static func mutated(
        _ value: JSONValue, _ change: ([JSONMember]) -> [JSONMember]?, _ target: Int, _ met: inout Int
    ) -> JSONValue {
        switch value {
        case .object(let members):
            if let changed = change(members) {
                met += 1
                if met == target + 1 { return .object(changed) }
            }
            return .object(members.map { JSONMember($0.name, mutated($0.value, change, target, &met)) })
        case .array(let elements): return .array(elements.map { mutated($0, change, target, &met) })
        default: return value
        }
    }

    @Test("mutations that are called compatible are sound", arguments: mutations.indices)
    func mutationsAreSound(_ index: Int) throws {
        let (name, change) = Self.mutations[index]
        var compatible = 0
        var incompatible = 0
        // A few contracts for each kind of change, other ones for each; LGSP_SOAK=1 takes all of them.
        let isLong = ProcessInfo.processInfo.environment["LGSP_SOAK"] == "1"
        let contracts = Array(try RepositoryTree.contracts().contracts.enumerated())
        var taken = 0
        for (number, contract) in contracts[(index * 5)...] + contracts[..<(index * 5)] {
            if taken == (isLong ? .max : 4) { break }
            var met = 0
            var mutant = Self.mutated(contract.document, change, index % 3, &met)
            if mutant == contract.document {
                met = 0
                mutant = Self.mutated(contract.document, change, 0, &met)
            }
            guard mutant != contract.document, (try? CompiledSchema(document: mutant)) != nil else { continue }
            taken += 1
            for (writer, reader) in [(contract.document, mutant), (mutant, contract.document)] {
                guard SchemaDiff.findings(writer: writer, reader: reader).isEmpty else {
                    incompatible += 1
                    continue
                }
                compatible += 1
                let schema = try CompiledSchema(document: reader)
                var generator = try InstanceGenerator(writer, hints: [reader], seed: UInt64(number))
                for _ in 0..<(isLong || taken == 1 ? 200 : 8) {
                    guard let instance = generator.next() else { break }
                    let failures = schema.failures(of: instance)
                    #expect(failures.isEmpty, "\(contract.name), \(name): \(failures.prefix(3).map(\.description))")
                }
            }
        }
        #expect(compatible + incompatible > 0, "\(name) applies somewhere")
    }

    @Test("a lower class, another key or a lost subject breaks although the schema does not")
    func promises() throws {
        let contract = try #require(try RepositoryTree.contracts().newest("medical-visit"))
        let text = String(decoding: RepositoryTree.tree[contract.file] ?? [], as: UTF8.self)
        func changes(_ old: String, _ new: String) throws -> [SchemaChange] {
            #expect(text.contains(old))
            let proposed = try JSONValue(parsing: text.replacing(old, with: new))
            return ContractDiff.check(proposed, against: contract.document, level: .backward).breaking.map(\.finding.change)
        }
        #expect(try changes("\"x-key\": [[\"/person/personRef\"], [\"/visitId\"]]", "\"x-key\": [[\"/visitId\"]]") == [.keyChanged])
        #expect(try changes("\"x-subject\": [\"/person/personRef\"]", "\"x-subject\": []") == [.subjectRemoved])
        #expect(try changes(
            "\"x-title-en\": \"Department\", \"x-dataClass\": \"sensitive\"",
            "\"x-title-en\": \"Department\", \"x-dataClass\": \"public\"") == [.dataClassLowered])
        #expect(try changes("\"x-title-en\": \"Department\"", "\"x-title-en\": \"Ward\"") == [])
    }
}

// The layers of the package, held to the sources: a file imports only what its target's place allows.
import Foundation
import Testing

@Suite struct LayerTests {
    /// The layers as Package.swift declares them, lowest first.
    static func declaredTargets() throws -> [(name: String, imports: Set<String>)] {
        let manifest = try String(contentsOf: Tree.root.appending(path: "Package.swift"), encoding: .utf8)
        let start = try #require(manifest.range(of: "let layers"))
        let end = try #require(manifest.range(of: "let package"))
        let text = String(manifest[start.upperBound..<end.lowerBound])
        let quoted = /"([A-Za-z]+)"/
        let entry = /\(\s*"([A-Za-z]+)",\s*\[([^\]]*)\]/
        return text.matches(of: entry).map { match in
            (String(match.1), Set(String(match.2).matches(of: quoted).map { String($0.1) }))
        }
    }

    @Test func everyTargetImportsOnlyWhatStandsBelowOrLeftOfIt() throws {
        let targets = try Self.declaredTargets()
        #expect(targets.count >= 19)
        var earlier: Set<String> = ["CRdKafka", "COpenSSL", "CEpoll"]
        for target in targets {
            #expect(target.imports.subtracting(earlier).isEmpty, "\(target.name) depends upwards")
            earlier.insert(target.name)
        }
    }

    @Test func everyImportInTheSourcesIsDeclared() throws {
        let targets = try Self.declaredTargets()
        let ours = Set(targets.map(\.name)).union(["CRdKafka", "COpenSSL", "CEpoll"])
        for target in targets {
            for file in try Tree.swiftFiles(below: "Sources/\(target.name)") {
                for imported in file.imports where ours.contains(imported) {
                    #expect(target.imports.contains(imported), "\(file.path) imports \(imported), which Package.swift does not allow it")
                }
            }
        }
    }

    @Test func thePureDomainKnowsNoFoundation() throws {
        let pure = ["Bytes", "JSON", "Records", "KafkaWire", "ContractRegistry", "Mapping", "Consent", "Routing", "Audit", "Models"]
        for target in pure {
            for file in try Tree.swiftFiles(below: "Sources/\(target)") {
                #expect(!file.imports.contains("Foundation"), "\(file.path) imports Foundation")
            }
        }
    }
}

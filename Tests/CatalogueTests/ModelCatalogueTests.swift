// Sweeps the models: each reads only fields that its contract has and its route releases, and the 42 heads are whole.

import JSON
import Models
import Records
import Testing

@Suite struct ModelCatalogueTests {
    @Test func thereAre42HeadsInOrderWithTitlesAndOwners() {
        #expect(ModelCatalogue.heads.map(\.number) == Array(1...42))
        for head in ModelCatalogue.heads {
            #expect(!head.title.vietnamese.isEmpty && !head.title.english.isEmpty && !head.leads.isEmpty)
        }
    }

    @Test func theRegistryHasEachModelOnceWithOnePrimaryIndicator() {
        let specs = ModelRegistry.models.map { $0.spec }
        #expect(specs.map(\.head.number) == Array(Set(specs.map(\.head.number))).sorted())
        for spec in specs {
            #expect(spec.indicators.count { $0.role == .primary } == 1, "\(spec.head.group)")
            #expect(spec.indicators.count { $0.role == .openErrors } == 1, "\(spec.head.group)")
            #expect(Set(spec.indicators.map(\.name)).count == spec.indicators.count)
        }
    }

    @Test func everyRouteReleasesWhatItsModelReads() throws {
        for spec in ModelRegistry.models.map({ $0.spec }) {
            guard let bytes = RepositoryTree.tree["Routes/\(spec.head.group).route.json"] else {
                print("skipped: no Routes/\(spec.head.group).route.json")
                continue
            }
            let routes = try JSONValue(parsing: bytes)["routes"]?.arrayValue ?? []
            for input in spec.inputs {
                let released = routes.filter { $0["contract"]?.stringValue == input.contract }
                    .flatMap { $0["release"]?.arrayValue ?? [] }.compactMap(\.stringValue)
                for pointer in input.pointers where !Self.withoutFeed.contains(pointer) {
                    let isReleased = released.contains {
                        pointer == $0 || pointer.hasPrefix($0 + "/") || $0.hasPrefix(pointer + "/")
                    }
                    #expect(isReleased, "\(spec.head.group) reads \(pointer) of \(input.contract)")
                }
            }
        }
    }

    /// Read for the day when a feed has them; no contract has them yet.
    static let withoutFeed: Set<String> = ["/cardCheck/resultCode"]
}

import JSON
import Mapping
import Records
import Testing

@Suite("Every adapter of the repository")
struct AdapterCatalogueTests {
    @Test("compiles, and its cases all pass")
    func casesPass() throws {
        let set = try RepositoryTree.adapters()
        #expect(set.adapters.count >= 9)
        for adapter in set.adapters {
            let cases = try AdapterCases(of: adapter, tree: RepositoryTree.tree)
            for result in cases.run(adapter, tree: RepositoryTree.tree, key: set.key) {
                #expect(
                    result.isPassed, "\(adapter.file): \(result.name): \(result.differences.joined(separator: "; "))")
            }
        }
    }

    @Test("satisfies the schema of adapter files, and its cases that of cases files")
    func filesSatisfyMetaSchemas() throws {
        let tree = RepositoryTree.tree
        for (suffix, meta) in [(".adapter.json", "adapter"), (".cases.json", "cases")] {
            let schema = try CompiledSchema(bytes: tree["Contracts/meta/\(meta).schema.json"] ?? [])
            for path in tree.paths(under: "Adapters", suffix: suffix) {
                let failures = schema.failures(of: try JSONValue(parsing: tree[path] ?? []))
                #expect(failures.isEmpty, "\(path): \(failures.prefix(3).map(\.description))")
            }
        }
    }

    @Test("has a case for a good record and one for a rejection")
    func casesCoverBothWays() throws {
        let tree = RepositoryTree.tree
        for path in tree.paths(under: "Adapters", suffix: ".cases.json") {
            let cases = try JSONValue(parsing: tree[path] ?? []).arrayValue ?? []
            #expect(cases.contains { $0["expect"]?["events"] != nil }, "\(path)")
            #expect(cases.contains { $0["expect"]?["rejections"] != nil }, "\(path)")
        }
    }

    @Test("is told of a broken case: the runner can fail")
    func brokenCaseFails() throws {
        var tree = RepositoryTree.tree
        let set = try RepositoryTree.adapters()
        let index = try #require(set.index(agency: "office", feed: "reference-unit"))
        let adapter = set.adapters[index]
        let text = """
            [{"name": "wrong", "input": {"text": "x"}, "expect": {"rejections": [{"code": "csv.quote", "place": ""}]}},
             {"name": "wrong too", "input": {"txt": "x"}, "expect": {}}]
            """
        tree.files["Adapters/office/reference-unit.cases.json"] = Array(text.utf8)
        let results = try AdapterCases(of: adapter, tree: tree).run(adapter, tree: tree, key: set.key)
        #expect(results.map(\.isPassed) == [false, false])
    }
}

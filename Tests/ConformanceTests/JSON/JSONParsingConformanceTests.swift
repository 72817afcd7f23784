// RFC 8259 over the JSONTestSuite, and our own hostile documents.

import JSON
import Testing

@Suite struct JSONParsingConformanceTests {
    private func isAccepted(_ bytes: [UInt8]) -> Bool {
        var tape = JSONTape()
        do {
            try tape.parse(bytes.span)
            return true
        } catch {
            return false
        }
    }

    /// The decisions on what RFC 8259 leaves open, as Docs/json.md lists them: whether a document is accepted.
    private func decisions() -> [String: Bool] {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        while let last = parts.last, last != "Tests" { parts.removeLast() }
        let path = parts.dropLast().joined(separator: "/") + "/Docs/json.md"
        var decisions: [String: Bool] = [:]
        for line in String(decoding: SharedSuites.read(path), as: UTF8.self).split(separator: "\n") {
            let cells = line.split(separator: "|").map { $0.filter { $0 != " " && $0 != "`" } }
            guard cells.count == 3, cells[0].hasPrefix("i_") else { continue }
            decisions[cells[0] + ".json"] = cells[1] == "accepted"
        }
        return decisions
    }

    @Test func `Every file of the parsing suite gets its verdict`() {
        guard let folder = SharedSuites.folder("json-parsing") else { return }
        let files = SharedSuites.files(folder + "/test_parsing", suffix: ".json")
        #expect(files.count > 150)
        let decisions = decisions()
        #expect(decisions.count == 35)
        for (name, bytes) in files {
            // Ours is the stricter rule of the two RFC 8259 §4 leaves open: a key may come once.
            if name.hasPrefix("y_object_duplicated_key") {
                #expect(!isAccepted(bytes), "\(name)")
                #expect(throws: Never.self) {
                    _ = try JSONValue(parsing: bytes, limits: JSONLimits(refusesDuplicateKeys: false))
                }
                continue
            }
            let expected = name.hasPrefix("i_") ? decisions[name] : name.hasPrefix("y_")
            #expect(isAccepted(bytes) == expected, "\(name)")
        }
    }

    @Test func `Every hostile document is accepted or refused as its manifest says`() throws {
        guard let folder = SharedSuites.folder("json-attacks") else { return }
        let manifest = try JSONValue(parsing: SharedSuites.read(folder + "/manifest.json"))
        let entries = try #require(manifest.objectValue)
        #expect(entries.count > 20)
        for entry in entries {
            let bytes = SharedSuites.read(folder + "/" + entry.name + ".json")
            switch entry.value["expect"]?.stringValue {
            case "accept": #expect(isAccepted(bytes), "\(entry.name)")
            case "reject": #expect(!isAccepted(bytes), "\(entry.name)")
            default: _ = isAccepted(bytes)
            }
        }
    }
}

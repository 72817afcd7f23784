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

    /// `i_` files leave the choice open. Ours: numbers of any size are kept as written; text that is not UTF-8,
    /// lone surrogates and byte order marks are refused.
    private func acceptsImplementationDefined(_ name: String) -> Bool { name.hasPrefix("i_number") }

    @Test func `Every file of the parsing suite gets its verdict`() {
        guard let folder = SharedSuites.folder("json-parsing") else { return }
        let files = SharedSuites.files(folder + "/test_parsing", suffix: ".json")
        #expect(files.count > 150)
        for (name, bytes) in files {
            // Ours is the stricter rule of the two RFC 8259 §4 leaves open: a key may come once.
            if name.hasPrefix("y_object_duplicated_key") {
                #expect(!isAccepted(bytes), "\(name)")
                #expect(throws: Never.self) {
                    _ = try JSONValue(parsing: bytes, limits: JSONLimits(refusesDuplicateKeys: false))
                }
                continue
            }
            let expected = name.hasPrefix("y_") || name.hasPrefix("i_") && acceptsImplementationDefined(name)
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

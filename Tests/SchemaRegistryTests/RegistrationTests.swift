import JSON
import Testing

@testable import SchemaRegistry

/// A registry whose records are applied as they are stored.
struct RegistryBench {
    var registry = SchemaRegistry(clusterId: "test")
    /// What `_schemas` would hold.
    var stored: [RegistryRecord] = []

    mutating func ask(
        _ method: String, _ path: String, query: [String: String] = [:], body: JSONValue? = nil
    ) throws(RegistryFailure) -> JSONValue {
        let request = RegistryRequest(
            method: method, segments: path.split(separator: "/").map(String.init), query: query,
            body: body?.write() ?? [])
        switch try registry.handle(request) {
        case .answer(let value): return value
        case .text(let text): return .string(text)
        case .store(let records, let answer):
            for record in records {
                // What is read back from the topic is what counts.
                let read = RegistryRecord(key: record.key, value: record.value)
                #expect(read == record)
                registry.state.apply(read)
                stored.append(read)
            }
            return answer
        }
    }

    mutating func register(_ subject: String, _ schema: JSONValue, references: JSONValue = []) throws(RegistryFailure) -> Int {
        let body: JSONValue = ["schemaType": "JSON", "schema": .string(String(decoding: schema.write(), as: UTF8.self)), "references": references]
        return try ask("POST", "subjects/\(subject)/versions", body: body)["id"]?.intValue ?? -1
    }

    /// The code of the failure; nil where there is none.
    mutating func code(_ method: String, _ path: String, query: [String: String] = [:], body: JSONValue? = nil) -> Int? {
        do throws(RegistryFailure) {
            _ = try ask(method, path, query: query, body: body)
            return nil
        } catch {
            return error.code
        }
    }
}

@Suite struct RegistrationTests {
    private let text: JSONValue = ["type": "object", "properties": ["a": ["type": "string"]], "additionalProperties": false]
    private let wider: JSONValue = [
        "type": "object", "properties": ["a": ["type": "string"], "b": ["type": "integer"]], "additionalProperties": false,
    ]

    @Test func theSameSchemaKeepsItsIdUnderEverySubject() throws {
        var bench = RegistryBench()
        let first = try bench.register("one", text)
        #expect(try bench.register("one", text) == first)
        #expect(try bench.register("two", text) == first)
        #expect(try bench.register("one", wider) == first + 1)
        #expect(try bench.ask("GET", "subjects/one/versions") == [1, 2])
        #expect(try bench.ask("GET", "schemas/ids/\(first)/versions") == [["subject": "one", "version": 1], ["subject": "two", "version": 1]])
        // Registering again stored nothing.
        #expect(bench.stored.count == 3)
    }

    @Test func aNarrowerSchemaIsRefusedWith409AndSaysWhere() throws {
        var bench = RegistryBench()
        _ = try bench.register("s", wider)
        #expect(throws: RegistryFailure.self) { try bench.register("s", text) }
        let body: JSONValue = ["schemaType": "JSON", "schema": .string(String(decoding: text.write(), as: UTF8.self))]
        #expect(bench.code("POST", "subjects/s/versions", body: body) == 409)
        let verdict = try bench.ask("POST", "compatibility/subjects/s/versions/latest", query: ["verbose": "true"], body: body)
        #expect(verdict["is_compatible"] == false)
        #expect(verdict["messages"]?.arrayValue?.isEmpty == false)
        _ = try bench.ask("PUT", "config/s", body: ["compatibility": "none"])
        #expect(try bench.register("s", text) == 2)
    }

    @Test func compatibilityWithTheLatestOfAnUnknownSubjectHolds() throws {
        var bench = RegistryBench()
        let body: JSONValue = ["schemaType": "JSON", "schema": .string(String(decoding: text.write(), as: UTF8.self))]
        #expect(try bench.ask("POST", "compatibility/subjects/new/versions/latest", body: body) == ["is_compatible": true])
        #expect(bench.code("POST", "compatibility/subjects/new/versions/3", body: body) == 40401)
    }

    @Test func deletingIsSoftFirstAndThenForGood() throws {
        var bench = RegistryBench()
        let id = try bench.register("s", text)
        #expect(bench.code("DELETE", "subjects/s", query: ["permanent": "true"]) == 40405)
        #expect(try bench.ask("DELETE", "subjects/s") == [1])
        #expect(bench.code("DELETE", "subjects/s") == 40404)
        #expect(try bench.ask("GET", "subjects") == [])
        #expect(try bench.ask("GET", "subjects", query: ["deleted": "true"]) == ["s"])
        #expect(bench.code("GET", "subjects/s/versions") == 40401)
        // Undelete: registering it again makes the next version under the old id.
        #expect(try bench.register("s", text) == id)
        #expect(try bench.ask("GET", "subjects/s/versions") == [2])
        #expect(try bench.ask("DELETE", "subjects/s/versions/2") == 2)
        #expect(bench.code("DELETE", "subjects/s/versions/2") == 40406)
        #expect(try bench.ask("DELETE", "subjects/s", query: ["permanent": "true"]) == [1, 2])
        #expect(bench.code("GET", "schemas/ids/\(id)") == 40403)
        #expect(try bench.register("s", wider) == id + 1)
    }

    @Test func whatIsReferredToCannotBeDeleted() throws {
        var bench = RegistryBench()
        let inner = try bench.register("inner", ["$id": "urn:test:inner", "type": "string"])
        _ = try bench.register(
            "outer", ["type": "object", "properties": ["x": ["$ref": "urn:test:inner"]]],
            references: [["name": "urn:test:inner", "subject": "inner", "version": 1]])
        #expect(bench.code("DELETE", "subjects/inner") == 42206)
        #expect(try bench.ask("GET", "subjects/inner/versions/1/referencedby") == [.integer(inner + 1)])
        let missing: JSONValue = [["name": "urn:test:none", "subject": "none", "version": 1]]
        #expect(throws: RegistryFailure.self) { try bench.register("other", ["type": "string"], references: missing) }
    }

    @Test(arguments: [
        ("GET", "subjects/none/versions", 40401), ("GET", "subjects/s/versions/9", 40402),
        ("GET", "subjects/s/versions/x", 42202), ("GET", "subjects/s/versions/0", 42202), ("GET", "schemas/ids/77", 40403),
        ("GET", "config/s", 40408), ("GET", "mode/s", 40409), ("GET", "nowhere", 404), ("PATCH", "subjects/s/versions", 405),
    ])
    func whatIsNotThereHasConfluentsCode(method: String, path: String, code: Int) throws {
        var bench = RegistryBench()
        _ = try bench.register("s", text)
        #expect(bench.code(method, path) == code)
    }

    @Test func whatIsNoSchemaIsRefused() throws {
        var bench = RegistryBench()
        for schema in ["", "{", "[1]", #"{"type":12}"#, #"{"$ref":"urn:nowhere"}"#] {
            let body: JSONValue = ["schemaType": "JSON", "schema": .string(schema)]
            #expect(bench.code("POST", "subjects/s/versions", body: body) == 42201, "\(schema)")
        }
        #expect(bench.code("POST", "subjects/s/versions", body: ["schema": "\"string\""]) == 42201)
        #expect(bench.stored.isEmpty)
    }

    @Test func aSubjectInReadOnlyModeTakesNothingNew() throws {
        var bench = RegistryBench()
        _ = try bench.register("s", text)
        _ = try bench.ask("PUT", "mode/s", body: ["mode": "READONLY"])
        let body: JSONValue = ["schemaType": "JSON", "schema": .string(String(decoding: wider.write(), as: UTF8.self))]
        #expect(bench.code("POST", "subjects/s/versions", body: body) == 42205)
        // What is there already is answered, because every producer asks for it when it starts.
        #expect(try bench.register("s", text) == 1)
        #expect(try bench.ask("DELETE", "mode/s") == ["mode": "READONLY"])
        #expect(try bench.register("s", wider) == 2)
    }

    @Test func anImportKeepsIdsAndVersionsOfTheRegistryItCopies() throws {
        var bench = RegistryBench()
        func body(_ schema: JSONValue, id: Int, version: Int) -> JSONValue {
            [
                "schemaType": "JSON", "schema": .string(String(decoding: schema.write(), as: UTF8.self)), "id": .integer(id),
                "version": .integer(version),
            ]
        }
        #expect(bench.code("POST", "subjects/s/versions", body: body(text, id: 70, version: 1)) == 42205)
        _ = try bench.ask("PUT", "mode/s", body: ["mode": "IMPORT"])
        #expect(try bench.ask("POST", "subjects/s/versions", body: body(wider, id: 70, version: 3)) == ["id": 70])
        // An import checks no level: what it copies was checked there.
        #expect(try bench.ask("POST", "subjects/s/versions", body: body(text, id: 71, version: 4)) == ["id": 71])
        #expect(bench.code("POST", "subjects/s/versions", body: body(["type": "string"], id: 70, version: 5)) == 42207)
        #expect(try bench.ask("GET", "subjects/s/versions") == [3, 4])
        _ = try bench.ask("PUT", "mode/s", body: ["mode": "READWRITE"])
        #expect(bench.code("PUT", "mode/s", body: ["mode": "IMPORT"]) == 42205)
        #expect(try bench.ask("PUT", "mode/s", query: ["force": "true"], body: ["mode": "IMPORT"]) == ["mode": "IMPORT"])
        #expect(try bench.register("other", ["type": "integer"]) == 72)
    }

    @Test func schemasOfEarlierDraftsAreComparedByWhatTheyMean() throws {
        var bench = RegistryBench()
        let draft: JSONValue = "http://json-schema.org/draft-07/schema#"
        let first: JSONValue = ["$schema": draft, "type": "array", "items": [["type": "string"]], "additionalItems": false]
        let wider: JSONValue = [
            "$schema": draft, "type": "array", "items": [["type": ["string", "integer"]]], "additionalItems": false,
        ]
        _ = try bench.register("s", first)
        #expect(try bench.register("s", wider) == 2)
        let body: JSONValue = ["schemaType": "JSON", "schema": .string(String(decoding: first.write(), as: UTF8.self))]
        #expect(try bench.ask("POST", "compatibility/subjects/s/versions/2", body: body) == ["is_compatible": false])
        bench.registry.incompatibleCode = 40901
        let narrower: JSONValue = ["$schema": draft, "type": "array", "items": [["type": "integer"]], "additionalItems": false]
        let refused: JSONValue = ["schemaType": "JSON", "schema": .string(String(decoding: narrower.write(), as: UTF8.self))]
        #expect(bench.code("POST", "subjects/s/versions", body: refused) == 40901)
    }

    @Test func aSecondReaderOfTheTopicKnowsTheSame() throws {
        var bench = RegistryBench()
        _ = try bench.register("a", text)
        _ = try bench.register("a", wider)
        _ = try bench.register("b", wider)
        _ = try bench.ask("DELETE", "subjects/a")
        _ = try bench.ask("PUT", "config", body: ["compatibility": "FULL"])
        var second = RegistryBench()
        for record in bench.stored { second.registry.state.apply(record) }
        for path in ["subjects", "schemas", "config", "mode"] {
            #expect(try second.ask("GET", path, query: ["deleted": "true"]) == bench.ask("GET", path, query: ["deleted": "true"]))
        }
        #expect(try second.ask("GET", "config") == ["compatibilityLevel": "FULL"])
    }
}

import ContractRegistry
import JSON
import Records
import Testing

@Suite("Loading contracts")
struct ContractSetTests {
    static let good = """
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:lgsp:contract:thing:v1", "title": "Vật",
         "x-title-en": "Thing", "x-owner": "office", "x-cadence": "daily", "x-retentionDays": 30,
         "x-key": [["/person/personRef"], ["/kind", "/id"]], "x-subject": ["/people/*/personRef"],
         "type": "object", "additionalProperties": false, "required": ["id"], "properties": {
          "id": {"title": "Mã", "x-title-en": "Id", "x-dataClass": "public", "type": "string", "maxLength": 5},
          "kind": {"title": "Loại", "x-title-en": "Kind", "x-dataClass": "public", "enum": ["a", "b"]},
          "person": {"title": "Người", "x-title-en": "Person", "x-dataClass": "personal", "$ref": "#/$defs/person"},
          "people": {"title": "Nhiều người", "x-title-en": "People", "x-dataClass": "personal", "type": "array",
           "items": {"$ref": "#/$defs/person"}}},
         "$defs": {"person": {"type": "object", "additionalProperties": false, "properties": {
          "personRef": {"title": "Mã", "x-title-en": "Reference", "x-dataClass": "sensitive", "type": "string"}}}}}
        """
    static let file = "Contracts/d/thing.v1.schema.json"

    private func load(_ text: String, file: String = file) throws(ConfigurationFaults) -> ContractSet {
        try ContractSet.load(FileTree(files: [file: Array(text.utf8)]))
    }

    private func faults(_ old: String, _ new: String, file: String = file) -> [ConfigurationFault] {
        #expect(Self.good.contains(old))
        do {
            _ = try load(Self.good.replacing(old, with: new), file: file)
            return []
        } catch { return error.faults }
    }

    @Test("gives every field with its class, through references and arrays")
    func fields() throws {
        let contract = try #require(try load(Self.good).contract("thing", major: 1))
        #expect(
            contract.fields.map(\.pointer) == [
                "/id", "/kind", "/person", "/person/personRef", "/people", "/people/*/personRef",
            ])
        #expect(contract.dataClass(of: "/people/*/personRef") == .sensitive)
        #expect(contract.dataClass(of: "/nothing") == nil)
        #expect(contract.fields[0].isRequired && !contract.fields[1].isRequired)
        #expect(contract.keyPointers.map { $0.map(\.description) } == [["/person/personRef"], ["/kind", "/id"]])
        #expect(contract.topic == "contract.thing.v1")
        #expect(contract.fingerprint.count == 32)
    }

    @Test("has another fingerprint for another schema")
    func fingerprints() throws {
        let first = try load(Self.good).contracts[0].fingerprint
        let second = try load(Self.good.replacing("\"maxLength\": 5", with: "\"maxLength\": 6")).contracts[0]
            .fingerprint
        #expect(first != second)
        #expect(try load(Self.good).contracts[0].fingerprint == first)
    }

    @Test("refuses a field without a class, an open object, a wrong key and a wrong name, at their places")
    func refusals() {
        #expect(
            faults("\"x-dataClass\": \"sensitive\", ", "").contains {
                $0.pointer == "/$defs/person/properties/personRef/x-dataClass"
            })
        #expect(faults("\"sensitive\"", "\"secret\"").isEmpty == false)
        #expect(faults("\"x-title-en\": \"Kind\", ", "").map(\.pointer) == ["/properties/kind/x-title-en"])
        #expect(
            faults(
                "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\n  \"personRef\"",
                "{\"type\": \"object\", \"properties\": {\n  \"personRef\""
            ).isEmpty == false)
        #expect(faults("\"/id\"]", "\"/ident\"]").map(\.pointer) == ["/x-key/1"])
        #expect(faults("[\"/people/*/personRef\"]", "[\"people\"]").map(\.pointer) == ["/x-subject/0"])
        #expect(faults("contract:thing:v1", "contract:thing:v2").map(\.pointer) == ["/$id"])
        #expect(faults("\"x-retentionDays\": 30", "\"x-retentionDays\": 0").map(\.pointer) == ["/x-retentionDays"])
        #expect(
            faults("\"items\": {\"$ref\": \"#/$defs/person\"}", "\"items\": {\"$ref\": \"#/$defs/nobody\"}").isEmpty
                == false)
        #expect(faults("\"id\"", "\"id\"", file: "Contracts/thing.json.schema.json").isEmpty == false)
        #expect(faults("\"maxLength\": 5", "\"maxLength\": -5").isEmpty == false)
    }

    @Test("maps failures to the closed list of codes, without the value")
    func rejections() throws {
        let contract = try load(Self.good).contracts[0]
        func rejection(_ text: String) throws -> Rejection? {
            let failures = contract.schema.failures(of: try JSONValue(parsing: text))
            return failures.first.map { contract.rejection(for: $0) }
        }
        #expect(try rejection("{}")?.code == .contractRequired)
        #expect(try rejection("{}")?.place == "/id")
        #expect(try rejection(#"{"id": 5}"#)?.code == .contractType)
        #expect(try rejection(#"{"id": "secret"}"#)?.code == .contractRange)
        #expect(try rejection(#"{"id": "a", "kind": "c"}"#)?.code == .contractEnum)
        #expect(try rejection(#"{"id": "a", "photo": "x"}"#)?.code == .contractUnexpected)
        #expect(try rejection(#"{"id": "a", "photo": "x"}"#)?.place == "/photo")
        let words = String(describing: try rejection(#"{"id": "secret"}"#))
        #expect(!words.contains("secret"))
    }

    @Test("checks examples both ways")
    func examples() throws {
        var tree = FileTree(files: [Self.file: Array(Self.good.utf8)])
        let contract = try ContractSet.load(tree).contracts[0]
        for slug in ["a", "b", "c"] {
            tree.files["Contracts/d/examples/valid/thing.v1.\(slug).json"] = Array("{\"id\": \"1\"}".utf8)
        }
        for slug in ["a", "b", "c", "d", "e"] {
            tree.files["Contracts/d/examples/invalid/thing.v1.required-\(slug).json"] = Array("{}".utf8)
        }
        #expect(contract.checkExamples(tree).faults.isEmpty)
        tree.files["Contracts/d/examples/valid/thing.v1.a.json"] = Array("{}".utf8)
        #expect(contract.checkExamples(tree).faults.count == 1)
        tree.files["Contracts/d/examples/invalid/thing.v1.required-a.json"] = Array("{\"id\": \"1\"}".utf8)
        tree.files["Contracts/d/examples/invalid/thing.v1.required-b.json"] = Array("{\"id\": 1}".utf8)
        tree.files["Contracts/d/examples/invalid/thing.v1.required-c.json"] = nil
        #expect(contract.checkExamples(tree).faults.count == 4)
    }
}

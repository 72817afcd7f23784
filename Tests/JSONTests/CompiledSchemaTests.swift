import JSON
import Testing

@Suite struct CompiledSchemaTests {
    private func schema(_ text: String) throws -> CompiledSchema { try CompiledSchema(bytes: Array(text.utf8)) }

    private func isValid(_ schema: String, _ data: String) throws -> Bool {
        let compiled = try self.schema(schema)
        let value = try JSONValue(parsing: data)
        let verdict = compiled.isValid(value)
        #expect(compiled.failures(of: value).isEmpty == verdict)
        return verdict
    }

    private func refusal(_ text: String) -> SchemaError? {
        do {
            _ = try schema(text)
            return nil
        } catch {
            return error as? SchemaError
        }
    }

    static let verdicts: [(String, String, Bool)] = [
        ("{\"multipleOf\":0.01}", "19.99", true), ("{\"multipleOf\":0.01}", "19.999", false),
        ("{\"multipleOf\":7}", "1e400", false),
        ("{\"multipleOf\":1e-8}", "12391239123", true), ("{\"multipleOf\":5}", "1e400", true),
        ("{\"multipleOf\":3}", "0.0", true),
        ("{\"minimum\":9007199254740993}", "9007199254740992", false),
        ("{\"maximum\":9007199254740992}", "9007199254740993", false),
        ("{\"maximum\":0.1}", "0.10000000000000000000000000000000001", false),
        ("{\"minimum\":-1e-400}", "-1e-401", true),
        ("{\"exclusiveMaximum\":10}", "9.99e0", true), ("{\"exclusiveMaximum\":10}", "100e-1", false),
        ("{\"const\":1}", "1.0", true),
        ("{\"const\":100}", "1e2", true), ("{\"const\":0}", "-0.0e5", true), ("{\"type\":\"integer\"}", "1.50e1", true),
        ("{\"type\":\"integer\"}", "1.5", false), ("{\"type\":\"integer\"}", "1e-1", false),
        ("{\"enum\":[1,\"a\",null]}", "1.0", true),
        ("{\"enum\":[1,\"a\",null]}", "\"\\u0061\"", true),
        ("{\"enum\":[[1,{\"b\":2,\"a\":1}]]}", "[1.0,{\"a\":1,\"b\":2}]", true),
        ("{\"uniqueItems\":true}", "[1,1.0]", false),
        ("{\"uniqueItems\":true}", "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]", false),
        ("{\"uniqueItems\":true}", "[1,\"1\",true,[1],{\"1\":1},null,0,false]", true),
        ("{\"maxLength\":1}", "\"😀\"", true),
        ("{\"maxLength\":2}", "\"\\u1ec5\\n\"", true), ("{\"minLength\":3}", "\"ễ\"", false),
        ("{\"propertyNames\":{\"pattern\":\"^[a-z]+$\",\"maxLength\":2}}", "{\"ab\":1,\"abc\":2}", false),
        ("{\"propertyNames\":{\"enum\":[\"tên\"]}}", "{\"t\\u00ean\":1}", true),
        ("{\"required\":[\"a\",\"b\"],\"properties\":{\"a\":{}}}", "{\"b\":1,\"a\":2}", true),
        ("{\"required\":[\"a\",\"b\"],\"properties\":{\"a\":{}}}", "{\"a\":2,\"c\":1}", false),
    ]

    @Test(arguments: verdicts)
    func `An instance gets its verdict`(_ schema: String, _ data: String, _ expected: Bool) throws {
        #expect(try isValid(schema, data) == expected)
    }

    @Test func `Failures say where and what, and never the value`() throws {
        let schema = try schema(
            """
            {"$id":"urn:test:visit","type":"object","required":["cccd","name"],"additionalProperties":false,
             "properties":{"cccd":{"$ref":"#/$defs/cccd"},"name":{"type":"string"},"list":{"items":{"maximum":3}}},
             "$defs":{"cccd":{"type":"string","pattern":"^[0-9]{12}$"}}}
            """)
        let secret = "S3CRET"
        let failures = schema.failures(of: ["cccd": .string(secret), "list": [1, 9], "a/b": .string(secret)])
        #expect(failures.map(\.instanceLocation) == ["/cccd", "/list/1", "/a~1b", ""])
        #expect(
            failures.map(\.keywordLocation) == [
                "/properties/cccd/$ref/pattern", "/properties/list/items/maximum", "/additionalProperties", "/required",
            ])
        #expect(failures[0].absoluteKeywordLocation == "urn:test:visit#/$defs/cccd/pattern")
        #expect(failures.map(\.keyword) == ["pattern", "maximum", "additionalProperties", "required"])
        #expect(failures[3].property == "name")
        #expect(!failures.contains { $0.description.contains(secret) })
        let output = String(decoding: SchemaOutput.basic(failures).write(), as: UTF8.self)
        #expect(
            output.hasPrefix(
                #"{"valid":false,"errors":[{"valid":false,"keywordLocation":"/properties/cccd/$ref/pattern""#))
        #expect(!output.contains(secret))
    }

    static let refusals: [(String, String)] = [
        (##"{"type":"intger"}"##, "/type"), (##"{"required":"a"}"##, "/required"),
        (##"{"multipleOf":0}"##, "/multipleOf"),
        (##"{"properties":{"a":{"pattern":"("}}}"##, "/properties/a/pattern"),
        (##"{"$ref":"http://127.0.0.1/x"}"##, ""),
        (##"{"$ref":"#/$defs/none"}"##, ""), (##"{"$ref":"#none"}"##, ""), (##"{"$ref":"file:///etc/passwd"}"##, ""),
        (##"{"minLength":-1}"##, "/minLength"), (##"{"allOf":[]}"##, "/allOf"),
        (##"{"$schema":"http://json-schema.org/draft-03/schema#"}"##, ""),
        (##"{"items":3}"##, "/items"), ("[]", ""), (##"{"$ref":"#"}"##, ""),
        (
            ##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"allOf":[{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"}"##,
            "/$defs/a"
        ),
    ]

    @Test(arguments: refusals)
    func `A schema that cannot be used is refused with its place`(_ text: String, _ pointer: String) {
        #expect(refusal(text)?.pointer == pointer)
    }

    @Test func `References reach documents that were passed in and no others`() throws {
        let bytes = Array(#"{"$ref":"https://example.org/contracts/person.json#/$defs/name"}"#.utf8)
        let person = Array(#"{"$defs":{"name":{"type":"string"}}}"#.utf8)
        let schema = try CompiledSchema(bytes: bytes, resources: ["https://example.org/contracts/person.json": person])
        #expect(schema.isValid("Lan"))
        #expect(!schema.isValid(1))
        #expect(throws: SchemaError.self) { try CompiledSchema(bytes: bytes) }
    }

    @Test func `The meta-schema accepts itself and refuses what it should`() throws {
        let schema = try schema(##"{"$ref":"https://json-schema.org/draft/2020-12/schema"}"##)
        #expect(schema.isValid(["type": "object", "properties": ["a": ["minLength": 1]], "x-dataClass": "personal"]))
        #expect(!schema.isValid(["properties": ["a": ["minLength": -1]]]))
        #expect(!schema.isValid(["allOf": [["type": "intger"]]]))
        let meta = try CompiledSchema(document: ["$ref": "https://json-schema.org/draft/2020-12/schema"])
        #expect(meta.failures(of: ["items": ["required": "a"]]).first?.instanceLocation == "/items/required")
    }

    @Test func `An evaluation without end is cut off as invalid`() throws {
        var definitions: [JSONMember] = [JSONMember("d0", ["type": "integer"])]
        for level in 1...40 {
            let inner: JSONValue = ["$ref": .string("#/$defs/d\(level - 1)")]
            definitions.append(JSONMember("d\(level)", ["allOf": [inner, inner]]))
        }
        let document: JSONValue = ["$defs": .object(definitions), "not": ["not": ["$ref": "#/$defs/d40"]]]
        let schema = try CompiledSchema(document: document)
        #expect(!schema.isValid(1))
        #expect(schema.failures(of: 1).last?.message.contains("budget") == true)
    }

    @Test func `A scratch serves schemas and records in turn`() throws {
        let first = try schema(
            ##"{"unevaluatedProperties":false,"anyOf":[{"properties":{"a":true}},{"properties":{"b":true}}]}"##)
        let second = try schema(##"{"uniqueItems":true}"##)
        var tape = JSONTape()
        var scratch = ValidationScratch()
        for (text, isFirst, expected) in [
            (##"{"a":1,"b":2}"##, true, true), (#"[1,2]"#, false, true), (##"{"a":1,"c":2}"##, true, false),
            (#"[1,1]"#, false, false),
            (##"{"b":1}"##, true, true),
        ] {
            let bytes = Array(text.utf8)
            try tape.parse(bytes.span)
            let verdict = (isFirst ? first : second).isValid(JSONView(bytes: bytes.span, tape: tape), scratch: &scratch)
            #expect(verdict == expected, "\(text)")
        }
    }
}

// Each rule of the comparison on the smallest pair that shows it, in both directions.

import ContractRegistry
import JSON
import Testing

@Suite("Rules of schema evolution")
struct SchemaDiffRulesTests {
    /// Old, new, what breaks BACKWARD, what breaks FORWARD.
    static let rows: [(old: String, new: String, backward: [SchemaChange], forward: [SchemaChange])] = [
        (#"{"title": "a", "x-a": 1}"#, #"{"description": "b", "default": 3}"#, [], []),
        (#"{"type": "integer"}"#, #"{"type": "number"}"#, [], [.typeNarrowed]),
        (#"{"type": "integer"}"#, #"{"type": ["integer", "string"]}"#, [], [.typeNarrowed]),
        (#"{"maxLength": 5}"#, #"{"maxLength": 6}"#, [], [.maxLengthLowered]),
        (#"{"minLength": 5}"#, #"{"minLength": 4}"#, [], [.minLengthRaised]),
        (#"{"pattern": "^a"}"#, "{}", [], [.patternChanged]),
        (#"{"format": "date"}"#, "{}", [], [.formatChanged]),
        (#"{"format": "uri"}"#, #"{"format": "iri"}"#, [], [.formatChanged]),
        (#"{"maximum": 9007199254740992}"#, #"{"maximum": 9007199254740993}"#, [], [.maximumLowered]),
        (#"{"minimum": 0.1}"#, #"{"minimum": 1e-1}"#, [], []),
        (#"{"type": "integer", "exclusiveMinimum": 0}"#, #"{"type": "integer", "minimum": 1}"#, [], []),
        (#"{"exclusiveMinimum": 0}"#, #"{"minimum": 0}"#, [], [.minimumRaised]),
        (#"{"multipleOf": 6}"#, #"{"multipleOf": 3}"#, [], [.multipleOfChanged]),
        (#"{"multipleOf": 6}"#, #"{"multipleOf": 4}"#, [.multipleOfChanged], [.multipleOfChanged]),
        (#"{"type": "array", "uniqueItems": true}"#, #"{"type": "array"}"#, [], [.uniqueItemsAdded]),
        (#"{"type": "array", "maxItems": 2}"#, #"{"type": "array", "maxItems": 3}"#, [], [.maxItemsLowered]),
        (#"{"type": "array", "contains": {"type": "integer"}}"#, #"{"type": "array"}"#, [], [.containsChanged]),
        (#"{"enum": ["a", "b"]}"#, #"{"enum": ["a", "b", "c"]}"#, [], [.enumNarrowed]),
        (#"{"const": "a"}"#, #"{"enum": ["a", "b"]}"#, [], [.enumNarrowed]),
        (#"{"enum": [1, 2]}"#, #"{"type": "integer", "minimum": 1}"#, [], [.enumNarrowed]),
        (#"{"enum": [1, 2]}"#, #"{"maximum": 1}"#, [.maximumLowered], [.enumNarrowed]),
        (#"{"oneOf": [{"type": "string"}]}"#, #"{"oneOf": [{"type": "string"}, {"type": "null"}]}"#, [],
         [.alternativesNarrowed]),
        (#"{"oneOf": [{"type": "string"}]}"#, #"{"oneOf": [{"type": "string"}, {"minLength": 2}]}"#,
         [.alternativesOverlap], [.alternativesNarrowed]),
        (#"{"allOf": [{"minLength": 2}, {"maxLength": 5}]}"#, #"{"allOf": [{"maxLength": 5}]}"#, [], [.minLengthRaised]),
        (#"{"not": {"type": "number"}}"#, #"{"not": {"type": "integer"}}"#, [], [.negationExtended]),
        (#"{"not": {"type": "integer"}}"#, #"{"not": {"type": "integer", "minimum": 3}}"#, [], [.negationExtended]),
        (#"{"type": "object", "dependentRequired": {"a": ["b", "c"]}}"#,
         #"{"type": "object", "dependentRequired": {"a": ["b"]}}"#, [], [.dependencyAdded]),
        (#"{"type": "object", "dependencies": {"a": {"required": ["b"]}}}"#, #"{"type": "object"}"#, [],
         [.dependencyAdded]),
        (#"{"type": "object", "properties": {"a": false}, "additionalProperties": false}"#,
         #"{"type": "object", "additionalProperties": false}"#, [], []),
        (#"{"type": "object", "properties": {"a": {}}}"#, #"{"type": "object"}"#, [], []),
        (#"{"type": "object", "propertyNames": {"maxLength": 3}}"#, #"{"type": "object"}"#, [],
         [.propertyNamesNarrowed]),
        (#"{"type": "object", "patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": false}"#,
         #"{"type": "object", "additionalProperties": {"type": "string"}}"#, [], [.additionalPropertiesNarrowed]),
        (#"{"type": "array", "prefixItems": [{"type": "integer"}], "items": false}"#,
         #"{"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": false}"#, [],
         [.itemRemovedFromClosed]),
        (#"{"type": "array", "prefixItems": [{"type": "integer"}]}"#,
         #"{"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}"#, [.itemAddedToOpen], []),
        (#"{"type": "object", "required": ["k"], "properties": {"k": {"const": "x"}, "v": {"type": "string"}}, "allOf": [{"if": {"properties": {"k": {"const": "x"}}}, "then": {"required": ["v"]}}]}"#,
         #"{"type": "object", "required": ["k"], "properties": {"k": {"enum": ["x", "y"]}, "v": {"type": "string"}}, "allOf": [{"if": {"properties": {"k": {"const": "x"}}}, "then": {"required": ["v"]}}]}"#,
         [], [.enumNarrowed]),
        (#"{"if": {"type": "string"}, "then": {"maxLength": 3}}"#, #"{"if": {"type": "string"}, "then": {"maxLength": 4}}"#,
         [], [.conditionChanged]),
        (##"{"$defs": {"t": {"type": "object", "properties": {"next": {"$ref": "#/$defs/t"}}, "additionalProperties": false}}, "$ref": "#/$defs/t"}"##,
         ##"{"$defs": {"u": {"type": "object", "properties": {"next": {"$ref": "#/$defs/u"}, "v": {"type": "string"}}, "additionalProperties": false}}, "$ref": "#/$defs/u"}"##,
         [], [.propertyRemovedFromClosed]),
    ]

    @Test("find exactly what breaks", arguments: rows.indices)
    func rule(_ row: Int) throws {
        let (oldText, newText, backward, forward) = Self.rows[row]
        let old = EarlierDrafts.modernised(try JSONValue(parsing: oldText))
        let new = EarlierDrafts.modernised(try JSONValue(parsing: newText))
        #expect(SchemaDiff.findings(writer: old, reader: new).map(\.change) == backward, "\(oldText) to \(newText)")
        #expect(SchemaDiff.findings(writer: new, reader: old).map(\.change) == forward, "\(newText) to \(oldText)")
        for (writer, reader, expected) in [(old, new, backward), (new, old, forward)] where expected.isEmpty {
            #expect(try Soundness.counterexample(writer: writer, reader: reader, seed: UInt64(row)).counterexample == nil)
        }
    }

    @Test("a required field with a default breaks when strict, not where readers fill it in")
    func requiredWithDefault() throws {
        let old = try JSONValue(parsing: #"{"type": "object", "properties": {}, "additionalProperties": false}"#)
        let new = try JSONValue(
            parsing: #"{"type": "object", "properties": {"b": {"type": "integer", "default": 0}}, "required": ["b"], "additionalProperties": false}"#)
        #expect(SchemaDiff.findings(writer: old, reader: new).map(\.change) == [.requiredWithDefaultAdded])
        #expect(SchemaDiff.findings(writer: old, reader: new, rules: .registry).isEmpty)
    }

    @Test("a finding says where, why and what to do, in one line each")
    func wording() throws {
        let old = try JSONValue(
            parsing: #"{"type": "object", "properties": {"a": {"type": "object", "properties": {"b~/": {"enum": ["x", "y"]}}}}}"#)
        let new = try JSONValue(
            parsing: #"{"type": "object", "properties": {"a": {"type": "object", "properties": {"b~/": {"enum": ["x"]}}}}}"#)
        let findings = SchemaDiff.findings(writer: old, reader: new)
        #expect(findings.map(\.path) == ["#/properties/a/properties/b~0~1/enum"])
        #expect(findings.first?.reason == "\"y\" may come and is not accepted")
        for change in SchemaChange.allCases {
            #expect(!change.fix.isEmpty && !change.fix.contains("\n"), "\(change)")
        }
    }

    @Test("levels look in their direction, and transitive ones at every version")
    func levels() throws {
        let versions = try [#"{"enum": ["a"]}"#, #"{"enum": ["a", "b", "c"]}"#, #"{"enum": ["a", "b"]}"#].map {
            try JSONValue(parsing: $0)
        }
        let next = try JSONValue(parsing: #"{"enum": ["a", "b"]}"#)
        func holds(_ level: CompatibilityLevel, _ proposed: JSONValue = next) -> Bool {
            level.check(proposed, against: versions).isCompatible
        }
        #expect(CompatibilityLevel.allCases.map { holds($0) } == [true, true, false, true, false, true, false])
        let report = CompatibilityLevel.fullTransitive.check(next, against: versions)
        #expect(Set(report.breaking.map(\.version)) == [0, 1])
        #expect(CompatibilityLevel.none.check(.bool(false), against: versions).isCompatible)
        #expect(CompatibilityLevel.backward.check(next, against: []).isCompatible)
        #expect(CompatibilityLevel(name: "full_transitive") == .fullTransitive)
        #expect(CompatibilityLevel(name: "sideways") == nil)
    }

    @Test("recursion, many alternatives and hostile schemas end")
    func limits() throws {
        let loop = try JSONValue(parsing: ##"{"$ref": "#"}"##)
        #expect(!SchemaDiff.findings(writer: try JSONValue(parsing: "{}"), reader: loop).isEmpty)
        var many = #"{"anyOf": [{"type": "string"}]}"#
        for _ in 0..<40 { many = #"{"anyOf": [\#(many), {"not": \#(many.count < 4_000 ? many : "{}")}]}"# }
        let deep = try JSONValue(parsing: many)
        _ = SchemaDiff.findings(writer: .bool(true), reader: deep)
        _ = SchemaDiff.findings(writer: deep, reader: loop)
    }
}

// The meta-schemas of 2020-12, made from a table of keywords and the shapes of their values: so that a schema
// can refer to them, or be checked by them, without a file or a connection.

enum MetaSchema {
    private static let base = "https://json-schema.org/draft/2020-12/"

    /// What a keyword's value must be.
    private enum Shape {
        case schema, schemaArray, schemaMap, patternMap, string, format(String), pattern(String), bool, count, positive
        case number, names, namesMap, any, anyArray, types, vocabularies
    }

    private static let vocabularies: [(name: String, keywords: [(String, Shape)])] = [
        (
            "core",
            [
                ("$id", .pattern("^[^#]*#?$")), ("$schema", .format("uri")), ("$ref", .format("uri-reference")),
                ("$anchor", .pattern("^[A-Za-z_][-A-Za-z0-9._]*$")), ("$dynamicRef", .format("uri-reference")),
                ("$dynamicAnchor", .pattern("^[A-Za-z_][-A-Za-z0-9._]*$")), ("$vocabulary", .vocabularies),
                ("$comment", .string), ("$defs", .schemaMap),
            ]
        ),
        (
            "applicator",
            [
                ("prefixItems", .schemaArray), ("items", .schema), ("contains", .schema),
                ("additionalProperties", .schema), ("properties", .schemaMap), ("patternProperties", .patternMap),
                ("dependentSchemas", .schemaMap), ("propertyNames", .schema), ("if", .schema), ("then", .schema),
                ("else", .schema), ("allOf", .schemaArray), ("anyOf", .schemaArray), ("oneOf", .schemaArray),
                ("not", .schema),
            ]
        ),
        ("unevaluated", [("unevaluatedItems", .schema), ("unevaluatedProperties", .schema)]),
        (
            "validation",
            [
                ("type", .types), ("const", .any), ("enum", .anyArray), ("multipleOf", .positive), ("maximum", .number),
                ("exclusiveMaximum", .number), ("minimum", .number), ("exclusiveMinimum", .number),
                ("maxLength", .count), ("minLength", .count), ("pattern", .format("regex")), ("maxItems", .count),
                ("minItems", .count), ("uniqueItems", .bool), ("maxContains", .count), ("minContains", .count),
                ("maxProperties", .count), ("minProperties", .count), ("required", .names),
                ("dependentRequired", .namesMap),
            ]
        ),
        (
            "meta-data",
            [
                ("title", .string), ("description", .string), ("default", .any), ("deprecated", .bool),
                ("readOnly", .bool), ("writeOnly", .bool), ("examples", .anyArray),
            ]
        ),
        ("format-annotation", [("format", .string)]),
        ("format-assertion", [("format", .string)]),
        ("content", [("contentEncoding", .string), ("contentMediaType", .string), ("contentSchema", .schema)]),
    ]

    /// The meta-schema of that URI, or nil.
    static func document(_ uri: String) -> JSONValue? { documents[uri] }

    private static let documents: [String: JSONValue] = {
        var all: [String: JSONValue] = [base + "schema": schema]
        for vocabulary in vocabularies { all[base + "meta/" + vocabulary.name] = document(vocabulary) }
        return all
    }()

    private static let schema: JSONValue = {
        let used = vocabularies.map(\.name).filter { $0 != "format-assertion" }
        return [
            "$schema": .string(base + "schema"), "$id": .string(base + "schema"),
            "$vocabulary": .object(used.map { JSONMember(base + "vocab/" + $0, true) }), "$dynamicAnchor": "meta",
            "allOf": .array(used.map { ["$ref": .string("meta/" + $0)] }), "type": ["object", "boolean"],
            "properties": [
                "definitions": value(.schemaMap),
                "dependencies": [
                    "type": "object", "additionalProperties": ["anyOf": [value(.schema), value(.names)]],
                ],
            ],
        ]
    }()

    private static func document(_ vocabulary: (name: String, keywords: [(String, Shape)])) -> JSONValue {
        [
            "$schema": .string(base + "schema"), "$id": .string(base + "meta/" + vocabulary.name),
            "$vocabulary": .object([JSONMember(base + "vocab/" + vocabulary.name, true)]), "$dynamicAnchor": "meta",
            "type": ["object", "boolean"],
            "properties": .object(vocabulary.keywords.map { JSONMember($0.0, value($0.1)) }),
        ]
    }

    private static func value(_ shape: Shape) -> JSONValue {
        switch shape {
        case .schema: ["$dynamicRef": "#meta"]
        case .schemaArray: ["type": "array", "minItems": 1, "items": ["$dynamicRef": "#meta"]]
        case .schemaMap: ["type": "object", "additionalProperties": ["$dynamicRef": "#meta"]]
        case .patternMap:
            [
                "type": "object", "additionalProperties": ["$dynamicRef": "#meta"],
                "propertyNames": ["format": "regex"],
            ]
        case .string: ["type": "string"]
        case .format(let name): ["type": "string", "format": .string(name)]
        case .pattern(let pattern): ["type": "string", "pattern": .string(pattern)]
        case .bool: ["type": "boolean"]
        case .count: ["type": "integer", "minimum": 0]
        case .positive: ["type": "number", "exclusiveMinimum": 0]
        case .number: ["type": "number"]
        case .names: ["type": "array", "items": ["type": "string"], "uniqueItems": true]
        case .namesMap: ["type": "object", "additionalProperties": value(.names)]
        case .any: true
        case .anyArray: ["type": "array"]
        case .types:
            [
                "anyOf": [
                    ["enum": typeNames],
                    ["type": "array", "items": ["enum": typeNames], "minItems": 1, "uniqueItems": true],
                ]
            ]
        case .vocabularies:
            ["type": "object", "propertyNames": ["format": "uri"], "additionalProperties": ["type": "boolean"]]
        }
    }

    private static let typeNames: JSONValue = .array(SchemaNode.typeOrder.map { .string($0.name) })
}

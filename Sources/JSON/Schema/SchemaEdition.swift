// The drafts of JSON Schema that a document may be written in. Contracts are 2020-12; what another system registers
// or a contract refers to may be older, and is then read by its own draft's rules, never by another's.

/// A draft that is understood, oldest first. Draft 3 and before are refused.
enum SchemaEdition: Int, Comparable, Sendable {
    case draft4, draft6, draft7, draft2019, draft2020

    static func < (left: SchemaEdition, right: SchemaEdition) -> Bool { left.rawValue < right.rawValue }

    /// The edition whose meta-schema this is; the URI without its fragment.
    static func named(_ uri: String) -> SchemaEdition? {
        switch uri {
        case "http://json-schema.org/draft-04/schema": .draft4
        case "http://json-schema.org/draft-06/schema": .draft6
        case "http://json-schema.org/draft-07/schema": .draft7
        case "https://json-schema.org/draft/2019-09/schema": .draft2019
        case SchemaDialect.metaSchema: .draft2020
        default: nil
        }
    }

    var identifierKeyword: String { self == .draft4 ? "id" : "$id" }

    /// Up to draft 7 nothing beside `$ref` means anything, not even an identifier.
    var referenceStandsAlone: Bool { self <= .draft7 }

    /// Whether the draft gives the keyword a meaning; those it does not know are annotations.
    func knows(_ keyword: String) -> Bool {
        switch keyword {
        case "$dynamicRef", "$dynamicAnchor", "prefixItems": self >= .draft2020
        case "$recursiveRef", "$recursiveAnchor": self == .draft2019
        case "additionalItems": self <= .draft2019
        case "$anchor", "$defs", "$vocabulary", "dependentRequired", "dependentSchemas", "minContains", "maxContains",
            "unevaluatedItems", "unevaluatedProperties", "contentSchema", "deprecated":
            self >= .draft2019
        case "if", "then", "else", "contentEncoding", "contentMediaType", "$comment", "readOnly", "writeOnly":
            self >= .draft7
        case "const", "contains", "propertyNames", "$id": self >= .draft6
        case "id": self == .draft4
        default: true
        }
    }

    /// The keywords of a schema that count in this draft.
    func keywords(of members: [JSONMember]) -> [JSONMember] {
        if referenceStandsAlone, let reference = members.first(where: { $0.name == "$ref" }),
            reference.value.stringValue != nil
        {
            return [reference]
        }
        return members.filter { knows($0.name) }
    }
}

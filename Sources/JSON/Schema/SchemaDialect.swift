// Which keywords mean something: a resource's `$schema`, and the `$vocabulary` of a meta-schema of one's own.

struct SchemaDialect: Sendable {
    var edition = SchemaEdition.draft2020
    var validates = true
    var applies = true
    var findsUnevaluated = true
    var assertsFormat: Bool
    /// With the format-assertion vocabulary a format that is not known must not pass in silence (validation §7.2.3).
    var refusesUnknownFormats = false

    static let metaSchema = "https://json-schema.org/draft/2020-12/schema"
    private static let vocabularies = [
        "core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "format-assertion",
        "content",
    ].map { "https://json-schema.org/draft/2020-12/vocab/" + $0 }
        + ["core", "applicator", "validation", "meta-data", "format", "content"]
        .map { "https://json-schema.org/draft/2019-09/vocab/" + $0 } + [domainVocabulary]
    /// This hub's own: formats, data classes and titles (Docs/vocabulary.md).
    static let domainVocabulary = "urn:lgsp:vocab:domain"

    /// The dialect a `$schema` names; `documents` are those passed in.
    static func named(_ uri: String, in index: inout SchemaIndex, at place: SchemaPlace, assertsFormat: Bool)
        throws(SchemaError) -> SchemaDialect
    {
        let name = URIReference.resolve(uri, base: place.resource)
        var dialect = SchemaDialect(assertsFormat: assertsFormat)
        if let edition = SchemaEdition.named(name) {
            dialect.edition = edition
            return dialect
        }
        func fault(_ detail: String) -> SchemaError {
            SchemaError(uri: place.resource, pointer: place.pointer, detail: detail)
        }
        guard try index.load(name), let document = index.resources[name] else {
            throw fault(
                "$schema is \(name); only drafts 4, 6, 7, 2019-09 and 2020-12 and meta-schemas that were passed in are known")
        }
        dialect.edition = index.edition(of: name)
        guard case .object(let members)? = document["$vocabulary"] else { return dialect }
        var used: Set<String> = []
        for member in members {
            if vocabularies.contains(member.name) {
                used.insert(member.name.split(separator: "/").last.map(String.init) ?? "")
                // Before 2020-12 these two keywords were among the applicators, and one vocabulary was for format.
                if member.name.hasSuffix("2019-09/vocab/applicator") { used.insert("unevaluated") }
                if member.name.hasSuffix("2019-09/vocab/format"), member.value.boolValue == true {
                    used.insert("format-assertion")
                }
                continue
            }
            if member.value.boolValue == true { throw fault("the vocabulary \(member.name) is required and not known") }
        }
        dialect.validates = used.contains("validation")
        dialect.applies = used.contains("applicator")
        dialect.findsUnevaluated = used.contains("unevaluated")
        if used.contains("format-assertion") {
            dialect.assertsFormat = true
            dialect.refusesUnknownFormats = dialect.edition == .draft2020
        }
        return dialect
    }
}

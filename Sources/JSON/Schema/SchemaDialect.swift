// Which keywords mean something: a resource's `$schema`, and the `$vocabulary` of a meta-schema of one's own.

struct SchemaDialect: Sendable {
    var validates = true
    var applies = true
    var findsUnevaluated = true
    var assertsFormat: Bool

    static let metaSchema = "https://json-schema.org/draft/2020-12/schema"
    private static let vocabularyPrefix = "https://json-schema.org/draft/2020-12/vocab/"
    private static let vocabularies = [
        "core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "format-assertion",
        "content",
    ]

    /// The dialect a `$schema` names; `documents` are those passed in.
    static func named(_ uri: String, in index: inout SchemaIndex, at place: SchemaPlace, assertsFormat: Bool)
        throws(SchemaError) -> SchemaDialect
    {
        let name = URIReference.resolve(uri, base: place.resource)
        var dialect = SchemaDialect(assertsFormat: assertsFormat)
        if name == metaSchema { return dialect }
        func fault(_ detail: String) -> SchemaError {
            SchemaError(uri: place.resource, pointer: place.pointer, detail: detail)
        }
        guard try index.load(name), let document = index.resources[name] else {
            throw fault("$schema is \(name); only 2020-12 and meta-schemas that were passed in are known")
        }
        guard case .object(let members)? = document["$vocabulary"] else { return dialect }
        var used: Set<String> = []
        for member in members {
            if member.name.hasPrefix(vocabularyPrefix) {
                let short = String(member.name.dropFirst(vocabularyPrefix.count))
                if vocabularies.contains(short) {
                    used.insert(short)
                    continue
                }
            }
            if member.value.boolValue == true { throw fault("the vocabulary \(member.name) is required and not known") }
        }
        dialect.validates = used.contains("validation")
        dialect.applies = used.contains("applicator")
        dialect.findsUnevaluated = used.contains("unevaluated")
        if used.contains("format-assertion") { dialect.assertsFormat = true }
        return dialect
    }
}

// Which schema resources and anchors the documents hold, found once before anything is compiled; and the
// resolution of references against them. Nothing that is not in here can be referred to.

/// A subschema's place: its resource's URI and the pointer within that resource. One subschema has one place,
/// however it is reached.
struct SchemaPlace: Hashable {
    var resource: String
    var pointer: String
}

/// What keyword values hold, so that a walk knows where subschemas are.
enum KeywordShape {
    case schema, schemaArray, schemaOrArray, schemaMap, other

    static func of(_ keyword: String, _ edition: SchemaEdition) -> KeywordShape {
        switch keyword {
        case _ where !edition.knows(keyword): .other
        case "items" where edition < .draft2020: .schemaOrArray
        case "additionalItems": .schema
        case "additionalProperties", "items", "contains", "propertyNames", "not", "if", "then", "else",
            "unevaluatedItems",
            "unevaluatedProperties", "contentSchema":
            .schema
        case "allOf", "anyOf", "oneOf", "prefixItems": .schemaArray
        case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies": .schemaMap
        default: .other
        }
    }
}

struct SchemaIndex {
    private(set) var resources: [String: JSONValue] = [:]
    /// Anchor places by `uri#name`.
    private(set) var anchors: [String: SchemaPlace] = [:]
    /// Places of `$dynamicAnchor`s by `uri#name`.
    private(set) var dynamicAnchors: [String: SchemaPlace] = [:]
    private(set) var values: [SchemaPlace: JSONValue] = [:]
    private let documents: [String: JSONValue]
    /// The `$id` of a document known by another URI.
    private var aliases: [String: String] = [:]
    private var indexed: Set<String> = []

    private var editions: [String: SchemaEdition] = [:]
    /// Of documents that do not say: the edition of the first one added.
    private var defaultEdition: SchemaEdition?

    init(documents: [String: JSONValue]) { self.documents = documents }

    func edition(of resource: String) -> SchemaEdition { editions[resource] ?? defaultEdition ?? .draft2020 }

    /// The edition a resource's root names, also through a meta-schema that was passed in.
    private func edition(_ root: JSONValue, uri: String, inherited: SchemaEdition) -> SchemaEdition {
        guard let schema = root["$schema"]?.stringValue else { return inherited }
        let name = URIReference.resolve(schema, base: uri)
        if let edition = SchemaEdition.named(name) { return edition }
        guard let above = documents[name]?["$schema"]?.stringValue else { return inherited }
        return SchemaEdition.named(URIReference.resolve(above, base: name)) ?? inherited
    }

    /// Indexes a document under the URI it is known by and, where it has one, its `$id`.
    mutating func add(_ document: JSONValue, uri: String) throws(SchemaError) -> SchemaPlace {
        indexed.insert(uri)
        if resources[uri] == nil { resources[uri] = document }
        let edition = edition(document, uri: uri, inherited: defaultEdition ?? .draft2020)
        if defaultEdition == nil { defaultEdition = edition }
        if editions[uri] == nil { editions[uri] = edition }
        let place = try scan(document, SchemaPlace(resource: uri, pointer: ""))
        if place.resource != uri { aliases[uri] = place.resource }
        return place
    }

    /// The place of a value found at `place` by its parent: a resource of its own where it has an `$id`. The root
    /// of a resource is in its place already.
    func canonical(_ value: JSONValue, _ place: SchemaPlace) throws(SchemaError) -> SchemaPlace {
        place.pointer.isEmpty ? place : try identified(value, place)
    }

    private func identified(_ value: JSONValue, _ place: SchemaPlace) throws(SchemaError) -> SchemaPlace {
        let edition = edition(of: place.resource)
        let keyword = edition.identifierKeyword
        guard let id = value[keyword] else { return place }
        if edition.referenceStandsAlone, value["$ref"]?.stringValue != nil { return place }
        guard let text = id.stringValue else {
            // Draft 4 shares its keyword's name with many a property.
            if edition == .draft4 { return place }
            throw fault(place, "\(keyword) must be a string")
        }
        if let fragment = URIReference(text).fragment, !fragment.isEmpty {
            guard edition <= .draft7 else { throw fault(place, "$id must not have a fragment") }
            if text.hasPrefix("#") { return place }
        }
        return SchemaPlace(resource: URIReference.resolve(text, base: place.resource), pointer: "")
    }

    /// As deep as the document, which the parse has limited.
    private mutating func scan(_ value: JSONValue, _ found: SchemaPlace) throws(SchemaError) -> SchemaPlace {
        guard case .object(let members) = value else { return found }
        let place = try identified(value, found)
        if place != found {
            if resources[place.resource] != nil, indexed.contains(place.resource), found.pointer != "" {
                throw fault(found, "another schema has the same $id")
            }
            resources[place.resource] = value
            indexed.insert(place.resource)
            editions[place.resource] = edition(value, uri: place.resource, inherited: edition(of: found.resource))
        }
        let edition = edition(of: place.resource)
        let keywords = edition.keywords(of: members)
        try noteAnchors(keywords, value, place, edition)
        for member in keywords {
            let pointer = place.pointer + JSONPointer(tokens: [Array(member.name.utf8)]).description
            let inner = SchemaPlace(resource: place.resource, pointer: pointer)
            switch (KeywordShape.of(member.name, edition), member.value) {
            case (.schemaArray, .array(let elements)), (.schemaOrArray, .array(let elements)):
                for (position, element) in elements.enumerated() {
                    _ = try scan(element, SchemaPlace(resource: place.resource, pointer: pointer + "/\(position)"))
                }
            case (.schema, _), (.schemaOrArray, _): _ = try scan(member.value, inner)
            case (.schemaMap, .object(let entries)):
                for entry in entries {
                    let name = JSONPointer(tokens: [Array(entry.name.utf8)]).description
                    _ = try scan(entry.value, SchemaPlace(resource: place.resource, pointer: pointer + name))
                }
            default: break
            }
        }
        return place
    }

    private mutating func noteAnchors(
        _ keywords: [JSONMember], _ value: JSONValue, _ place: SchemaPlace, _ edition: SchemaEdition
    ) throws(SchemaError) {
        func note(_ name: String, isDynamic: Bool) throws(SchemaError) {
            let key = place.resource + "#" + name
            if let known = anchors[key], known != place { throw fault(place, "the anchor \(name) is there twice") }
            anchors[key] = place
            values[place] = value
            if isDynamic { dynamicAnchors[key] = place }
        }
        for member in keywords {
            switch member.name {
            case "$anchor", "$dynamicAnchor":
                guard let name = member.value.stringValue else {
                    throw fault(place, "\(member.name) must be a string")
                }
                try note(name, isDynamic: member.name == "$dynamicAnchor")
            // What `$dynamicAnchor` was in 2019-09: one without a name, at a resource's root.
            case "$recursiveAnchor" where member.value.boolValue == true && place.pointer.isEmpty:
                values[place] = value
                dynamicAnchors[place.resource + "#"] = place
            // And what `$anchor` was up to draft 7.
            case "$id", "id":
                guard edition <= .draft7, member.name == edition.identifierKeyword, let text = member.value.stringValue,
                    let name = URIReference(text).fragment, !name.isEmpty
                else { break }
                try note(name, isDynamic: false)
            default: break
            }
        }
    }

    private func fault(_ place: SchemaPlace, _ detail: String) -> SchemaError {
        SchemaError(uri: place.resource, pointer: place.pointer, detail: detail)
    }

    /// Makes a document that was passed in known under its URI; false where there is none.
    mutating func load(_ uri: String) throws(SchemaError) -> Bool {
        if resources[uri] != nil { return true }
        guard let document = documents[uri] ?? MetaSchema.document(uri) else { return false }
        _ = try add(document, uri: uri)
        return true
    }

    /// The subschema a reference names, and whether it names a `$dynamicAnchor`.
    mutating func resolve(_ reference: String, from place: SchemaPlace, keyword: String) throws(SchemaError) -> (
        place: SchemaPlace, value: JSONValue, dynamicName: String?
    ) {
        var uri = URIReference.resolve(reference, base: place.resource)
        let isKnown = try load(uri)
        uri = aliases[uri] ?? uri
        guard isKnown, let root = resources[uri] else {
            throw fault(place, "\(keyword) names \(uri), which was not passed in; nothing is fetched")
        }
        let fragment = URIReference(reference).fragment ?? ""
        guard let decoded = URIReference.decoded(fragment) else {
            throw fault(place, "\(keyword) has a fragment that is not percent-encoded")
        }
        if decoded.isEmpty || decoded[0] == 0x2F {
            let (target, value) = try follow(
                decoded, from: root, at: SchemaPlace(resource: uri, pointer: ""), place, keyword)
            return (target, value, nil)
        }
        let key = uri + "#" + String(decoding: decoded, as: UTF8.self)
        guard let target = anchors[key], let value = values[target] else {
            throw fault(place, "\(keyword) names the anchor \(key), which no schema has")
        }
        return (target, value, dynamicAnchors[key] == nil ? nil : String(decoding: decoded, as: UTF8.self))
    }

    /// Follows a pointer, entering the resources on its way.
    private func follow(
        _ pointer: [UInt8], from root: JSONValue, at start: SchemaPlace, _ referrer: SchemaPlace, _ keyword: String
    ) throws(SchemaError) -> (SchemaPlace, JSONValue) {
        guard let parsed = try? JSONPointer(utf8: pointer) else {
            throw fault(referrer, "\(keyword) has no valid pointer")
        }
        var place = start
        var value = root
        var shape = KeywordShape.schema
        for token in parsed.tokens {
            guard let next = value.resolve(JSONPointer(tokens: [token])) else {
                throw fault(referrer, "\(keyword) points to \(parsed), where there is nothing")
            }
            place.pointer += JSONPointer(tokens: [token]).description
            value = next
            switch shape {
            case .schema:
                shape = KeywordShape.of(String(decoding: token, as: UTF8.self), edition(of: place.resource))
                // One schema or several: which it is, the value says.
                if case .schemaOrArray = shape { shape = value.arrayValue == nil ? .schema : .schemaArray }
            case .schemaArray, .schemaMap, .schemaOrArray: shape = .schema
            case .other: break
            }
            // Below an unknown keyword an "$id" is only data.
            if shape == .schema { place = try canonical(value, place) }
        }
        return (place, value)
    }
}

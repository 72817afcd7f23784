// A schema where it stands in its document, with what comparing needs to know of it: references followed, the
// shapes of earlier drafts read as those of 2020-12, the types it leaves possible.

import JSON

/// A whole document and what its references may reach. Immutable.
final class SchemaDocument: Sendable {
    let root: JSONValue
    let resources: [String: JSONValue]

    init(_ root: JSONValue, resources: [String: JSONValue]) {
        self.root = root
        self.resources = resources
    }

    /// What a reference names; nil where it is not in this document nor among the resources.
    func target(_ reference: String) -> SchemaPlace? {
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let base = String(parts[0])
        let fragment = parts.count > 1 ? String(parts[1]) : ""
        if !base.isEmpty, base != root["$id"]?.stringValue {
            guard let resource = resources[base] else { return nil }
            return SchemaDocument(resource, resources: resources).target("#" + fragment)
        }
        if fragment.isEmpty { return SchemaPlace(root, self, "") }
        if fragment.utf8.first == UInt8(ascii: "/") {
            guard let pointer = try? JSONPointer(fragment), let value = root.resolve(pointer) else { return nil }
            return SchemaPlace(value, self, fragment)
        }
        return anchor(fragment, in: root, pointer: "", depth: 0)
    }

    private func anchor(_ name: String, in value: JSONValue, pointer: String, depth: Int) -> SchemaPlace? {
        guard depth < SchemaComparison.depthMax, let members = value.objectValue else { return nil }
        if value["$anchor"]?.stringValue == name { return SchemaPlace(value, self, pointer) }
        for member in members {
            let place = SchemaPlace.join(pointer, member.name)
            if let found = anchor(name, in: member.value, pointer: place, depth: depth + 1) { return found }
        }
        return nil
    }
}

/// A schema and where it stands.
struct SchemaPlace {
    var value: JSONValue
    var document: SchemaDocument
    /// JSON Pointer in the document.
    var pointer: String
    /// What tells a schema made for a case from the one that stands at its pointer; empty for the latter.
    var variant = ""

    init(_ value: JSONValue, _ document: SchemaDocument, _ pointer: String) {
        self.value = value
        self.document = document
        self.pointer = pointer
    }

    static func join(_ pointer: String, _ token: String) -> String {
        var text = Array(pointer.utf8)
        JSONPointer.appendToken(token.utf8, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    func child(_ keyword: String) -> SchemaPlace? {
        value[keyword].map { SchemaPlace($0, document, SchemaPlace.join(pointer, keyword)) }
    }

    func children(_ keyword: String) -> [SchemaPlace] {
        guard let list = value[keyword]?.arrayValue else { return [] }
        let place = SchemaPlace.join(pointer, keyword)
        return list.enumerated().map { SchemaPlace($1, document, SchemaPlace.join(place, String($0))) }
    }

    /// The members of a map of schemas: `properties` and the like.
    func members(_ keyword: String) -> [(name: String, place: SchemaPlace)] {
        let place = SchemaPlace.join(pointer, keyword)
        return (value[keyword]?.objectValue ?? []).map {
            ($0.name, SchemaPlace($0.value, document, SchemaPlace.join(place, $0.name)))
        }
    }

    func member(_ keyword: String, _ name: String) -> SchemaPlace? {
        guard let found = value[keyword]?[name] else { return nil }
        return SchemaPlace(found, document, SchemaPlace.join(SchemaPlace.join(pointer, keyword), name))
    }

    /// A schema that stands nowhere, made for a part of this one.
    func made(_ members: [JSONMember]) -> SchemaPlace {
        var place = SchemaPlace(.object(members), document, pointer)
        place.variant = String(decoding: place.value.write(), as: UTF8.self)
        return place
    }

    /// This schema without some keywords, one of which applied others: what it says of things unevaluated would
    /// mean more without them, so that goes too.
    func without(_ keywords: String...) -> SchemaPlace {
        let left = (value.objectValue ?? []).filter {
            !keywords.contains($0.name) && !$0.name.hasPrefix("unevaluated")
        }
        return made(left)
    }

    /// The same for two places exactly if they are the same schema.
    var identity: String { "\(ObjectIdentifier(document).hashValue) \(pointer) \(variant)" }

    func strings(_ keyword: String) -> [String] { value[keyword]?.arrayValue?.compactMap(\.stringValue) ?? [] }

    func number(_ keyword: String) -> ExactNumber? { value[keyword]?.numberText.flatMap(ExactNumber.init) }

    /// A count such as `maxLength`, written as 3 or 3.0.
    func count(_ keyword: String) -> Int? { number(keyword)?.integer }

    // MARK: Shapes of earlier drafts

    /// `prefixItems`, or `items` written as a list as before 2020-12.
    var prefixItems: [SchemaPlace] {
        let own = children("prefixItems")
        return own.isEmpty ? children("items") : own
    }

    /// The schema of the items after the prefix; nil where they are free.
    var restItems: SchemaPlace? {
        value["items"]?.arrayValue == nil ? child("items") : child("additionalItems")
    }

    /// As `restItems`; `unevaluatedItems` is the same where nothing else evaluates, `contains` included.
    var itemsAfterPrefix: SchemaPlace? {
        if let rest = restItems { return rest }
        return hasApplicators || value["contains"] != nil ? nil : child("unevaluatedItems")
    }

    /// `dependentRequired`, and lists below `dependencies`.
    var dependentRequired: [(name: String, needs: [String])] {
        (members("dependentRequired") + members("dependencies")).compactMap { name, place in
            place.value.arrayValue.map { (name, $0.compactMap(\.stringValue)) }
        }
    }

    var dependentSchemas: [(name: String, place: SchemaPlace)] {
        members("dependentSchemas") + members("dependencies").filter { $0.place.value.arrayValue == nil }
    }

    /// The schema of properties not listed. `unevaluatedProperties` is the same where nothing else evaluates.
    var restProperties: SchemaPlace? {
        child("additionalProperties") ?? (hasApplicators ? nil : child("unevaluatedProperties"))
    }

    /// Whether properties or items could be evaluated elsewhere than in this object.
    var hasApplicators: Bool {
        ["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "not"].contains {
            value[$0] != nil
        }
    }

    /// Whether anything satisfies it: `true`, or no keyword that asserts.
    var isTrivial: Bool {
        if value.boolValue == true { return true }
        return value.objectValue?.allSatisfy { SchemaEquality.isAnnotation($0.name) } ?? false
    }
}

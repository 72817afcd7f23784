// When two schemas say the same, and when two JSON values are equal as JSON Schema understands it.

import JSON

enum SchemaEquality {
    /// Keywords that assert nothing. Names that start with `x-` are ours and the makers' own remarks.
    static func isAnnotation(_ keyword: String) -> Bool { keyword.hasPrefix("x-") || annotations.contains(keyword) }

    private static let annotations: Set<String> = [
        "$schema", "$id", "$comment", "$anchor", "$dynamicAnchor", "$defs", "definitions", "$vocabulary", "title",
        "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "contentEncoding",
        "contentMediaType", "contentSchema",
    ]
    private static let maps: Set<String> = ["properties", "patternProperties", "dependentSchemas"]
    private static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems"]
    private static let schemas: Set<String> = [
        "items", "additionalItems", "contains", "not", "if", "then", "else", "additionalProperties", "propertyNames",
        "unevaluatedItems", "unevaluatedProperties",
    ]

    /// Whether two schemas assert the same, word for word. With a reference inside, only within equal documents.
    static func isSame(_ left: SchemaPlace, _ right: SchemaPlace) -> Bool {
        guard isSame(left.value, right.value, depth: 0) else { return false }
        if !refers(left.value, depth: 0) { return true }
        return left.document === right.document || left.document.root == right.document.root
    }

    /// Whether every reference inside names one of the document's definitions.
    static func refersToDefinitions(_ value: JSONValue, depth: Int) -> Bool {
        if depth > SchemaComparison.depthMax { return false }
        switch value {
        case .object(let members):
            return members.allSatisfy { member in
                if member.name == "$dynamicRef" { return false }
                if member.name == "$ref" {
                    let target = member.value.stringValue ?? ""
                    return target.hasPrefix("#/$defs/") || target.hasPrefix("#/definitions/")
                }
                return refersToDefinitions(member.value, depth: depth + 1)
            }
        case .array(let elements): return elements.allSatisfy { refersToDefinitions($0, depth: depth + 1) }
        default: return true
        }
    }

    static func refers(_ value: JSONValue, depth: Int) -> Bool {
        if depth > SchemaComparison.depthMax { return true }
        switch value {
        case .object(let members):
            return members.contains {
                $0.name == "$ref" || $0.name == "$dynamicRef" || refers($0.value, depth: depth + 1)
            }
        case .array(let elements): return elements.contains { refers($0, depth: depth + 1) }
        default: return false
        }
    }

    private static func isSame(_ left: JSONValue, _ right: JSONValue, depth: Int) -> Bool {
        guard depth <= SchemaComparison.depthMax else { return false }
        guard let own = left.objectValue, let other = right.objectValue else { return equal(left, right) }
        let ownKeywords = own.filter { !isAnnotation($0.name) }
        guard ownKeywords.count == other.count(where: { !isAnnotation($0.name) }) else { return false }
        return ownKeywords.allSatisfy { member in
            guard let match = right[member.name] else { return false }
            if maps.contains(member.name), let map = member.value.objectValue, map.count == match.objectValue?.count {
                return map.allSatisfy { entry in
                    match[entry.name].map { isSame(entry.value, $0, depth: depth + 1) } ?? false
                }
            }
            if lists.contains(member.name) || schemas.contains(member.name), let list = member.value.arrayValue {
                let others = match.arrayValue ?? []
                return list.count == others.count
                    && zip(list, others).allSatisfy { isSame($0, $1, depth: depth + 1) }
            }
            if schemas.contains(member.name) { return isSame(member.value, match, depth: depth + 1) }
            return equal(member.value, match)
        }
    }

    /// Equality of instances: numbers by value, members in any order.
    static func equal(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)):
            guard let left = ExactNumber(left), let right = ExactNumber(right) else { return false }
            return left == right
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { equal($0, $1) }
        case (.object(let left), .object(let members)):
            return left.count == members.count
                && left.allSatisfy { member in right[member.name].map { equal(member.value, $0) } ?? false }
        default: return left == right
        }
    }
}

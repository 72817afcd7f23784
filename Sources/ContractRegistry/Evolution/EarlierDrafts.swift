// Schemas of drafts 4 to 7 written as 2020-12 has it. Only words change, never what a schema means.

public import JSON

public enum EarlierDrafts {
    /// The schema with `items` lists, `additionalItems`, `dependencies` and the flags of draft 4 rewritten.
    ///
    /// Before 2019-09 everything beside `$ref` was ignored: it is dropped where the document says that it is of
    /// such a draft.
    public static func modernised(_ document: JSONValue) -> JSONValue {
        let draft = document["$schema"]?.stringValue ?? ""
        let isOld = ["draft-04", "draft-06", "draft-07"].contains { draft.contains($0) }
        return schema(document, isOld: isOld, depth: 0)
    }

    private static let maps: Set<String> = ["properties", "patternProperties", "$defs", "definitions"]
    private static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems"]
    private static let single: Set<String> = [
        "not", "if", "then", "else", "additionalProperties", "propertyNames", "contains", "items",
    ]

    private static func schema(_ value: JSONValue, isOld: Bool, depth: Int) -> JSONValue {
        guard depth < SchemaComparison.depthMax, var members = value.objectValue else { return value }
        if isOld, let reference = value["$ref"], reference.stringValue != nil, depth > 0 {
            members = [JSONMember("$ref", reference)]
        }
        var out: [JSONMember] = []
        for member in members {
            let next = depth + 1
            switch member.name {
            case "$schema": out.append(JSONMember("$schema", "https://json-schema.org/draft/2020-12/schema"))
            case "items" where member.value.arrayValue != nil:
                out.append(JSONMember("prefixItems", list(member.value, isOld, next)))
                if let rest = value["additionalItems"] {
                    out.append(JSONMember("items", schema(rest, isOld: isOld, depth: next)))
                }
            case "additionalItems": continue
            case "dependencies": out += dependencies(member.value, isOld, next)
            case "exclusiveMinimum", "exclusiveMaximum":
                guard let flag = member.value.boolValue else {
                    out.append(member)
                    continue
                }
                if flag, let bound = value[member.name == "exclusiveMinimum" ? "minimum" : "maximum"] {
                    out.append(JSONMember(member.name, bound))
                }
            case let name where maps.contains(name):
                out.append(JSONMember(name, map(member.value, isOld, next)))
            case let name where lists.contains(name): out.append(JSONMember(name, list(member.value, isOld, next)))
            case let name where single.contains(name):
                out.append(JSONMember(name, schema(member.value, isOld: isOld, depth: next)))
            default: out.append(member)
            }
        }
        return .object(out)
    }

    private static func map(_ value: JSONValue, _ isOld: Bool, _ depth: Int) -> JSONValue {
        .object((value.objectValue ?? []).map { JSONMember($0.name, schema($0.value, isOld: isOld, depth: depth)) })
    }

    private static func list(_ value: JSONValue, _ isOld: Bool, _ depth: Int) -> JSONValue {
        .array((value.arrayValue ?? []).map { schema($0, isOld: isOld, depth: depth) })
    }

    private static func dependencies(_ value: JSONValue, _ isOld: Bool, _ depth: Int) -> [JSONMember] {
        let members = value.objectValue ?? []
        let lists = members.filter { $0.value.arrayValue != nil }
        let schemas = members.filter { $0.value.arrayValue == nil }
        return (lists.isEmpty ? [] : [JSONMember("dependentRequired", .object(lists))])
            + (schemas.isEmpty ? [] : [JSONMember("dependentSchemas", map(.object(schemas), isOld, depth))])
    }
}

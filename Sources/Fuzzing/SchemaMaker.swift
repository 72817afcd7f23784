// Schemas and instances made of bytes as of dice: few names, few values, so that they meet.

import JSON

struct SchemaMaker {
    private var dice: ArraySlice<UInt8>

    init(_ dice: ArraySlice<UInt8>) { self.dice = dice }

    /// A number under `bound`; 0 once the bytes are used up.
    private mutating func roll(_ bound: Int) -> Int { Int(dice.popFirst() ?? 0) % bound }

    private static let names = ["a", "b", "aa", "tên", "x\"y"]
    private static let texts = ["", "a", "abc", "ễễ", "2024-02-29", "12:00:00Z", "a@b.vn", "::1", "é\n\"", "0123456789ab"]
    private static let numbers = ["0", "1", "-1", "2", "1.5", "1.0", "10", "0.01", "1e2", "9007199254740993", "-0.5"]
    private static let types = ["null", "boolean", "integer", "number", "string", "array", "object"]
    private static let patterns = ["^a", "^[a-z]{2,3}$", "^[0-9]{12}$", "b|c$", "^\\p{L}*$", "^[0-9a-f]{8}$"]
    private static let formats = ["date", "date-time", "time", "email", "ipv6", "uri", "uuid", "regex", "hostname", "duration"]

    private mutating func pick(_ words: [String]) -> JSONValue { .string(words[roll(words.count)]) }
    private mutating func number(_ words: [String] = SchemaMaker.numbers) -> JSONValue {
        (try? JSONValue(parsing: words[roll(words.count)])) ?? 0
    }

    mutating func instance(depth: Int) -> JSONValue {
        switch roll(depth > 0 ? 8 : 5) {
        case 0: return .null
        case 1: return .bool(roll(2) == 0)
        case 2, 3: return number()
        case 4: return pick(SchemaMaker.texts)
        case 5: return .array((0..<roll(5)).map { _ in instance(depth: depth - 1) })
        default:
            var members: [JSONMember] = []
            for name in SchemaMaker.names where roll(2) == 0 { members.append(JSONMember(name, instance(depth: depth - 1))) }
            return .object(members)
        }
    }

    mutating func schema(depth: Int) -> JSONValue {
        if roll(12) == 0 { return .bool(roll(3) != 0) }
        var members: [JSONMember] = []
        for _ in 0...roll(4) {
            let keyword = keyword(depth: depth)
            if !members.contains(where: { $0.name == keyword.name }) { members.append(keyword) }
        }
        return .object(members)
    }

    private mutating func keyword(depth: Int) -> JSONMember {
        switch roll(depth > 0 ? 36 : 18) {
        case 0, 1: return JSONMember("type", pick(SchemaMaker.types))
        case 2: return JSONMember("type", .array([pick(Array(SchemaMaker.types.prefix(3))), pick(Array(SchemaMaker.types.suffix(4)))]))
        case 3: return JSONMember("const", instance(depth: 1))
        case 4: return JSONMember("enum", .array((0...roll(3)).map { _ in instance(depth: 1) }))
        case 5: return JSONMember("minimum", number())
        case 6: return JSONMember("maximum", number())
        case 7: return JSONMember("exclusiveMinimum", number())
        case 8: return JSONMember("exclusiveMaximum", number())
        case 9: return JSONMember("multipleOf", number(["1", "2", "0.5", "0.01"]))
        case 10: return JSONMember("minLength", .integer(roll(4)))
        case 11: return JSONMember("maxLength", .integer(roll(5)))
        case 12: return JSONMember("pattern", pick(SchemaMaker.patterns))
        case 13: return JSONMember("format", pick(SchemaMaker.formats))
        case 14: return JSONMember(["minItems", "maxItems", "minProperties", "maxProperties"][roll(4)], .integer(roll(4)))
        case 15: return JSONMember("uniqueItems", .bool(roll(3) != 0))
        case 16: return JSONMember("required", .array([pick(SchemaMaker.names)]))
        case 17: return JSONMember("dependentRequired", .object([JSONMember(SchemaMaker.names[roll(4)], [pick(SchemaMaker.names)])]))
        default: return applicator(depth: depth - 1)
        }
    }

    private mutating func schemas(_ depth: Int) -> JSONValue { .array((0...roll(3)).map { _ in schema(depth: depth) }) }

    private mutating func applicator(depth: Int) -> JSONMember {
        switch roll(18) {
        case 0, 1, 2, 3: return JSONMember("properties", properties(SchemaMaker.names, depth))
        case 4: return JSONMember("patternProperties", properties(["^a", "b", "ê"], depth))
        case 5: return JSONMember("additionalProperties", schema(depth: depth))
        case 6: return JSONMember("propertyNames", schema(depth: 0))
        case 7: return JSONMember("items", schema(depth: depth))
        case 8: return JSONMember("prefixItems", schemas(depth))
        case 9: return JSONMember("contains", schema(depth: depth))
        case 10: return JSONMember(["minContains", "maxContains"][roll(2)], .integer(roll(3)))
        case 11: return JSONMember(["allOf", "anyOf", "oneOf"][roll(3)], schemas(depth))
        case 12: return JSONMember("not", schema(depth: depth))
        case 13: return JSONMember(["if", "then", "else"][roll(3)], schema(depth: depth))
        case 14: return JSONMember("dependentSchemas", properties(SchemaMaker.names, depth))
        case 15: return JSONMember("unevaluatedProperties", schema(depth: depth))
        case 16: return JSONMember("unevaluatedItems", schema(depth: depth))
        default: return JSONMember("anyOf", schemas(depth))
        }
    }

    private mutating func properties(_ names: [String], _ depth: Int) -> JSONValue {
        var members: [JSONMember] = []
        for name in names where roll(2) == 0 { members.append(JSONMember(name, schema(depth: depth))) }
        return .object(members)
    }
}

// What a schema speaks of: names of properties, listed values, bounds and the values next to them, patterns.
// Instances made from these come close to where schemas differ.

import JSON

struct LiteralPool {
    private(set) var names: [String] = []
    private(set) var values: [JSONValue] = []
    private(set) var patterns: [String] = []

    private static let countMax = 400

    init(_ schemas: [JSONValue]) {
        for schema in schemas { walk(schema, depth: 0) }
    }

    private mutating func walk(_ value: JSONValue, depth: Int) {
        guard depth < SchemaComparison.depthMax, values.count < Self.countMax else { return }
        switch value {
        case .object(let members):
            for member in members {
                note(member)
                walk(member.value, depth: depth + 1)
            }
        case .array(let elements): for element in elements { walk(element, depth: depth + 1) }
        default: return
        }
    }

    private mutating func note(_ member: JSONMember) {
        switch member.name {
        case "properties", "dependentRequired", "dependentSchemas":
            names += (member.value.objectValue ?? []).map(\.name)
        case "required": names += (member.value.arrayValue ?? []).compactMap(\.stringValue)
        case "enum", "examples": values += member.value.arrayValue ?? []
        case "const", "default": values.append(member.value)
        case "pattern": if let pattern = member.value.stringValue { patterns.append(pattern) }
        case "patternProperties": patterns += (member.value.objectValue ?? []).map(\.name)
        case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
            guard let number = member.value.doubleValue, abs(number) < 1e15 else { return }
            let whole = Int(number)
            values += [member.value, .integer(whole - 1), .integer(whole), .integer(whole + 1)]
            values.append(.number("\(whole).5"))
        case "minLength", "maxLength":
            guard let count = member.value.intValue, count < 1_000 else { return }
            for length in [count - 1, count, count + 1] where length >= 0 {
                values.append(.string(String(repeating: "a", count: length)))
            }
        default: return
        }
    }
}

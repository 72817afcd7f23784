// Reads the `when` of a route. An unknown word is refused: a condition half understood would release more
// than its author meant.

import Consent
import JSON

/// The reader of conditions.
struct ConditionReader {
    var collector: FaultCollector
    private var count = 0

    init(collector: FaultCollector) { self.collector = collector }

    mutating func read(_ value: JSONValue, _ place: String, depth: Int) -> Condition? {
        count += 1
        guard depth <= RouteLimits.conditionDepthMax, count <= RouteLimits.conditionCountMax else {
            collector.add(place, "too deep or too many conditions", fix: "simplify the condition")
            return nil
        }
        if value["field"] != nil { return comparison(value, place) }
        guard let members = collector.object(value, place, known: ["not", "all", "any"]) else { return nil }
        guard members.count == 1, let member = members.first else {
            collector.add(
                place, "not one condition", fix: "write {\"field\": …}, {\"not\": …}, {\"all\": […]} or {\"any\": […]}")
            return nil
        }
        let below = "\(place)/\(member.name)"
        if member.name == "not" {
            return read(member.value, below, depth: depth + 1).map { .not($0) }
        }
        var parts: [Condition] = []
        for (number, part) in collector.array(value, member.name, place, countMax: 100).enumerated() {
            if let condition = read(part, "\(below)/\(number)", depth: depth + 1) { parts.append(condition) }
        }
        return member.name == "all" ? .all(parts) : .any(parts)
    }

    private mutating func comparison(_ value: JSONValue, _ place: String) -> Condition? {
        let operators = ["equals", "in", "exists", "before", "after"]
        guard let members = collector.object(value, place, known: ["field"] + operators),
            let field = collector.pointer(value["field"], "\(place)/field")
        else { return nil }
        let given = members.filter { operators.contains($0.name) }
        guard given.count == 1, let test = given.first else {
            collector.add(
                place, "not one comparison", fix: "beside \"field\" write one of \(operators.joined(separator: ", "))")
            return nil
        }
        let below = "\(place)/\(test.name)"
        switch test.name {
        case "equals":
            return literal(test.value, below).map { .equals(field, $0) }
        case "in":
            var values: [ConditionValue] = []
            for (number, one) in collector.array(value, "in", place, countMax: 500).enumerated() {
                if let literal = literal(one, "\(below)/\(number)") { values.append(literal) }
            }
            return .isOneOf(field, values)
        case "exists":
            guard let wanted = test.value.boolValue else {
                collector.add(below, "not true or false", fix: "write true or false")
                return nil
            }
            return .exists(field, wanted)
        default:
            guard let instant = test.value.stringValue.flatMap({ Instant.dateOrDateTime($0) }) else {
                collector.add(below, "not a day or a point in time", fix: "write a date like 2026-01-01")
                return nil
            }
            return test.name == "before" ? .before(field, instant) : .after(field, instant)
        }
    }

    private mutating func literal(_ value: JSONValue, _ place: String) -> ConditionValue? {
        switch value {
        case .string(let text): return .string(text)
        case .bool(let bool): return .bool(bool)
        default:
            if let integer = value.intValue { return .integer(Int64(integer)) }
            collector.add(place, "not a string, a whole number or a boolean", fix: "compare with one of those")
            return nil
        }
    }
}

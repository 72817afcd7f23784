// The specification's output formats flag, basic and detailed (core §12.4). None of them holds a value of the instance,
// whatever its field's data class: locations and what the schema wanted, nothing else.

public enum SchemaOutput {
    /// `{"valid": …}`.
    public static func flag(_ isValid: Bool) -> JSONValue { ["valid": .bool(isValid)] }

    /// `{"valid": …, "errors": […]}`, a unit per failure.
    public static func basic(_ failures: [SchemaFailure]) -> JSONValue {
        var members = [JSONMember("valid", .bool(failures.isEmpty))]
        if !failures.isEmpty {
            let units = failures.map { failure in
                unit(
                    keyword: failure.keywordLocation, instance: failure.instanceLocation,
                    absolute: failure.absoluteKeywordLocation, content: JSONMember("error", .string(failure.message)))
            }
            members.append(JSONMember("errors", .array(units)))
        }
        return .object(members)
    }

    /// As the schema is nested: a unit for each schema applied on the way to a failure, but one with a single unit
    /// below it gives its place to that (core §12.4.3).
    public static func detailed(_ failures: [SchemaFailure]) -> JSONValue {
        if failures.isEmpty { return flag(true) }
        return nested(failures[...], depth: 0, keywordLength: 0, instanceLength: 0)
    }

    /// The failures below the schema that was applied at `depth` of their trails, all of them on the same way so far.
    private static func nested(
        _ failures: ArraySlice<SchemaFailure>, depth: Int, keywordLength: Int, instanceLength: Int
    ) -> JSONValue {
        var units: [JSONValue] = []
        var rest = failures
        while let first = rest.first {
            guard depth < first.trail.count else {
                units.append(
                    unit(
                        keyword: first.keywordLocation, instance: first.instanceLocation,
                        absolute: first.absoluteKeywordLocation, content: JSONMember("error", .string(first.message))))
                rest = rest.dropFirst()
                continue
            }
            let mark = first.trail[depth]
            let isBelow = { (other: SchemaFailure) in
                depth < other.trail.count && other.trail[depth] == mark
                    && other.keywordLocation.utf8.prefix(mark.keywordLength)
                        .elementsEqual(first.keywordLocation.utf8.prefix(mark.keywordLength))
                    && other.instanceLocation.utf8.prefix(mark.instanceLength)
                        .elementsEqual(first.instanceLocation.utf8.prefix(mark.instanceLength))
            }
            let below = rest.prefix(while: isBelow)
            units.append(
                nested(
                    below, depth: depth + 1, keywordLength: mark.keywordLength, instanceLength: mark.instanceLength))
            rest = rest.dropFirst(below.count)
        }
        if units.count == 1, depth > 0 { return units[0] }
        let sample = failures.first
        return unit(
            keyword: String(decoding: (sample?.keywordLocation ?? "").utf8.prefix(keywordLength), as: UTF8.self),
            instance: String(decoding: (sample?.instanceLocation ?? "").utf8.prefix(instanceLength), as: UTF8.self),
            absolute: nil, content: JSONMember("errors", .array(units)))
    }

    private static func unit(keyword: String, instance: String, absolute: String?, content: JSONMember) -> JSONValue {
        var unit: [JSONMember] = [
            JSONMember("valid", false), JSONMember("keywordLocation", .string(keyword)),
            JSONMember("instanceLocation", .string(instance)),
        ]
        if let absolute { unit.append(JSONMember("absoluteKeywordLocation", .string(absolute))) }
        return .object(unit + [content])
    }
}

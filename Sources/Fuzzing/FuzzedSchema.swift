// Schemas and instances. Byte 0 chooses: a schema's text, a line end and an instance's text; or both put together from
// the bytes as from dice, which gets further. The verdict, the failures, every output format and the schema behind a
// reference must agree.

import JSON

enum FuzzedSchema {
    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        if first & 1 == 0 {
            let rest = input.dropFirst()
            let split = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            guard let schema = try? JSONValue(parsing: Array(rest[..<split])) else { return }
            let instance = (try? JSONValue(parsing: Array(rest[split...].dropFirst()))) ?? ["a": 1]
            check(schema, instance, wrapper: nil)
        } else {
            var maker = SchemaMaker(input.dropFirst())
            let schema = maker.schema(depth: 4)
            for number in 0..<3 { check(schema, maker.instance(depth: 4), wrapper: Int(input[0] >> 1) + number) }
        }
    }

    private static let options = {
        var limits = SchemaLimits()
        limits.stepsMax = 20_000
        limits.pattern.instructionsMax = 400
        return SchemaOptions(assertsFormat: true, limits: limits)
    }()

    /// - Parameter wrapper: behind which keyword the schema must say the same; nil where its references could change.
    private static func check(_ document: JSONValue, _ instance: JSONValue, wrapper: Int?) {
        guard let schema = try? CompiledSchema(document: document, options: options) else { return }
        let isValid = schema.isValid(instance)
        let failures = schema.failures(of: instance)
        // Collecting takes no shortcuts and may meet the budget where the verdict did not.
        if failures.last?.message.contains("budget") == true { return }
        precondition(!isValid || failures.isEmpty, "valid, and with failures")
        precondition(isValid || !failures.isEmpty, "invalid without a failure")
        for failure in failures {
            guard let pointer = try? JSONPointer(failure.instanceLocation), instance.resolve(pointer) != nil else {
                preconditionFailure("a failure at a place that the instance does not have")
            }
        }
        for output in [SchemaOutput.basic(failures), SchemaOutput.detailed(failures)] {
            precondition(output["valid"]?.boolValue == isValid, "an output says otherwise")
        }
        guard let wrapper else { return }
        let reference: JSONValue = ["$ref": "urn:lgsp:fuzz"]
        let wrappers: [(JSONValue, Bool)] = [
            (reference, isValid), (["allOf": .array([reference, true])], isValid), (["not": reference], !isValid),
            (["anyOf": .array([false, reference])], isValid), (["oneOf": .array([reference, false])], isValid),
            (["if": reference, "else": false], isValid),
        ]
        let (wrapped, expected) = wrappers[wrapper % wrappers.count]
        guard let other = try? CompiledSchema(document: wrapped, resources: ["urn:lgsp:fuzz": document], options: options)
        else { preconditionFailure("a schema cannot be referred to") }
        precondition(other.isValid(instance) == expected, "a schema says otherwise behind a keyword")
    }

    static let seeds: [[UInt8]] =
        [
            #"{"type":"object","properties":{"a":{"pattern":"^[a-z]{2,3}$","minLength":2}},"required":["a"],"$defs":{"x":{}}}"#
                + "\n" + #"{"a":"abc","b":[1,2]}"#,
            ##"{"anyOf":[{"const":1},{"enum":["a",[1]]}],"unevaluatedProperties":false,"multipleOf":0.01,"##
                + ##""$ref":"#/$defs/a","$defs":{"a":true}}"## + "\n[1]",
            #"{"format":"date-time","items":{"format":"ipv6"},"contains":{"not":{}},"uniqueItems":true,"$id":"urn:x:y"}"#
                + "\n[\"::1\",1]",
            ##"{"$dynamicRef":"#n","$defs":{"n":{"$dynamicAnchor":"n","properties":{"a":{"$dynamicRef":"#n"}},"type":"object"}}}"##
                + "\n{\"a\":{\"a\":1}}",
        ].map { [0x20] + Array($0.utf8) }
        + (0..<12).map { number in
            [1] + (1..<160).map { UInt8(truncatingIfNeeded: ($0 * 37 + 11) * (number * 2 + 3)) }
        }
}

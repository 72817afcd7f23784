// What adding and removing a property means, by content model: the whole table, each row both strict and lenient.

import ContractRegistry
import JSON
import Testing

/// An old and a new version that differ by the property `b`.
struct ModelChange: CustomTestStringConvertible {
    var model: String
    var isRequired: Bool
    var isAdded: Bool
    /// `reader`: the new version reads old records (BACKWARD); `writer`: the old reads new ones (FORWARD).
    var side: String
    var strict: Bool
    var lenient: Bool

    var testDescription: String {
        "\(model) \(isRequired ? "required" : "optional") \(isAdded ? "add" : "remove") \(side)"
    }

    func schema(hasProperty: Bool, type: String = "integer") throws -> JSONValue {
        let rest =
            switch model {
            case "closed": ", \"additionalProperties\": false"
            case "partial": ", \"additionalProperties\": {\"type\": \"integer\"}"
            default: ""
            }
        let property = hasProperty ? ", \"b\": {\"type\": \"\(type)\"}" : ""
        let required = hasProperty && isRequired ? ", \"required\": [\"b\"]" : ""
        return try JSONValue(
            parsing: "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"integer\"}\(property)}\(required)\(rest)}")
    }

    func isCompatible(_ rules: DiffRules, type: String = "integer") throws -> Bool {
        let old = try schema(hasProperty: !isAdded, type: type)
        let new = try schema(hasProperty: isAdded, type: type)
        let level: CompatibilityLevel = side == "reader" ? .backward : .forward
        return level.check(new, against: [old], rules: rules).isCompatible
    }
}

@Suite("Content models")
struct ContentModelTableTests {
    /// Model, property, change, side, and what strict and lenient say.
    static let table: [ModelChange] = """
        open    optional add    reader no  yes
        open    optional add    writer yes yes
        open    optional remove reader yes yes
        open    optional remove writer no  yes
        open    required add    reader no  no
        open    required add    writer yes yes
        open    required remove reader yes yes
        open    required remove writer no  no
        closed  optional add    reader yes yes
        closed  optional add    writer no  yes
        closed  optional remove reader no  yes
        closed  optional remove writer yes yes
        closed  required add    reader no  no
        closed  required add    writer no  yes
        closed  required remove reader no  yes
        closed  required remove writer no  no
        partial optional add    reader yes yes
        partial optional add    writer yes yes
        partial optional remove reader yes yes
        partial optional remove writer yes yes
        partial required add    reader no  no
        partial required add    writer yes yes
        partial required remove reader yes yes
        partial required remove writer no  no
        """.split(separator: "\n").map { line in
            let words = line.split(separator: " ").map(String.init)
            return ModelChange(
                model: words[0], isRequired: words[1] == "required", isAdded: words[2] == "add", side: words[3],
                strict: words[4] == "yes", lenient: words[5] == "yes")
        }

    @Test("the table has all 24 combinations once")
    func tableIsWhole() {
        #expect(Self.table.count == 24)
        #expect(Set(Self.table.map(\.testDescription)).count == 24)
    }

    @Test("adding and removing a property is judged as the table says", arguments: table)
    func row(_ change: ModelChange) throws {
        #expect(try change.isCompatible(.strict) == change.strict)
        #expect(try change.isCompatible(.lenient) == change.lenient)
    }

    @Test("a property that a partially open model does not cover breaks, unless lenient", arguments: table.suffix(4))
    func notCovered(_ change: ModelChange) throws {
        #expect(try !ModelChange(
            model: "partial", isRequired: false, isAdded: change.isAdded, side: change.side, strict: false,
            lenient: true
        ).isCompatible(.strict, type: "string"))
        #expect(try ModelChange(
            model: "partial", isRequired: false, isAdded: change.isAdded, side: change.side, strict: false,
            lenient: true
        ).isCompatible(.lenient, type: "string"))
    }

    @Test("whatever strict calls compatible is sound: 200 records of the writer satisfy the reader", arguments: table)
    func soundness(_ change: ModelChange) throws {
        guard change.strict else { return }
        let old = try change.schema(hasProperty: !change.isAdded)
        let new = try change.schema(hasProperty: change.isAdded)
        let (writer, reader) = change.side == "reader" ? (old, new) : (new, old)
        let made = try Soundness.counterexample(writer: writer, reader: reader, seed: 1)
        #expect(made.counterexample == nil)
        #expect(made.count == 200)
    }
}

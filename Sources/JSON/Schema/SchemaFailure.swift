// One thing that does not hold, said without the instance's value: where in the instance, where in the schema,
// and what the schema wanted.

/// A failed keyword. No property holds a value of the instance; `instanceLocation` holds its keys.
public struct SchemaFailure: Sendable, Equatable, CustomStringConvertible {
    /// JSON Pointer into the instance.
    public var instanceLocation: String
    /// JSON Pointer through the schema as evaluated, references included (core §12.3.1).
    public var keywordLocation: String
    /// URI of the keyword in its own resource.
    public var absoluteKeywordLocation: String?
    /// The keyword that failed, such as `required`; for a schema `false` the keyword that applied it.
    public var keyword: String
    /// For `required` and `dependentRequired` the missing property's name, which the schema gives.
    public var property: String?
    public var message: String
    /// For each schema applied on the way: how long both locations were when it was.
    var trail: [TrailMark]

    struct TrailMark: Sendable, Equatable {
        var keywordLength: Int
        var instanceLength: Int
    }

    public var description: String { "\(instanceLocation.isEmpty ? "(root)" : instanceLocation): \(message)" }
}

/// What failed, in numbers: made into a sentence only when failures are collected.
enum FailureReason {
    case neverValid
    case type(UInt8)
    case constant
    case minimum(Int32, Bool)
    case maximum(Int32, Bool)
    case multipleOf
    case least(Int)
    case most(Int)
    case pattern(Int32)
    case format(FormatName)
    case uniqueItems
    case contains(Int)
    case propertyName
    case required([UInt8])
    case dependentRequired([UInt8])
    case anyOf
    case oneOfNone
    case oneOfMany
    case not
}

/// Locations as they grow and shrink, and the failures so far.
struct FailureTrace: Sendable {
    var failures: [SchemaFailure] = []
    var keywordPath: [UInt8] = []
    var instancePath: [UInt8] = []
    /// The keyword that applied the schema at hand.
    var applied = ""
    var trail: [SchemaFailure.TrailMark] = []
}

extension SchemaEvaluator {
    /// Applies a child schema, its place in both locations noted while failures are collected.
    @inline(__always)
    func check(
        _ child: Int32, _ index: Int, _ track: Int, _ scratch: inout ValidationScratch, _ keyword: StaticString,
        _ keywordToken: TraceToken, _ instanceToken: TraceToken
    ) -> Bool {
        if !scratch.isTracing { return evaluate(child, index, track, &scratch) }
        return checkTraced(child, index, track, &scratch, keyword, keywordToken, instanceToken)
    }

    @inline(never)
    private func checkTraced(
        _ child: Int32, _ index: Int, _ track: Int, _ scratch: inout ValidationScratch, _ keyword: StaticString,
        _ keywordToken: TraceToken, _ instanceToken: TraceToken
    ) -> Bool {
        let marks = (scratch.trace.keywordPath.count, scratch.trace.instancePath.count, scratch.trace.applied)
        JSONPointer.appendToken(keyword.description.utf8, to: &scratch.trace.keywordPath)
        append(keywordToken, index, to: &scratch.trace.keywordPath)
        append(instanceToken, index, to: &scratch.trace.instancePath)
        scratch.trace.applied = keyword.description
        scratch.trace.trail.append(
            SchemaFailure.TrailMark(
                keywordLength: scratch.trace.keywordPath.count, instanceLength: scratch.trace.instancePath.count))
        let holds = evaluate(child, index, track, &scratch)
        scratch.trace.keywordPath.removeLast(scratch.trace.keywordPath.count - marks.0)
        scratch.trace.instancePath.removeLast(scratch.trace.instancePath.count - marks.1)
        scratch.trace.applied = marks.2
        scratch.trace.trail.removeLast()
        return holds
    }

    private func append(_ token: TraceToken, _ index: Int, to path: inout [UInt8]) {
        switch token {
        case .none: break
        case .number(let number): JSONPointer.appendToken(String(number).utf8, to: &path)
        case .key:
            var key: [UInt8] = []
            view.appendDecoded(view.entries[index - 1], to: &key)
            JSONPointer.appendToken(key, to: &path)
        case .pattern(let pattern): JSONPointer.appendToken(program.patterns[Int(pattern)].source.utf8, to: &path)
        case .dependency(let place): JSONPointer.appendToken(program.dependencies[Int(place)].name, to: &path)
        }
    }

    /// Notes a failure while they are collected; always false.
    @inline(__always)
    func fail(_ keyword: StaticString, _ reason: FailureReason, _ node: Int32, _ scratch: inout ValidationScratch)
        -> Bool
    {
        if scratch.isTracing { note(keyword.description, reason, node, &scratch) }
        return false
    }

    func failMissing(_ table: MembersTable, _ node: Int32, _ index: Int, _ scratch: inout ValidationScratch) {
        for number in 0..<table.members.count where table.members[number].required == 1 {
            let name = Array(table.names.name(number))
            if view.member(JSONNode(index), name) == nil { note("required", .required(name), node, &scratch) }
        }
    }

    @inline(never)
    private func note(_ keyword: String, _ reason: FailureReason, _ node: Int32, _ scratch: inout ValidationScratch) {
        if scratch.trace.failures.count >= program.limits.failuresMax { return }
        let location = program.locations[Int(program.nodes[Int(node)].location)]
        let suffix = keyword.isEmpty ? "" : "/" + keyword
        var property: String?
        switch reason {
        case .required(let name), .dependentRequired(let name): property = String(decoding: name, as: UTF8.self)
        default: break
        }
        scratch.trace.failures.append(
            SchemaFailure(
                instanceLocation: String(decoding: scratch.trace.instancePath, as: UTF8.self),
                keywordLocation: String(decoding: scratch.trace.keywordPath, as: UTF8.self) + suffix,
                absoluteKeywordLocation: location.resource + "#" + location.pointer + suffix,
                keyword: keyword.isEmpty ? scratch.trace.applied : keyword, property: property,
                message: message(reason, applied: scratch.trace.applied), trail: scratch.trace.trail))
    }

    private func message(_ reason: FailureReason, applied: String) -> String {
        func decimal(_ place: Int32) -> String { String(decoding: program.decimals[Int(place)].text, as: UTF8.self) }
        switch reason {
        case .neverValid:
            return applied == "additionalProperties" || applied == "unevaluatedProperties"
                ? "this property is not allowed" : "nothing is allowed here"
        case .type(let mask): return "must be " + SchemaNode.typeNames(mask).joined(separator: " or ")
        case .constant: return "is none of the values allowed"
        case .minimum(let bound, let exclusive): return "must be \(exclusive ? "over" : "at least") \(decimal(bound))"
        case .maximum(let bound, let exclusive): return "must be \(exclusive ? "under" : "at most") \(decimal(bound))"
        case .multipleOf: return "must be a multiple of what the schema says"
        case .least(let least): return "must have \(least) at least"
        case .most(let most): return "must have \(most) at most"
        case .pattern(let pattern): return "must match the pattern \(program.patterns[Int(pattern)].source)"
        case .format(let name): return "must be written as \(name.rawValue)"
        case .uniqueItems: return "must not have an element twice"
        case .contains(let least): return "must have \(least) or more elements of the kind described"
        case .propertyName: return "has a property whose name is not allowed"
        case .required(let name): return "the property \(String(decoding: name, as: UTF8.self)) is missing"
        case .dependentRequired(let name):
            return "the property \(String(decoding: name, as: UTF8.self)) is missing beside one that needs it"
        case .anyOf: return "matches none of the alternatives"
        case .oneOfNone: return "matches none of the alternatives, of which exactly one must match"
        case .oneOfMany: return "matches more than one of the alternatives"
        case .not: return "matches what is not allowed"
        }
    }
}

extension SchemaNode {
    static let typeOrder: [(name: String, bits: UInt8)] = [
        ("null", 1), ("boolean", 2), ("number", 4 | integerBit), ("integer", integerBit), ("string", 8), ("array", 16),
        ("object", 32),
    ]

    static func typeNames(_ mask: UInt8) -> [String] {
        typeOrder.filter { mask & $0.bits == $0.bits && ($0.name != "integer" || mask & 4 == 0) }.map(\.name)
    }
}

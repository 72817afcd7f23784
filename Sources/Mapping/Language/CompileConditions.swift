// Conditions, comparisons and checks of an adapter file.

import JSON
import Records

extension AdapterCompiler {
    private static let conditionKinds = ["present", "absent", "equals", "in", "all", "any", "not", "compare"]

    /// Compiles a condition: an object with exactly one member.
    mutating func compileCondition(_ value: JSONValue, _ pointer: String, _ scope: Int32) -> Int32 {
        depth += 1
        defer { depth -= 1 }
        guard depth <= AdapterCompiler.depthMax, checkMembers(value, pointer, optional: AdapterCompiler.conditionKinds),
            let member = value.objectValue?.first, value.objectValue?.count == 1
        else {
            fault(pointer, "not a condition", "one of \(AdapterCompiler.conditionKinds.joined(separator: ", "))")
            return condition(.all(ListRange(start: 0, count: 0)))
        }
        let place = child(pointer, member.name)
        switch member.name {
        case "present", "absent":
            guard let source = source(member.value, place, scope) else { break }
            let present = condition(.present(source))
            return member.name == "present" ? present : condition(.not(present))
        case "equals", "in":
            guard let pair = member.value.arrayValue, pair.count == 2,
                let source = source(pair[0], child(place, "0"), scope)
            else { break }
            let texts = pair[1].stringValue.map { [$0] } ?? pair[1].arrayValue?.compactMap(\.stringValue) ?? []
            guard !texts.isEmpty else { break }
            let slices = texts.map { constant($0.utf8) }
            program.texts.append(contentsOf: slices)
            return condition(
                .oneOf(
                    source,
                    texts: ListRange(start: Int32(program.texts.count - slices.count), count: Int32(slices.count))))
        case "all", "any":
            guard let inner = member.value.arrayValue, !inner.isEmpty else { break }
            let indexes = inner.enumerated().map { compileCondition($1, child(place, String($0)), scope) }
            let range = operands(indexes)
            return condition(member.name == "all" ? .all(range) : .any(range))
        case "not": return condition(.not(compileCondition(member.value, place, scope)))
        default:
            guard let triple = member.value.arrayValue, triple.count == 3,
                let comparison = triple[1].stringValue.flatMap(Comparison.init)
            else { break }
            let left = compileScalar(triple[0], child(place, "0"), scope)
            let right = compileScalar(triple[2], child(place, "2"), scope)
            return condition(.compare(left, comparison, right))
        }
        fault(
            place, "not a condition's operands",
            "present: path; equals: [path, text]; in: [path, [texts]]; compare: [a, \"<=\", b]")
        return condition(.all(ListRange(start: 0, count: 0)))
    }

    private mutating func condition(_ condition: Condition) -> Int32 {
        program.conditions.append(condition)
        return Int32(program.conditions.count - 1)
    }

    /// A number or a time to compare: a number, or an object with number, instant, days, sum or difference.
    private mutating func compileScalar(_ value: JSONValue, _ pointer: String, _ scope: Int32) -> Int32 {
        depth += 1
        defer { depth -= 1 }
        program.scalars.append(.constant(0))
        let index = program.scalars.count - 1
        guard depth <= AdapterCompiler.depthMax else {
            fault(pointer, "nested too deeply", "at most \(AdapterCompiler.depthMax) levels")
            return Int32(index)
        }
        if let digits = value.numberText {
            var number = NumberText()
            let bytes = Array(digits.utf8)
            guard number.read(bytes.span, NumberStyle()), let scaled = number.tenThousandths else {
                fault(pointer, "not a plain number", "write digits with at most four decimals")
                return Int32(index)
            }
            program.scalars[index] = .constant(scaled)
            return Int32(index)
        }
        if value["number"] != nil {
            if checkMembers(
                value, pointer, required: ["number"], optional: ["decimalSeparator", "thousandsSeparator"]),
                let source = source(value, "number", pointer, scope)
            {
                program.scalars[index] = .number(source, style: numberStyle(value, pointer))
            }
        } else if let kind = ["instant", "days"].first(where: { value[$0] != nil }) {
            if checkMembers(value, pointer, required: [kind]), let date = dateReference(value, kind, pointer, scope) {
                program.scalars[index] = kind == "days" ? .days(date) : .instant(date)
            }
        } else if let kind = ["sum", "difference"].first(where: { value[$0] != nil }) {
            if checkMembers(value, pointer, required: [kind]), let inner = value[kind]?.arrayValue, !inner.isEmpty {
                let place = child(pointer, kind)
                let range = operands(inner.enumerated().map { compileScalar($1, child(place, String($0)), scope) })
                program.scalars[index] = kind == "sum" ? .sum(range) : .difference(range)
            }
        } else {
            fault(pointer, "not a number or time", "a number, or an object with number, instant, days, sum, difference")
        }
        return Int32(index)
    }

    /// The `checks` of an event: what the source format itself promises.
    mutating func compileChecks(_ value: JSONValue?, _ pointer: String, _ scope: Int32) -> ListRange {
        guard let value else { return ListRange(start: 0, count: 0) }
        var checks: [Check] = []
        for (number, entry) in (value.arrayValue ?? []).enumerated() {
            let place = child(pointer, String(number))
            guard
                checkMembers(
                    entry, place, required: ["code", "place", "require"], optional: ["when", "reject", "detail", "fix"]),
                let code = text(entry, "code", place), let stated = text(entry, "place", place)
            else { continue }
            checks.append(
                Check(
                    condition: entry["when"].map { compileCondition($0, child(place, "when"), scope) } ?? -1,
                    requirement: compileCondition(entry["require"] ?? .null, child(place, "require"), scope),
                    code: constant(code.utf8), place: self.place(stated), rejects: flag(entry, "reject", place),
                    detail: text(entry, "detail", place) ?? "the rule \(code) does not hold",
                    fix: text(entry, "fix", place) ?? "correct the record at the source and send it again"))
        }
        if value.arrayValue == nil { fault(pointer, "not a list", "write checks in brackets") }
        program.checks.append(contentsOf: checks)
        return ListRange(start: Int32(program.checks.count - checks.count), count: Int32(checks.count))
    }
}

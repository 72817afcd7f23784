// Alternatives, negation and conditions; and when two schemas have no value in common.

import JSON

extension SchemaComparison {
    mutating func combinations(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        var findings: [SchemaFinding] = []
        let writers = product.conjuncts
        let any = reader.children("anyOf")
        if !any.isEmpty, !any.contains(where: { contains($0, writers) }) {
            findings += finding(
                .alternativesNarrowed, reader, "anyOf", "no alternative accepts all of what may come")
        }
        let one = reader.children("oneOf")
        if !one.isEmpty { findings += exactlyOne(one, writers, reader) }
        if let not = reader.child("not"), !isDisjoint(writers, not) {
            findings += finding(.negationExtended, reader, "not", "what is forbidden may come")
        }
        if reader.value["$dynamicRef"] != nil {
            findings += finding(.notComparable, reader, "$dynamicRef", "what it refers to depends on the place")
        }
        findings += condition(writers, reader)
        return findings
    }

    private mutating func exactlyOne(_ alternatives: [SchemaPlace], _ writers: [SchemaPlace], _ reader: SchemaPlace)
        -> [SchemaFinding]
    {
        var isContained = false
        for (index, alternative) in alternatives.enumerated() where contains(alternative, writers) {
            isContained = true
            let others = alternatives.indices.filter { $0 != index }
            if others.allSatisfy({ isDisjoint(writers, alternatives[$0]) }) { return [] }
        }
        return isContained
            ? finding(.alternativesOverlap, reader, "oneOf", "more than one alternative may accept what comes")
            : finding(.alternativesNarrowed, reader, "oneOf", "no alternative accepts all of what may come")
    }

    private mutating func condition(_ writers: [SchemaPlace], _ reader: SchemaPlace) -> [SchemaFinding] {
        guard let condition = reader.child("if") else { return [] }
        let alike = writers.filter { place in
            place.child("if").map { SchemaEquality.isSame($0, condition) } ?? false
        }
        var findings: [SchemaFinding] = []
        if let then = reader.child("then"), !isDisjoint(writers, condition),
            !contains(then, writers + [condition] + alike.compactMap { $0.child("then") })
        {
            findings += finding(.conditionChanged, then, "", "what meets the condition may come otherwise")
        }
        let contrary = condition.made([JSONMember("not", condition.value)])
        if let otherwise = reader.child("else"), !contains(condition, writers),
            !contains(otherwise, writers + [contrary] + alike.compactMap { $0.child("else") })
        {
            findings += finding(.conditionChanged, otherwise, "", "what misses the condition may come otherwise")
        }
        return findings
    }

    // MARK: Nothing in common

    /// Whether no value satisfies both sides; false also where that cannot be shown.
    mutating func isDisjoint(_ writers: [SchemaPlace], _ other: SchemaPlace) -> Bool {
        guard enterDisjoint() else { return false }
        defer { leaveDisjoint() }
        let own = SchemaProduct(writers)
        let product = SchemaProduct([other])
        let both = SchemaProduct(writers + [other])
        if both.isNever { return true }
        for (side, against) in [(own, product), (product, own)] {
            for place in side.conjuncts {
                guard let forbidden = place.child("not"), !against.conjuncts.isEmpty else { continue }
                if contains(forbidden, against.conjuncts) { return true }
            }
            if let values = side.values, values.count <= 256, !against.conjuncts.isEmpty {
                // An enumeration none of whose values the other side accepts.
                let schemas = against.conjuncts.map { compiled($0) }
                let fits = values.contains { value in
                    schemas.allSatisfy { $0.map { $0.failures(of: value).isEmpty } ?? true }
                }
                if !fits { return true }
            }
        }
        if both.types.isSubset(of: .number), Self.isEmptyRange(both) { return true }
        if both.types == .string, let most = both.least("maxLength"), most < both.greatest("minLength") ?? 0 {
            return true
        }
        if both.types == .object, differInProperty(own, product, both) { return true }
        for keyword in ["anyOf", "oneOf"] {
            for place in product.conjuncts {
                let alternatives = place.children(keyword)
                if !alternatives.isEmpty, alternatives.allSatisfy({ isDisjoint(writers, $0) }) { return true }
            }
        }
        return false
    }

    private static func isEmptyRange(_ product: SchemaProduct) -> Bool {
        guard let least = product.minimum, let most = product.maximum else { return false }
        return least.value > most.value || (least.value == most.value && (least.isExclusive || most.isExclusive))
    }

    /// Whether a property that must be there cannot be what both sides want.
    private mutating func differInProperty(_ own: SchemaProduct, _ other: SchemaProduct, _ both: SchemaProduct) -> Bool {
        for name in both.required.sorted() {
            let left = own.property(name)
            let right = other.property(name)
            if SchemaProduct(left + right).isNever { return true }
            if left.isEmpty || right.isEmpty { continue }
            if right.contains(where: { isDisjoint(left, $0) }) { return true }
        }
        return false
    }
}

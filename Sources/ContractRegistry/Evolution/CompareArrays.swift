// Arrays: how many elements, and what stands at each place.

import JSON

extension SchemaComparison {
    mutating func arrays(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        var findings: [SchemaFinding] = []
        let longest = product.itemsCountMax
        if let least = reader.count("minItems"), least > product.greatest("minItems") ?? 0 {
            findings += finding(.minItemsRaised, reader, "minItems", "lists under \(least) elements may come")
        }
        if let most = reader.count("maxItems"), most < longest ?? Int.max {
            findings += finding(.maxItemsLowered, reader, "maxItems", "lists over \(most) elements may come")
        }
        if reader.value["uniqueItems"]?.boolValue == true, longest ?? Int.max > 1,
            !product.conjuncts.contains(where: { $0.value["uniqueItems"]?.boolValue == true })
        {
            findings += finding(.uniqueItemsAdded, reader, "uniqueItems", "an element may come twice")
        }
        findings += elements(product, reader, longest ?? Int.max)
        findings += containing(product, reader)
        if let rest = reader.child("unevaluatedItems"), rest.value.boolValue != true, reader.value["items"] == nil,
            reader.hasApplicators || reader.value["contains"] != nil
        {
            findings += finding(
                .notComparable, reader, "unevaluatedItems", "what is evaluated elsewhere cannot be compared")
        }
        return findings
    }

    private mutating func elements(_ product: SchemaProduct, _ reader: SchemaPlace, _ longest: Int) -> [SchemaFinding] {
        var findings: [SchemaFinding] = []
        let known = reader.prefixItems
        let own = product.prefixCount
        let rest = reader.itemsAfterPrefix
        for place in 0..<max(known.count, own) {
            if place >= longest { return findings }
            let writers = product.item(place)
            if SchemaProduct(writers).isNever { return findings }
            guard let expected = place < known.count ? known[place] : rest else { continue }
            let found = compareInner(writers, expected)
            if found.isEmpty { continue }
            if place >= own, writers.isEmpty {
                findings += finding(.itemAddedToOpen, expected, "", "elements of any kind may stand there")
            } else if place >= known.count, expected.value.boolValue == false {
                findings += finding(.itemRemovedFromClosed, expected, "", "an element \(place) may come")
            } else {
                findings += found
            }
        }
        guard let rest, longest > max(known.count, own) else { return findings }
        let writers = product.item(nil)
        let found = compareInner(writers, rest)
        if found.isEmpty { return findings }
        if writers.isEmpty || rest.value.boolValue == false {
            return findings + finding(.itemsNarrowed, rest, "", "elements of another kind may follow")
        }
        return findings + found
    }

    private mutating func containing(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        guard let wanted = reader.child("contains") else { return [] }
        let least = reader.count("minContains") ?? 1
        let most = reader.count("maxContains")
        if let most, most < product.itemsCountMax ?? Int.max {
            // At most so many: only the same demand, or a stricter count of the same elements, makes it hold.
            let holds = product.conjuncts.contains { place in
                place.child("contains").map { SchemaEquality.isSame($0, wanted) } == true
                    && place.count("maxContains") ?? Int.max <= most
            }
            if !holds { return finding(.containsChanged, reader, "contains", "more such elements may come") }
        }
        if least == 0 { return [] }
        for place in product.conjuncts {
            guard let own = place.child("contains"), place.count("minContains") ?? 1 >= least else { continue }
            if compareInner([own], wanted).isEmpty { return [] }
        }
        let count = product.greatest("minItems") ?? 0
        if count >= least, (0..<min(count, product.prefixCount + 1)).allSatisfy({ place in
            compareInner(product.item(place), wanted).isEmpty
        }) {
            return []
        }
        return finding(.containsChanged, reader, "contains", "lists without such an element may come")
    }
}

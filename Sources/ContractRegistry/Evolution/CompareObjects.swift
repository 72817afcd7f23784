// Objects: which properties may come, must come, and what stands in them.
//
// A model is closed where no property comes beyond those listed, open where any may, partially open where those
// not listed have a schema. A property added to an open model is dangerous: a record may long have had it, with
// any content.

import JSON

extension SchemaComparison {
    mutating func objects(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        var findings = required(product, reader)
        var names: [String] = reader.members("properties").map(\.name)
        var known = Set(names)
        for place in product.conjuncts {
            for (name, _) in place.members("properties") where known.insert(name).inserted { names.append(name) }
        }
        for name in names { findings += property(name, product, reader) }
        findings += patterns(product, reader)
        findings += otherProperties(product, reader)
        findings += propertyNames(product, reader)
        findings += propertyCounts(product, reader)
        findings += dependencies(product, reader)
        if let rest = reader.child("unevaluatedProperties"), rest.value.boolValue != true, reader.hasApplicators,
            reader.value["additionalProperties"] == nil
        {
            findings += finding(
                .notComparable, reader, "unevaluatedProperties", "what is evaluated elsewhere cannot be compared")
        }
        return findings
    }

    private func required(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        let own = product.required
        return reader.strings("required").filter { !own.contains($0) }.flatMap { name in
            let hasDefault = reader.member("properties", name)?.value["default"] != nil
            let path = reader.member("properties", name) ?? reader
            let reason = "records without \(name) may come"
            return finding(hasDefault ? .requiredWithDefaultAdded : .requiredAdded, path, "", reason)
        }
    }

    private mutating func property(_ name: String, _ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        let writers = product.property(name)
        if SchemaProduct(writers).isNever { return [] }
        let own = reader.member("properties", name)
        var expected = own.map { [$0] } ?? []
        var findings: [SchemaFinding] = []
        for (pattern, schema) in reader.members("patternProperties") {
            switch PatternKnowledge.matches(pattern, name) {
            case true: expected.append(schema)
            case false: break
            case nil: findings += finding(.notComparable, schema, "", "the pattern cannot be run")
            }
        }
        let isRest = expected.isEmpty
        if isRest { expected = reader.restProperties.map { [$0] } ?? [] }
        for place in expected { findings += compareInner(writers, place) }
        if findings.isEmpty { return [] }
        let isListed = product.conjuncts.contains { $0.member("properties", name) != nil }
        if let own, !isListed {
            return writers.isEmpty
                ? finding(.propertyAddedToOpen, own, "", "the model was open: \(name) may come with any content")
                : finding(.propertyAddedNotCovered, own, "", "\(name) may come as other properties were described")
        }
        if isListed, isRest, let place = expected.first {
            return place.value.boolValue == false
                ? finding(.propertyRemovedFromClosed, place, "", "\(name) may come and is not accepted")
                : finding(.propertyRemovedNotCovered, place, "", "\(name) may come and is not described so")
        }
        return findings
    }

    private mutating func patterns(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        var findings: [SchemaFinding] = []
        let expected = reader.members("patternProperties")
        let coversAll = expected.contains { PatternKnowledge.isUniversal($0.name) }
        var known: Set<String> = []
        for place in product.conjuncts {
            for (pattern, schema) in place.members("patternProperties") {
                known.insert(pattern)
                if SchemaProduct([schema]).isNever { continue }
                for (other, wanted) in expected {
                    let found = compareInner([schema], wanted)
                    if found.isEmpty { continue }
                    findings +=
                        other == pattern
                        ? found : finding(.patternPropertiesNarrowed, wanted, "", "names of both patterns may come")
                }
                let isSame = expected.contains { $0.name == pattern }
                if !isSame, !coversAll, let rest = reader.restProperties, !compareInner([schema], rest).isEmpty {
                    findings += finding(.patternPropertiesNarrowed, rest, "", "names like \(pattern) may come")
                }
            }
        }
        if !product.isOpen { return findings }
        for (pattern, wanted) in expected where !known.contains(pattern) {
            if compareInner(product.otherProperties, wanted).isEmpty { continue }
            findings += finding(
                .patternPropertiesNarrowed, wanted, "", "names like this may come with other content")
        }
        return findings
    }

    private mutating func otherProperties(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        guard let rest = reader.restProperties else { return [] }
        if reader.members("patternProperties").contains(where: { PatternKnowledge.isUniversal($0.name) }) { return [] }
        if compareInner(product.otherProperties, rest).isEmpty { return [] }
        return finding(.additionalPropertiesNarrowed, rest, "", "properties that are not listed may come")
    }

    private mutating func propertyNames(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        guard let wanted = reader.child("propertyNames"), !wanted.isTrivial else { return [] }
        let text = reader.made([JSONMember("type", "string")])
        if compareInner(product.conjuncts.compactMap { $0.child("propertyNames") } + [text], wanted).isEmpty {
            return []
        }
        if let names = closedNames(product), let schema = compiled(wanted),
            names.allSatisfy({ schema.failures(of: .string($0)).isEmpty })
        {
            return []
        }
        return finding(.propertyNamesNarrowed, reader, "propertyNames", "properties with other names may come")
    }

    /// Every name that a property can have; nil where there is no end of them.
    private func closedNames(_ product: SchemaProduct) -> [String]? {
        guard let closed = product.conjuncts.first(where: {
            $0.restProperties?.value.boolValue == false && $0.members("patternProperties").isEmpty
        }) else { return nil }
        return closed.members("properties").map(\.name).filter { !SchemaProduct(product.property($0)).isNever }
    }

    private func propertyCounts(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        var findings: [SchemaFinding] = []
        if let least = reader.count("minProperties"),
            least > max(product.greatest("minProperties") ?? 0, product.required.count)
        {
            findings += finding(
                .minPropertiesRaised, reader, "minProperties", "objects under \(least) properties may come")
        }
        if let most = reader.count("maxProperties") {
            let own = [product.least("maxProperties"), closedNames(product)?.count].compactMap { $0 }.min()
            if most < own ?? Int.max {
                findings += finding(
                    .maxPropertiesLowered, reader, "maxProperties", "objects over \(most) properties may come")
            }
        }
        return findings
    }

    private mutating func dependencies(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        var findings: [SchemaFinding] = []
        let required = product.required
        for (name, needs) in reader.dependentRequired {
            if SchemaProduct(product.property(name)).isNever { continue }
            var given = required
            for place in product.conjuncts {
                for own in place.dependentRequired where own.name == name || required.contains(own.name) {
                    given.formUnion(own.needs)
                }
            }
            let missing = needs.filter { $0 != name && !given.contains($0) }
            if missing.isEmpty { continue }
            findings += finding(
                .dependencyAdded, reader, "dependentRequired",
                "\(name) may come without \(missing.joined(separator: ", "))")
        }
        for (name, wanted) in reader.dependentSchemas {
            if SchemaProduct(product.property(name)).isNever { continue }
            var writers = product.conjuncts
            for place in product.conjuncts {
                writers += place.dependentSchemas.filter { $0.name == name }.map(\.place)
            }
            writers.append(reader.made([JSONMember("required", [.string(name)])]))
            findings += compare(writers, wanted).isEmpty
                ? [] : finding(.dependencyAdded, wanted, "", "\(name) may come beside what is not accepted then")
        }
        return findings
    }
}

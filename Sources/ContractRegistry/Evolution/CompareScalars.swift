// Numbers and strings: bounds, steps, patterns and formats.

import JSON

extension SchemaComparison {
    func numbers(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        let isWhole = !product.types.contains(.fraction)
        var findings: [SchemaFinding] = []
        if let bound = SchemaProduct.bound(of: reader, "minimum", "exclusiveMinimum", { $0 > $1 }) {
            let own = product.minimum
            let holds = own.map { Self.isWithin($0, bound, whole: isWhole ? 1 : 0, { $0 > $1 }) } ?? false
            if !holds {
                let keyword = bound.isExclusive ? "exclusiveMinimum" : "minimum"
                findings += finding(.minimumRaised, reader, keyword, "smaller numbers may come")
            }
        }
        if let bound = SchemaProduct.bound(of: reader, "maximum", "exclusiveMaximum", { $0 < $1 }) {
            let own = product.maximum
            let holds = own.map { Self.isWithin($0, bound, whole: isWhole ? -1 : 0, { $0 < $1 }) } ?? false
            if !holds {
                let keyword = bound.isExclusive ? "exclusiveMaximum" : "maximum"
                findings += finding(.maximumLowered, reader, keyword, "greater numbers may come")
            }
        }
        if let step = reader.number("multipleOf") {
            let own = product.conjuncts.compactMap { $0.number("multipleOf") } + (isWhole ? [Self.one] : [])
            if !own.contains(where: { $0.isMultiple(of: step) }) {
                findings += finding(.multipleOfChanged, reader, "multipleOf", "numbers between the steps may come")
            }
        }
        return findings
    }

    private static let one = ExactNumber(1)

    /// Whether one bound lies within another. Whole numbers beyond 4 are those from 5 on: `whole` is that step.
    private static func isWithin(
        _ own: (value: ExactNumber, isExclusive: Bool), _ bound: (value: ExactNumber, isExclusive: Bool), whole: Int,
        _ isTighter: (ExactNumber, ExactNumber) -> Bool
    ) -> Bool {
        if isTighter(own.value, bound.value) { return true }
        if own.value == bound.value { return own.isExclusive || !bound.isExclusive }
        guard whole != 0, own.isExclusive, !bound.isExclusive, let value = own.value.integer,
            let limit = bound.value.integer
        else { return false }
        return value + whole == limit
    }

    func strings(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        var findings: [SchemaFinding] = []
        if let least = reader.count("minLength"), least > product.greatest("minLength") ?? 0 {
            findings += finding(.minLengthRaised, reader, "minLength", "texts under \(least) characters may come")
        }
        if let most = reader.count("maxLength"), most < product.least("maxLength") ?? Int.max {
            findings += finding(.maxLengthLowered, reader, "maxLength", "texts over \(most) characters may come")
        }
        if let pattern = reader.value["pattern"]?.stringValue, !PatternKnowledge.isUniversal(pattern),
            !product.conjuncts.contains(where: { $0.value["pattern"]?.stringValue == pattern })
        {
            findings += finding(.patternChanged, reader, "pattern", "texts that do not match it may come")
        }
        if let format = reader.value["format"]?.stringValue {
            let own = product.conjuncts.compactMap { $0.value["format"]?.stringValue }
            if !own.contains(where: { $0 == format || Self.widerFormats[$0]?.contains(format) == true }) {
                findings += finding(.formatChanged, reader, "format", "texts that are no \(format) may come")
            }
        }
        return findings
    }

    /// Formats of which each text is also one of the others named.
    private static let widerFormats: [String: Set<String>] = [
        "uri": ["uri-reference", "iri", "iri-reference"], "uri-reference": ["iri-reference"],
        "iri": ["iri-reference"], "email": ["idn-email"], "hostname": ["idn-hostname"],
    ]
}

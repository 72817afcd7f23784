// Whether every value that satisfies the writing schemas satisfies the reading one, proved keyword by keyword.
//
// The proof is by implication: for each assertion of the reader something on the writer's side must make it
// true. What cannot be proved is a finding, so "no finding" can be trusted and a finding may be caution.
// Recursive schemas: a pair that is being compared is taken to hold further in (the usual induction over the
// depth of the value), and only while it is being compared, so that a failed attempt leaves nothing behind.

public import JSON

/// The comparison of one pair of documents in one direction.
struct SchemaComparison {
    let rules: DiffRules
    let direction: DiffDirection
    /// The pairs being compared, each with how deep in the value it was met.
    private var underway: [String: Int] = [:]
    private var level = 0
    private var steps = 0

    /// Nesting beyond this is not followed.
    static let depthMax = 48
    /// Comparisons of two schemas in one run; alternatives of alternatives multiply.
    static let stepsMax = 20_000

    init(rules: DiffRules, direction: DiffDirection) {
        self.rules = rules
        self.direction = direction
    }

    /// Counts a question about two schemas having nothing in common; false where it is one too many.
    mutating func enterDisjoint() -> Bool {
        steps += 1
        level += 1
        if steps <= Self.stepsMax, level <= Self.depthMax { return true }
        level -= 1
        return false
    }

    mutating func leaveDisjoint() { level -= 1 }

    func finding(_ change: SchemaChange, _ place: SchemaPlace, _ keyword: String = "", _ reason: String)
        -> [SchemaFinding]
    {
        if rules.tolerated.contains(change) { return [] }
        let path = keyword.isEmpty ? place.pointer : SchemaPlace.join(place.pointer, keyword)
        return [SchemaFinding(change: change, direction: direction, path: "#" + path, reason: reason)]
    }

    /// Whether the reader accepts whatever the writers allow.
    mutating func contains(_ reader: SchemaPlace, _ writers: [SchemaPlace]) -> Bool {
        compare(writers, reader).isEmpty
    }

    /// Every way in which a value that satisfies all of `writers` might not satisfy `reader`.
    mutating func compare(_ writers: [SchemaPlace], _ reader: SchemaPlace) -> [SchemaFinding] {
        steps += 1
        if steps > Self.stepsMax { return finding(.tooComplex, reader, "", "too many combinations to compare") }
        if reader.isTrivial { return [] }
        if writers.contains(where: { SchemaEquality.isSame($0, reader) }) { return [] }
        let product = SchemaProduct(writers)
        if product.isNever { return [] }
        if reader.value.boolValue == false || SchemaProduct([reader]).isNever {
            return finding(.neverValid, reader, "", "nothing is accepted here any more")
        }
        let pair = reader.identity + "\u{1}" + writers.map(\.identity).joined(separator: "\u{2}")
        if let met = underway[pair] {
            return level > met ? [] : finding(.notComparable, reader, "", "the schema refers to itself")
        }
        if underway.count >= Self.depthMax { return finding(.tooComplex, reader, "", "nested too deeply to compare") }
        underway[pair] = level
        defer { underway[pair] = nil }
        let findings = compare(product, reader)
        if findings.isEmpty { return [] }
        return provedByCases(product, reader) ? [] : findings
    }

    /// The same of values that lie within the value at hand.
    mutating func compareInner(_ writers: [SchemaPlace], _ reader: SchemaPlace) -> [SchemaFinding] {
        level += 1
        defer { level -= 1 }
        return compare(writers, reader)
    }

    /// The keywords of the reader, one after the other.
    private mutating func compare(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        var findings: [SchemaFinding] = []
        if let reference = reader.value["$ref"]?.stringValue {
            if let target = reader.document.target(reference) {
                findings += compare(product.conjuncts, target)
            } else {
                findings += finding(.notComparable, reader, "$ref", "the reference leads nowhere that is known")
            }
        }
        for part in reader.children("allOf") { findings += compare(product.conjuncts, part) }
        findings += types(product, reader)
        findings += enumeration(product, reader)
        // A type that the reader has lost is one finding, not one for each of its keywords besides.
        let common = product.types.intersection(TypeMask(keyword: reader.value["type"]))
        if !common.isDisjoint(with: .number) { findings += numbers(product, reader) }
        if common.contains(.string) { findings += strings(product, reader) }
        if common.contains(.array) { findings += arrays(product, reader) }
        if common.contains(.object) { findings += objects(product, reader) }
        findings += combinations(product, reader)
        return findings
    }

    private func types(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        let lost = product.types.subtracting(TypeMask(keyword: reader.value["type"]))
        if lost.isEmpty { return [] }
        return finding(.typeNarrowed, reader, "type", "\(lost.words) may come and is not accepted")
    }

    private func enumeration(_ product: SchemaProduct, _ reader: SchemaPlace) -> [SchemaFinding] {
        var findings: [SchemaFinding] = []
        for keyword in ["enum", "const"] {
            guard let value = reader.value[keyword] else { continue }
            let accepted = keyword == "const" ? [value] : value.arrayValue ?? []
            guard let values = product.values else {
                findings += finding(.enumNarrowed, reader, keyword, "only listed values are accepted, any may come")
                continue
            }
            let lost = values.filter { value in !accepted.contains { SchemaEquality.equal($0, value) } }
            if lost.isEmpty { continue }
            let words = lost.prefix(5).map { String(decoding: $0.write(), as: UTF8.self) }.joined(separator: ", ")
            findings += finding(.enumNarrowed, reader, keyword, "\(words) may come and is not accepted")
        }
        return findings
    }

    // MARK: Cases

    /// What the writer allows, cut into cases, each of which the reader may accept for another reason.
    private mutating func provedByCases(_ product: SchemaProduct, _ reader: SchemaPlace) -> Bool {
        if let values = product.values { return accepts(reader, values, of: product) }
        guard let cases = cases(of: product) else { return false }
        for one in cases where !contains(reader, one) { return false }
        return true
    }

    /// Whether the reader's validator itself accepts each of a few values that can be written down.
    private func accepts(_ reader: SchemaPlace, _ values: [JSONValue], of product: SchemaProduct) -> Bool {
        guard values.count <= 256, let schema = compiled(reader) else { return false }
        return values.allSatisfy { schema.failures(of: $0).isEmpty }
    }

    /// A schema in the middle of a document, compiled with the definitions that it may refer to; nil where its
    /// references could mean something else out of their place.
    func compiled(_ place: SchemaPlace) -> CompiledSchema? {
        let resources = place.document.resources
        if place.pointer.isEmpty, place.variant.isEmpty {
            return try? CompiledSchema(document: place.document.root, resources: resources)
        }
        guard var members = place.value.objectValue else { return try? CompiledSchema(document: place.value) }
        members.removeAll { $0.name == "$id" }
        if SchemaEquality.refers(place.value, depth: 0) {
            let shared = ["$defs", "definitions"]
            let definitions = shared.compactMap { name in place.document.root[name].map { JSONMember(name, $0) } }
            guard shared.allSatisfy({ place.value[$0] == nil }),
                ([place.value] + definitions.map(\.value)).allSatisfy({
                    SchemaEquality.refersToDefinitions($0, depth: 0)
                })
            else { return nil }
            members += definitions
        }
        return try? CompiledSchema(document: .object(members), resources: resources)
    }

    /// The writer's own alternatives, else its types one by one; nil where there is nothing to cut.
    func cases(of product: SchemaProduct) -> [[SchemaPlace]]? {
        for (index, place) in product.conjuncts.enumerated() {
            for keyword in ["oneOf", "anyOf"] {
                let alternatives = place.children(keyword)
                guard !alternatives.isEmpty else { continue }
                var others = product.conjuncts.map(SchemaComparison.withoutProducts)
                others[index] = others[index].without(keyword)
                return alternatives.indices.map { number in
                    var one = others + [alternatives[number]]
                    // Exactly one holds: the others are known not to.
                    if keyword == "oneOf" {
                        for (other, excluded) in alternatives.enumerated() where other != number {
                            one.append(excluded.made([JSONMember("not", excluded.value)]))
                        }
                    }
                    return one
                }
            }
        }
        guard product.types.rawValue.nonzeroBitCount > 1, product.types != .all, product.types != .number,
            let place = product.conjuncts.first
        else { return nil }
        let others = product.conjuncts.map(SchemaComparison.withoutProducts)
        // Broken numbers have no name of their own: where they may come, the case is "number".
        let left = product.types.contains(.fraction) ? "integer" : "number"
        return TypeMask.names.filter { $0.name != left && !product.types.isDisjoint(with: $0.mask) }.map {
            others + [place.made([JSONMember("type", .string($0.name))])]
        }
    }

    /// A conjunct whose references and `allOf` already stand beside it.
    static func withoutProducts(_ place: SchemaPlace) -> SchemaPlace {
        guard place.value["$ref"] != nil || place.value["allOf"] != nil else { return place }
        return place.without("$ref", "allOf")
    }
}

/// The face of the comparison.
public enum SchemaDiff {
    /// Every way in which a record valid under `writer` might be invalid under `reader`; empty if there is none.
    public static func findings(
        writer: JSONValue, reader: JSONValue, rules: DiffRules = .strict, direction: DiffDirection = .backward,
        resources: [String: JSONValue] = [:]
    ) -> [SchemaFinding] {
        var comparison = SchemaComparison(rules: rules, direction: direction)
        let old = SchemaDocument(writer, resources: resources)
        let new = SchemaDocument(reader, resources: resources)
        var seen: Set<String> = []
        return comparison.compare([SchemaPlace(writer, old, "")], SchemaPlace(reader, new, "")).filter {
            seen.insert($0.path + $0.change.rawValue).inserted
        }
    }
}

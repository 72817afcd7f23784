// Makes values that satisfy a schema, from a seed: for checking that two versions of a contract agree, and as
// samples for people. Each value is made by reading the schema and then validated; what fails is thrown away.

public import JSON

/// A source of instances of one schema.
public struct InstanceGenerator: Sendable {
    private let root: SchemaPlace
    private let schema: CompiledSchema
    private let pool: LiteralPool
    private var numbers: SeededNumbers

    /// Attempts for one instance before giving up.
    private static let attemptsMax = 200
    private static let depthMax = 16

    /// - Parameter hints: other schemas whose names and bounds are worth trying.
    /// - Throws: `SchemaError` where the schema does not compile.
    public init(
        _ document: JSONValue, hints: [JSONValue] = [], seed: UInt64, resources: [String: JSONValue] = [:]
    ) throws(SchemaError) {
        schema = try CompiledSchema(document: document, resources: resources)
        root = SchemaPlace(document, SchemaDocument(document, resources: resources), "")
        pool = LiteralPool([document] + hints)
        numbers = SeededNumbers(seed: seed)
    }

    /// The next instance; nil where none was found.
    public mutating func next() -> JSONValue? {
        for _ in 0..<Self.attemptsMax {
            if let value = value([root], depth: 0), schema.failures(of: value).isEmpty { return value }
        }
        return nil
    }

    private mutating func value(_ places: [SchemaPlace], depth: Int) -> JSONValue? {
        guard depth < Self.depthMax else { return nil }
        let product = SchemaProduct(places)
        if product.isNever { return nil }
        if let chosen = choose(product) { return value(chosen, depth: depth + 1) }
        if let values = product.values { return numbers.pick(values) }
        if product.conjuncts.allSatisfy(\.isTrivial) { return anything(depth: depth) }
        // Now and then a literal that someone had a reason to write down.
        if numbers.once(in: 6), let literal = numbers.pick(pool.values), fits(literal, product) { return literal }
        let words = TypeMask.names.filter { product.types.isSuperset(of: $0.mask) }.map(\.name)
        switch numbers.pick(words) {
        case "null": return .null
        case "boolean": return .bool(numbers.once(in: 2))
        case "integer": return number(product, isWhole: true)
        case "number": return number(product, isWhole: numbers.once(in: 3))
        case "string": return string(product)
        case "array": return array(product, depth: depth)
        case "object": return object(product, depth: depth)
        default: return nil
        }
    }

    private func fits(_ literal: JSONValue, _ product: SchemaProduct) -> Bool {
        TypeMask(of: literal).isSubset(of: product.types)
    }

    /// One alternative or one way through a condition, as schemas that all hold; nil where there is none left.
    private mutating func choose(_ product: SchemaProduct) -> [SchemaPlace]? {
        for (index, place) in product.conjuncts.enumerated() {
            // What `allOf` and references hold stands beside them already and would come back with them.
            var others = product.conjuncts.map(SchemaComparison.withoutProducts)
            for keyword in ["anyOf", "oneOf"] {
                let alternatives = place.children(keyword)
                guard let chosen = numbers.pick(alternatives) else { continue }
                others[index] = others[index].without(keyword)
                return others + [chosen]
            }
            if let condition = place.child("if") {
                others[index] = others[index].without("if", "then", "else")
                return numbers.once(in: 2)
                    ? others + [condition] + [place.child("then")].compactMap { $0 }
                    : others + [place.child("else")].compactMap { $0 }
            }
        }
        return nil
    }

    // MARK: Scalars

    private mutating func number(_ product: SchemaProduct, isWhole: Bool) -> JSONValue {
        let least = product.minimum?.value.integer
        let most = product.maximum?.value.integer
        let low = least ?? (most.map { $0 - 1_000 } ?? -1_000)
        let high = max(low, most ?? low + 2_000)
        var value = numbers.once(in: 3) ? (numbers.once(in: 2) ? low : high) : numbers.number(low...high)
        if let step = product.conjuncts.lazy.compactMap({ $0.number("multipleOf")?.integer }).first, step > 0 {
            value = value / step * step
        }
        if isWhole { return numbers.once(in: 12) ? .number("\(value).0") : .integer(value) }
        return .number("\(value).\(numbers.number(1...9))")
    }

    private mutating func string(_ product: SchemaProduct) -> JSONValue {
        if let format = product.conjuncts.lazy.compactMap({ $0.value["format"]?.stringValue }).first,
            let text = FormatSampler.text(format, &numbers)
        {
            return .string(text)
        }
        if let pattern = product.conjuncts.lazy.compactMap({ $0.value["pattern"]?.stringValue }).first,
            let text = PatternSampler.text(pattern, &numbers)
        {
            return .string(text)
        }
        let least = product.greatest("minLength") ?? 0
        let most = min(product.least("maxLength") ?? least + 20, least + 400)
        let text = anyText()
        if text.unicodeScalars.count >= least, text.unicodeScalars.count <= most { return .string(text) }
        let length = numbers.once(in: 3) ? (numbers.once(in: 2) ? least : most) : numbers.number(least...max(least, most))
        return .string(String(repeating: "ă", count: length))
    }

    private mutating func anyText() -> String {
        if let pattern = numbers.once(in: 3) ? numbers.pick(pool.patterns) : nil,
            let text = PatternSampler.text(pattern, &numbers)
        {
            return text
        }
        return numbers.pick(["", "a", "b", "ab", "Lê Lợi", "2024-02-29", "052090000001", "aaaaaaaa", "x y"]) ?? ""
    }

    private mutating func anything(depth: Int) -> JSONValue {
        if numbers.once(in: 3), let literal = numbers.pick(pool.values) { return literal }
        switch numbers.number(0...6) {
        case 0: return .null
        case 1: return .bool(numbers.once(in: 2))
        case 2: return .integer(numbers.number(-100...100))
        case 3: return .number("\(numbers.number(-100...100)).5")
        case 4: return .string(anyText())
        case 5:
            return .array(depth > 6 ? [] : (0..<numbers.number(0...3)).map { _ in anything(depth: depth + 1) })
        default:
            var members: [JSONMember] = []
            let names = Set(depth > 6 ? [] : (0..<numbers.number(0...3)).map { _ in anyName() })
            for name in names.sorted() { members.append(JSONMember(name, anything(depth: depth + 1))) }
            return .object(members)
        }
    }

    private mutating func anyName() -> String { numbers.pick(pool.names) ?? "extra" }

    // MARK: Containers

    private mutating func array(_ product: SchemaProduct, depth: Int) -> JSONValue? {
        let least = product.greatest("minItems") ?? (numbers.once(in: 2) ? 0 : 1)
        let most = min(product.itemsCountMax ?? least + 3, least + 4)
        guard least <= most else { return nil }
        var elements: [JSONValue] = []
        for place in 0..<numbers.number(least...most) {
            guard let element = value(product.item(place), depth: depth + 1) ?? free(product.item(place), depth) else {
                break
            }
            elements.append(element)
        }
        if let wanted = product.conjuncts.lazy.compactMap({ $0.child("contains") }).first,
            let element = value([wanted], depth: depth + 1)
        {
            elements.append(element)
        }
        return .array(elements)
    }

    private mutating func free(_ places: [SchemaPlace], _ depth: Int) -> JSONValue? {
        places.isEmpty ? anything(depth: depth + 1) : nil
    }

    private mutating func object(_ product: SchemaProduct, depth: Int) -> JSONValue? {
        var names = product.required
        // All, none or some of the optional fields.
        let optional = numbers.number(0...3)
        for place in product.conjuncts {
            for (name, _) in place.members("properties") where optional == 3 || (optional > 0 && numbers.once(in: 2)) {
                names.insert(name)
            }
            for (pattern, _) in place.members("patternProperties") where numbers.once(in: 2) {
                if let name = PatternSampler.text(pattern, &numbers) { names.insert(name) }
            }
        }
        let least = product.greatest("minProperties") ?? 0
        var extra = product.isOpen ? numbers.number(0...2) : 0
        if names.count + extra < least { extra = min(least - names.count, 200) }
        for number in 0..<extra { names.insert(numbers.once(in: 2) ? anyName() : "extra\(number)") }
        for place in product.conjuncts {
            for (name, needs) in place.dependentRequired where names.contains(name) { names.formUnion(needs) }
        }
        var members: [JSONMember] = []
        // Sorted before anything is drawn: the order of a set differs from run to run.
        for name in names.sorted() {
            let places = product.property(name)
            guard let found = places.isEmpty ? anything(depth: depth + 1) : value(places, depth: depth + 1) else {
                if product.requires(name) { return nil }
                continue
            }
            members.append(JSONMember(name, found))
        }
        return .object(members)
    }
}

/// Texts in the formats of JSON Schema that contracts use.
enum FormatSampler {
    static func text(_ format: String, _ numbers: inout SeededNumbers) -> String? {
        let day = "\(numbers.number(1950...2049))-0\(numbers.number(1...9))-\(numbers.number(10...28))"
        let time = "\(numbers.number(10...23)):\(numbers.number(10...59)):\(numbers.number(10...59))"
        switch format {
        case "date": return day
        case "date-time": return day + "T" + time + (numbers.once(in: 3) ? "Z" : "+07:00")
        case "time": return time + "Z"
        case "duration": return "P\(numbers.number(1...30))D"
        case "email", "idn-email": return "a\(numbers.number(0...99))@example.vn"
        case "uri", "iri", "uri-reference", "iri-reference": return "https://example.vn/\(numbers.number(0...99))"
        case "hostname", "idn-hostname": return "h\(numbers.number(0...99)).example.vn"
        case "ipv4": return "10.0.0.\(numbers.number(0...255))"
        case "ipv6": return "::\(numbers.number(1...9))"
        case "uuid": return "00000000-0000-4000-8000-0000000000\(numbers.number(10...99))"
        case "json-pointer": return "/a"
        default: return nil
        }
    }
}

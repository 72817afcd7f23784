// All that the writing side asserts of one value: several schemas at once (`allOf`, references and the schemas
// of a property that stand in more than one place), as a flat list of objects.

import JSON

/// The conjunction of schemas. More than is known of the value may be true, never less: leaving out a part that
/// is not understood keeps every conclusion sound.
struct SchemaProduct {
    private(set) var conjuncts: [SchemaPlace] = []
    /// Nothing satisfies it.
    private(set) var isNever = false
    private(set) var types = TypeMask.all
    private var known: Set<String> = []

    init(_ places: [SchemaPlace]) {
        for place in places { add(place, following: []) }
        types = conjuncts.reduce(.all) { $0.intersection(SchemaProduct.types(of: $1, depth: 0)) }
        if types.isEmpty { isNever = true }
    }

    private mutating func add(_ place: SchemaPlace, following: [String]) {
        switch place.value {
        case .bool(let isTrue): if !isTrue { isNever = true }
        case .object:
            let identity = place.identity
            if !known.insert(identity).inserted { return }
            conjuncts.append(place)
            if let not = place.child("not"), not.isTrivial { isNever = true }
            if place.value["enum"]?.arrayValue?.isEmpty == true { isNever = true }
            for part in place.children("allOf") { add(part, following: following) }
            guard let reference = place.value["$ref"]?.stringValue, !following.contains(reference),
                following.count < SchemaComparison.depthMax, let target = place.document.target(reference)
            else { return }
            add(target, following: following + [reference])
        default: return
        }
    }

    /// What one conjunct says about types, through its alternatives and what it forbids.
    private static func types(of place: SchemaPlace, depth: Int) -> TypeMask {
        guard depth < SchemaComparison.depthMax else { return .all }
        var mask = TypeMask(keyword: place.value["type"])
        if let value = place.value["const"] { mask.formIntersection(TypeMask(of: value)) }
        if let values = place.value["enum"]?.arrayValue {
            mask.formIntersection(values.reduce(into: []) { $0.formUnion(TypeMask(of: $1)) })
        }
        for keyword in ["anyOf", "oneOf"] {
            let alternatives = place.children(keyword)
            if alternatives.isEmpty { continue }
            mask.formIntersection(
                alternatives.reduce(into: []) { union, alternative in
                    if alternative.value.boolValue == true { union = .all }
                    if alternative.value.objectValue == nil { return }
                    // A reference may lead back here: it says nothing about types unless it is followed once.
                    let target = alternative.value["$ref"]?.stringValue.flatMap(alternative.document.target)
                    union.formUnion(types(of: target ?? alternative, depth: depth + 1))
                })
        }
        // `not` of a bare type takes that type away.
        if let not = place.child("not"), let members = not.value.objectValue,
            members.allSatisfy({ $0.name == "type" || SchemaEquality.isAnnotation($0.name) }),
            let type = not.value["type"]
        {
            mask.subtract(TypeMask(keyword: type))
        }
        return mask
    }

    // MARK: What it leaves possible

    /// Every value that can satisfy it, where these are few enough to be listed; some of them may not.
    var values: [JSONValue]? {
        for place in conjuncts {
            if let value = place.value["const"] { return TypeMask(of: value).isSubset(of: types) ? [value] : [] }
            if let values = place.value["enum"]?.arrayValue {
                return values.filter { TypeMask(of: $0).isSubset(of: types) }
            }
        }
        guard types.isSubset(of: [.null, .boolean]) else { return nil }
        return (types.contains(.null) ? [.null] : [])
            + (types.contains(.boolean) ? [.bool(true), .bool(false)] : [])
    }

    /// The greatest lower bound and whether the bound itself is excluded; a whole number's bound is included.
    var minimum: (value: ExactNumber, isExclusive: Bool)? { bound("minimum", "exclusiveMinimum") { $0 > $1 } }
    var maximum: (value: ExactNumber, isExclusive: Bool)? { bound("maximum", "exclusiveMaximum") { $0 < $1 } }

    private func bound(
        _ keyword: String, _ exclusive: String, _ isTighter: (ExactNumber, ExactNumber) -> Bool
    ) -> (value: ExactNumber, isExclusive: Bool)? {
        conjuncts.compactMap { SchemaProduct.bound(of: $0, keyword, exclusive, isTighter) }
            .reduce(nil) { best, next in
                guard let best else { return next }
                if isTighter(next.value, best.value) { return next }
                return next.value == best.value && next.isExclusive ? next : best
            }
    }

    /// One schema's bound; draft 4 wrote `exclusiveMinimum` as a flag.
    static func bound(
        of place: SchemaPlace, _ keyword: String, _ exclusive: String, _ isTighter: (ExactNumber, ExactNumber) -> Bool
    ) -> (value: ExactNumber, isExclusive: Bool)? {
        let inclusive = place.number(keyword)
        if place.value[exclusive]?.boolValue == true { return inclusive.map { ($0, true) } }
        guard let outer = place.number(exclusive) else { return inclusive.map { ($0, false) } }
        guard let inclusive, isTighter(inclusive, outer) else { return (outer, true) }
        return (inclusive, false)
    }

    func greatest(_ keyword: String) -> Int? { conjuncts.compactMap { $0.count(keyword) }.max() }
    func least(_ keyword: String) -> Int? { conjuncts.compactMap { $0.count(keyword) }.min() }

    func requires(_ name: String) -> Bool { conjuncts.contains { $0.strings("required").contains(name) } }
    var required: Set<String> { conjuncts.reduce(into: []) { $0.formUnion($1.strings("required")) } }

    /// What it asserts of a property of that name.
    func property(_ name: String) -> [SchemaPlace] { conjuncts.flatMap { SchemaProduct.property(name, of: $0) } }

    /// What one object schema asserts of a property; nothing where it is free.
    static func property(_ name: String, of place: SchemaPlace) -> [SchemaPlace] {
        var found: [SchemaPlace] = []
        if let own = place.member("properties", name) { found.append(own) }
        var isUnclear = false
        for (pattern, schema) in place.members("patternProperties") {
            switch PatternKnowledge.matches(pattern, name) {
            case true: found.append(schema)
            case false: break
            case nil: isUnclear = true
            }
        }
        if found.isEmpty, !isUnclear, let rest = place.restProperties { found.append(rest) }
        return found
    }

    /// What it asserts of properties that no conjunct lists by name or pattern.
    var otherProperties: [SchemaPlace] { conjuncts.compactMap(\.restProperties) }

    /// Names that its objects may have beyond those listed.
    var isOpen: Bool { !conjuncts.contains { $0.restProperties?.value.boolValue == false } }

    /// What it asserts of an element at a position; of those after every prefix where nil.
    func item(_ position: Int?) -> [SchemaPlace] {
        conjuncts.compactMap { place in
            let prefix = place.prefixItems
            if let position, position < prefix.count { return prefix[position] }
            return place.itemsAfterPrefix
        }
    }

    var prefixCount: Int { conjuncts.map(\.prefixItems.count).max() ?? 0 }

    /// No array that satisfies it is longer.
    var itemsCountMax: Int? {
        let closed = conjuncts.compactMap { place in
            place.itemsAfterPrefix?.value.boolValue == false ? place.prefixItems.count : nil
        }
        return (closed + [least("maxItems")].compactMap { $0 }).min()
    }
}

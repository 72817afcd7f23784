// One subschema's keywords: their shapes checked (a schema that breaks the meta-schema is refused with the
// place), and turned into operations grouped by the kind of instance they look at.

struct OperationGroups {
    var any: [SchemaOperation] = []
    var number: [SchemaOperation] = []
    var string: [SchemaOperation] = []
    var array: [SchemaOperation] = []
    var object: [SchemaOperation] = []
    /// `unevaluated*`.
    var last: [SchemaOperation] = []

    /// Whether all of them only look at the value: no other schema comes into it.
    var isLeaf: Bool {
        array.isEmpty && object.isEmpty
            && (any + number + string).allSatisfy { operation in
                switch operation {
                case .constant, .minimum, .maximum, .multipleOf, .length, .pattern, .format: true
                default: false
                }
            }
    }
}

struct KeywordCompiler {
    let place: SchemaPlace
    let members: [JSONMember]
    let dialect: SchemaDialect
    var typeMask = SchemaNode.anyType
    var groups = OperationGroups()

    init(place: SchemaPlace, members: [JSONMember], dialect: SchemaDialect) {
        self.place = place
        self.members = dialect.edition.keywords(of: members)
        self.dialect = dialect
    }

    mutating func compile(into compiler: inout SchemaCompiler) throws(SchemaError) {
        try checkAnnotations()
        try references(&compiler)
        if dialect.validates {
            try type()
            try constants(&compiler)
            try numbers(&compiler)
            try strings(&compiler)
            try counts()
        }
        if dialect.assertsFormat, let name = try string("format"), let format = FormatName(rawValue: name) {
            groups.string.append(.format(format))
        } else if dialect.refusesUnknownFormats, let name = try string("format"), FormatName(rawValue: name) == nil {
            throw fault("format", "\(name) is not known, and its vocabulary demands that formats are checked")
        }
        try objects(&compiler)
        if dialect.applies {
            try arrays(&compiler)
            try applicators(&compiler)
        }
        if dialect.findsUnevaluated {
            if let child = try schema("unevaluatedItems", &compiler) { groups.last.append(.unevaluatedItems(child)) }
            if let child = try schema("unevaluatedProperties", &compiler) {
                groups.last.append(.unevaluatedProperties(child))
            }
        }
    }

    // MARK: Reading keywords

    func value(_ keyword: String) -> JSONValue? { members.first { $0.name.utf8.elementsEqual(keyword.utf8) }?.value }

    func fault(_ keyword: String, _ detail: String) -> SchemaError {
        let pointer = place.pointer + JSONPointer(tokens: [Array(keyword.utf8)]).description
        return SchemaError(uri: place.resource, pointer: pointer, detail: "\(keyword) \(detail)")
    }

    func child(_ keyword: String, _ token: String? = nil) -> SchemaPlace {
        let tokens = [keyword] + (token.map { [$0] } ?? [])
        return SchemaPlace(
            resource: place.resource,
            pointer: place.pointer + JSONPointer(tokens: tokens.map { Array($0.utf8) }).description)
    }

    func string(_ keyword: String) throws(SchemaError) -> String? {
        guard let value = value(keyword) else { return nil }
        guard let text = value.stringValue else { throw fault(keyword, "must be a string") }
        return text
    }

    func schema(_ keyword: String, _ compiler: inout SchemaCompiler) throws(SchemaError) -> Int32? {
        guard let value = value(keyword) else { return nil }
        return try compiler.number(child(keyword), value)
    }

    /// The children of a non-empty array of schemas: where they start and how many they are.
    func schemas(_ keyword: String, _ compiler: inout SchemaCompiler) throws(SchemaError) -> (Int32, Int32)? {
        guard let value = value(keyword) else { return nil }
        guard let elements = value.arrayValue, !elements.isEmpty else {
            throw fault(keyword, "must be an array of one schema or more")
        }
        var numbers: [Int32] = []
        for (position, element) in elements.enumerated() {
            numbers.append(try compiler.number(child(keyword, String(position)), element))
        }
        let start = Int32(truncatingIfNeeded: compiler.draft.children.count)
        compiler.draft.children.append(contentsOf: numbers)
        return (start, Int32(truncatingIfNeeded: numbers.count))
    }

    func schemaMap(_ keyword: String, _ compiler: inout SchemaCompiler) throws(SchemaError) -> [(
        name: String, node: Int32
    )] {
        guard let value = value(keyword) else { return [] }
        guard let entries = value.objectValue else { throw fault(keyword, "must be an object of schemas") }
        var nodes: [(String, Int32)] = []
        for entry in entries {
            nodes.append((entry.name, try compiler.number(child(keyword, entry.name), entry.value)))
        }
        return nodes
    }

    /// A whole number from 0, also where it is written `2.0`; beyond `Int` it is the largest.
    func count(_ keyword: String) throws(SchemaError) -> Int? {
        guard let value = value(keyword) else { return nil }
        guard let text = value.numberText else { throw fault(keyword, "must be a whole number") }
        if let small = Int(text), small >= 0 { return small }
        let bytes = Array(text.utf8)
        let decimal = ExactDecimal(bytes.span, 0..<bytes.count)
        guard decimal.isInteger, !decimal.isNegative else { throw fault(keyword, "must be a whole number, 0 or more") }
        if decimal.count + decimal.exponent > 18 { return Int.max }
        var number = 0
        decimal.forEachDigit(bytes.span) { number = number * 10 + Int($0) }
        for _ in 0..<(decimal.count == 0 ? 0 : decimal.exponent) { number *= 10 }
        return number
    }

    func names(_ keyword: String, _ value: JSONValue) throws(SchemaError) -> [[UInt8]] {
        guard let elements = value.arrayValue else { throw fault(keyword, "must be an array of different strings") }
        var names: [[UInt8]] = []
        for element in elements {
            guard let text = element.stringValue, !names.contains(Array(text.utf8)) else {
                throw fault(keyword, "must be an array of different strings")
            }
            names.append(Array(text.utf8))
        }
        return names
    }

    // MARK: Core

    /// Keywords that assert nothing still have a shape.
    private func checkAnnotations() throws(SchemaError) {
        for keyword in [
            "$comment", "title", "description", "contentEncoding", "contentMediaType", "$schema", "format", "$id",
        ] { _ = try string(keyword) }
        for keyword in ["deprecated", "readOnly", "writeOnly"] {
            if let value = value(keyword), value.boolValue == nil { throw fault(keyword, "must be true or false") }
        }
        for keyword in ["$defs", "definitions"] {
            if let value = value(keyword), value.objectValue == nil {
                throw fault(keyword, "must be an object of schemas")
            }
        }
        for keyword in ["$anchor", "$dynamicAnchor"] {
            guard let name = try string(keyword) else { continue }
            let isName = name.utf8.enumerated().allSatisfy { position, byte in
                let isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte == 0x5F
                let isOther = byte >= 0x30 && byte <= 0x39 || byte == 0x2D || byte == 0x2E
                return isLetter || position > 0 && isOther
            }
            if !isName || name.isEmpty { throw fault(keyword, "must be a name: letters, digits, '-', '_' and '.'") }
        }
    }

    private mutating func references(_ compiler: inout SchemaCompiler) throws(SchemaError) {
        if let reference = try string("$ref") {
            let target = try compiler.index.resolve(reference, from: place, keyword: "$ref")
            groups.any.append(.reference(try compiler.number(target.place, target.value)))
        }
        if let reference = try string("$dynamicRef") {
            let target = try compiler.index.resolve(reference, from: place, keyword: "$dynamicRef")
            let number = Int32(truncatingIfNeeded: compiler.draft.dynamicReferences.count)
            compiler.draft.dynamicReferences.append(
                DynamicReference(initial: try compiler.number(target.place, target.value), anchors: []))
            if let name = target.dynamicName { compiler.dynamicNames.append((Int(number), name)) }
            groups.any.append(.dynamicReference(number))
        }
        if let reference = try string("$recursiveRef") {
            let target = try compiler.index.resolve(reference, from: place, keyword: "$recursiveRef")
            let number = Int32(truncatingIfNeeded: compiler.draft.dynamicReferences.count)
            compiler.draft.dynamicReferences.append(
                DynamicReference(initial: try compiler.number(target.place, target.value), anchors: []))
            if compiler.index.dynamicAnchors[target.place.resource + "#"] != nil {
                compiler.dynamicNames.append((Int(number), ""))
            }
            groups.any.append(.dynamicReference(number))
        }
    }
}

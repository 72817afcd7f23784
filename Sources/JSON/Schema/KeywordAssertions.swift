// The validation vocabulary: type, constants, bounds, lengths, counts.

extension KeywordCompiler {
    mutating func type() throws(SchemaError) {
        guard let value = value("type") else { return }
        let names = value.arrayValue ?? [value]
        var mask: UInt8 = 0
        for name in names {
            guard let text = name.stringValue, let known = SchemaNode.typeOrder.first(where: { $0.name == text }) else {
                throw fault("type", "must name null, boolean, number, integer, string, array or object")
            }
            if value.arrayValue != nil, mask & known.bits == known.bits, text != "integer" {
                throw fault("type", "names a type twice")
            }
            mask |= known.bits
        }
        if names.isEmpty { throw fault("type", "must name one type or more") }
        typeMask = mask
    }

    mutating func constants(_ compiler: inout SchemaCompiler) throws(SchemaError) {
        if let value = value("const") { groups.any.append(set([value], isSingle: true, &compiler)) }
        if let value = value("enum") {
            guard let elements = value.arrayValue else { throw fault("enum", "must be an array") }
            groups.any.append(set(elements, isSingle: false, &compiler))
        }
    }

    private func set(_ values: [JSONValue], isSingle: Bool, _ compiler: inout SchemaCompiler) -> SchemaOperation {
        var strings = NameTable()
        var integers: ContiguousArray<Int64> = []
        var literals: UInt8 = 0
        var others: ContiguousArray<Int32> = []
        for value in values {
            switch value {
            case .null: literals |= 1
            case .bool(let isTrue): literals |= isTrue ? 4 : 2
            case .string(let text): _ = strings.insert(Array(text.utf8))
            case .number(let text):
                if let small = Int64(text) { integers.append(small) }
                fallthrough
            default:
                // Also integers: the instance may write 1 as 1.0.
                others.append(Int32(truncatingIfNeeded: compiler.constantValues.count))
                compiler.constantValues.append(value)
            }
        }
        let number = Int32(truncatingIfNeeded: compiler.draft.constants.count)
        compiler.draft.constants.append(
            ConstantSet(strings: strings, integers: integers, literals: literals, others: others))
        return .constant(set: number, isSingle: isSingle)
    }

    mutating func numbers(_ compiler: inout SchemaCompiler) throws(SchemaError) {
        for keyword in ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"] {
            guard let value = value(keyword) else { continue }
            if dialect.edition == .draft4, value.boolValue != nil, keyword.hasPrefix("exclusive") { continue }
            guard let text = value.numberText else { throw fault(keyword, "must be a number") }
            let number = Int32(truncatingIfNeeded: compiler.draft.decimals.count)
            compiler.draft.decimals.append(SchemaDecimal(integer: Int64(text), text: Array(text.utf8)))
            // In draft 4 the exclusive ones were switches beside the bound.
            let isSwitched = dialect.edition == .draft4
                && self.value(keyword == "minimum" ? "exclusiveMinimum" : "exclusiveMaximum")?.boolValue == true
            let isExclusive = keyword.hasPrefix("exclusive") || isSwitched
            groups.number.append(
                keyword.hasSuffix("inimum")
                    ? .minimum(decimal: number, exclusive: isExclusive)
                    : .maximum(decimal: number, exclusive: isExclusive))
        }
        if let value = value("multipleOf") {
            guard let text = value.numberText, let divisor = ExactDivisor(Array(text.utf8).span) else {
                throw fault("multipleOf", "must be a number over 0")
            }
            groups.number.append(.multipleOf(Int32(truncatingIfNeeded: compiler.draft.divisors.count)))
            compiler.draft.divisors.append(divisor)
        }
    }

    mutating func strings(_ compiler: inout SchemaCompiler) throws(SchemaError) {
        let least = try count("minLength")
        let most = try count("maxLength")
        if least != nil || most != nil {
            groups.string.append(.length(least: min(least ?? 0, Int.max / 8), most: most ?? Int.max))
        }
        if let text = try string("pattern") { groups.string.append(.pattern(try pattern(text, "pattern", &compiler))) }
    }

    /// The pattern's number, equal ones shared.
    func pattern(_ text: String, _ keyword: String, _ compiler: inout SchemaCompiler) throws(SchemaError) -> Int32 {
        // Keyed by bytes: the dictionary would fold canonical equivalents.
        let key = text.utf8.map { String($0) }.joined(separator: " ")
        if let known = compiler.patternNumbers[key] { return known }
        do {
            let number = Int32(truncatingIfNeeded: compiler.draft.patterns.count)
            compiler.draft.patterns.append(try Pattern(text, limits: compiler.options.limits.pattern))
            compiler.patternNumbers[key] = number
            return number
        } catch {
            throw fault(keyword, "cannot be used: \(error)")
        }
    }

    mutating func counts() throws(SchemaError) {
        let items = (try count("minItems"), try count("maxItems"))
        if items.0 != nil || items.1 != nil {
            groups.array.append(.itemCount(least: items.0 ?? 0, most: items.1 ?? Int.max))
        }
        let members = (try count("minProperties"), try count("maxProperties"))
        if members.0 != nil || members.1 != nil {
            groups.object.append(.memberCount(least: members.0 ?? 0, most: members.1 ?? Int.max))
        }
        if let value = value("uniqueItems") {
            guard let isUnique = value.boolValue else { throw fault("uniqueItems", "must be true or false") }
            if isUnique { groups.array.append(.uniqueItems) }
        }
    }
}

// The applicator vocabulary, and the members of an object, which validation and applicator share.

extension KeywordCompiler {
    mutating func objects(_ compiler: inout SchemaCompiler) throws(SchemaError) {
        var names = NameTable()
        var nodes: ContiguousArray<Int32> = []
        var isRequired: ContiguousArray<Bool> = []
        var patterns: ContiguousArray<(pattern: Int32, node: Int32)> = []
        var additional: Int32 = -1
        if dialect.applies {
            for (name, node) in try schemaMap("properties", &compiler) {
                _ = names.insert(Array(name.utf8))
                nodes.append(node)
                isRequired.append(false)
            }
            for (text, node) in try schemaMap("patternProperties", &compiler) {
                patterns.append((try pattern(text, "patternProperties", &compiler), node))
            }
            additional = try schema("additionalProperties", &compiler) ?? -1
        }
        if dialect.validates, let value = value("required") {
            for name in try self.names("required", value) {
                let number = names.insert(name)
                if number == nodes.count {
                    nodes.append(-1)
                    isRequired.append(true)
                } else {
                    isRequired[number] = true
                }
            }
        }
        if names.count > 0 || !patterns.isEmpty || additional >= 0 {
            groups.object.append(.members(table: Int32(truncatingIfNeeded: compiler.draft.members.count)))
            compiler.draft.members.append(
                MembersTable(
                    names: names, nodes: nodes, isRequired: isRequired, patterns: patterns, additional: additional))
        }
        try dependencies(&compiler)
        if dialect.applies, let child = try schema("propertyNames", &compiler) {
            groups.object.append(.propertyNames(child))
        }
    }

    private mutating func dependencies(_ compiler: inout SchemaCompiler) throws(SchemaError) {
        var required: [SchemaDependency] = []
        var schemas: [SchemaDependency] = []
        if dialect.validates, let value = value("dependentRequired") {
            guard let entries = value.objectValue else {
                throw fault("dependentRequired", "must be an object of arrays of strings")
            }
            for entry in entries {
                let names = try names("dependentRequired", entry.value)
                required.append(SchemaDependency(name: Array(entry.name.utf8), required: names, node: -1))
            }
        }
        if dialect.applies {
            for (name, node) in try schemaMap("dependentSchemas", &compiler) {
                schemas.append(SchemaDependency(name: Array(name.utf8), required: [], node: node))
            }
            // The form these two had before 2019-09.
            for entry in value("dependencies")?.objectValue ?? [] {
                let name = Array(entry.name.utf8)
                if entry.value.arrayValue != nil {
                    let names = try names("dependencies", entry.value)
                    required.append(SchemaDependency(name: name, required: names, node: -1))
                } else {
                    let node = try compiler.number(child("dependencies", entry.name), entry.value)
                    schemas.append(SchemaDependency(name: name, required: [], node: node))
                }
            }
        }
        func append(_ list: [SchemaDependency]) -> (Int32, Int32) {
            let start = Int32(truncatingIfNeeded: compiler.draft.dependencies.count)
            compiler.draft.dependencies.append(contentsOf: list)
            return (start, Int32(truncatingIfNeeded: list.count))
        }
        if !required.isEmpty {
            let (start, count) = append(required)
            groups.object.append(.dependentRequired(start: start, count: count))
        }
        if !schemas.isEmpty {
            let (start, count) = append(schemas)
            groups.object.append(.dependentSchemas(start: start, count: count))
        }
    }

    mutating func arrays(_ compiler: inout SchemaCompiler) throws(SchemaError) {
        var prefix = try schemas("prefixItems", &compiler)
        var rest: Int32?
        if dialect.edition < .draft2020, let elements = value("items")?.arrayValue {
            if !elements.isEmpty { prefix = try schemas("items", &compiler) }
            rest = try schema("additionalItems", &compiler)
        } else {
            rest = try schema("items", &compiler)
        }
        if prefix != nil || rest != nil {
            groups.array.append(.items(start: prefix?.0 ?? 0, count: prefix?.1 ?? 0, rest: rest ?? -1))
        }
        if let child = try schema("contains", &compiler) {
            let least = dialect.validates ? try count("minContains") : nil
            let most = dialect.validates ? try count("maxContains") : nil
            let marks = dialect.edition >= .draft2020
            groups.array.append(.contains(node: child, least: least ?? 1, most: most ?? Int.max, marks: marks))
        } else {
            _ = (try count("minContains"), try count("maxContains"))
        }
    }

    mutating func applicators(_ compiler: inout SchemaCompiler) throws(SchemaError) {
        if let (start, count) = try schemas("allOf", &compiler) {
            groups.any.append(.allOf(start: start, count: count))
        }
        if let (start, count) = try schemas("anyOf", &compiler) {
            groups.any.append(.anyOf(start: start, count: count))
        }
        if let (start, count) = try schemas("oneOf", &compiler) {
            groups.any.append(.oneOf(start: start, count: count))
        }
        if let child = try schema("not", &compiler) { groups.any.append(.not(child)) }
        if let test = try schema("if", &compiler) {
            let then = try schema("then", &compiler) ?? -1
            let otherwise = try schema("else", &compiler) ?? -1
            groups.any.append(.conditional(test: test, then: then, otherwise: otherwise))
        }
        // Without `if` the other two assert nothing, but they must still be schemas.
        for keyword in ["then", "else"] where value("if") == nil { _ = try schema(keyword, &compiler) }
    }
}

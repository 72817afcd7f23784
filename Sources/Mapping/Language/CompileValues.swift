// Values of an adapter file to operations: the part of the language that writes fields.
//
// A value is a path (its text), or an object with one of const, from, concat, object, list, each, first,
// person, unit; with `default`, `required` and `when` applied in that order.

import JSON
import Records

extension AdapterCompiler {
    private static let wrappers = ["default", "required", "when"]
    private static let kinds = ["const", "from", "concat", "object", "list", "each", "first", "person", "unit"]

    /// Compiles a value; after a fault the operation writes nothing.
    mutating func compile(_ value: JSONValue, _ pointer: String, _ scope: Int32) -> Int32 {
        depth += 1
        defer { depth -= 1 }
        guard depth <= AdapterCompiler.depthMax else {
            fault(pointer, "nested too deeply", "at most \(AdapterCompiler.depthMax) levels")
            return nothing()
        }
        if value.stringValue != nil {
            guard let source = source(value, pointer, scope) else { return nothing() }
            return operation(.text(source, shape: shape(TextShape())))
        }
        guard let kind = AdapterCompiler.kinds.first(where: { value[$0] != nil }) else {
            fault(
                pointer, "no value",
                "write a path or an object with one of \(AdapterCompiler.kinds.joined(separator: ", "))")
            return nothing()
        }
        var result = compile(kind, value, pointer, scope)
        if let other = value["default"] {
            result = operation(.otherwise(operation: result, value: constant(json: other)))
        }
        if flag(value, "required", pointer) {
            result = operation(.required(operation: result, place: firstPlace(value)))
        }
        if let condition = value["when"] {
            let index = compileCondition(condition, child(pointer, "when"), scope)
            result = operation(.when(condition: index, operation: result))
        }
        return result
    }

    private func nothingRange() -> ListRange { ListRange(start: 0, count: 0) }
    func nothingOperation() -> Operation { .firstOf(operands: nothingRange()) }
    mutating func nothing() -> Int32 { operation(nothingOperation()) }

    private mutating func shape(_ shape: TextShape) -> Int32 {
        program.shapes.append(shape)
        return Int32(program.shapes.count - 1)
    }

    /// The first path below a value, to name it when it is missing.
    mutating func firstPlace(_ value: JSONValue) -> Int32 {
        func firstPath(_ value: JSONValue) -> String? {
            if let text = value.stringValue { return text }
            if let elements = value.arrayValue { return elements.lazy.compactMap(firstPath).first }
            for name in ["from", "concat", "first", "each", "person", "fullName", "number", "unit", "commune"] {
                if let inner = value[name], let path = firstPath(inner) { return path }
            }
            return nil
        }
        return place(firstPath(value) ?? "")
    }

    private mutating func compile(_ kind: String, _ value: JSONValue, _ pointer: String, _ scope: Int32) -> Int32 {
        let inner = value[kind] ?? .null
        let place = child(pointer, kind)
        switch kind {
        case "const":
            guard check(value, pointer, [kind]) else { return nothing() }
            return operation(.constant(constant(json: inner)))
        case "from": return compileFrom(value, pointer, scope)
        case "concat":
            guard check(value, pointer, [kind, "separator", "skipAbsent"]) else { return nothing() }
            var separator: [UInt8] = []
            JSONWriter.appendString(text(value, "separator", pointer) ?? "", to: &separator)
            return operation(
                .concatenation(
                    operands: compileList(inner, place, scope), separator: constant(separator.dropFirst().dropLast()),
                    skipsAbsent: flag(value, "skipAbsent", pointer)))
        case "object":
            guard check(value, pointer, [kind]) else { return nothing() }
            return operation(.object(members: compileMembers(inner, place, scope)))
        case "list":
            guard check(value, pointer, [kind]) else { return nothing() }
            return operation(.list(operands: compileList(inner, place, scope)))
        case "first":
            guard check(value, pointer, [kind]) else { return nothing() }
            return operation(.firstOf(operands: compileList(inner, place, scope)))
        case "each": return compileEach(value, pointer, scope)
        case "person":
            guard check(value, pointer, [kind]) else { return nothing() }
            return compilePerson(inner, place, scope)
        default:
            guard check(value, pointer, [kind]) else { return nothing() }
            return compileUnit(inner, place, scope)
        }
    }

    private mutating func check(_ value: JSONValue, _ pointer: String, _ names: [String]) -> Bool {
        checkMembers(value, pointer, optional: names + AdapterCompiler.wrappers)
    }

    private mutating func compileList(_ value: JSONValue, _ pointer: String, _ scope: Int32) -> ListRange {
        guard let elements = value.arrayValue, !elements.isEmpty else {
            fault(pointer, "not a list of values", "write at least one value in brackets")
            return nothingRange()
        }
        let indexes = elements.enumerated().map { compile($1, child(pointer, String($0)), scope) }
        return operands(indexes)
    }

    /// The members of an object, in the order of the file.
    mutating func compileMembers(_ value: JSONValue, _ pointer: String, _ scope: Int32) -> ListRange {
        guard let fields = value.objectValue else {
            fault(pointer, "not an object", "write fields and their values")
            return nothingRange()
        }
        var members: [Member] = []
        for field in fields {
            var key: [UInt8] = []
            JSONWriter.appendKey(field.name, to: &key)
            let operation = compile(field.value, child(pointer, field.name), scope)
            members.append(Member(key: constant(key), operation: operation))
        }
        program.members.append(contentsOf: members)
        return ListRange(start: Int32(program.members.count - members.count), count: Int32(members.count))
    }

    private mutating func compileEach(_ value: JSONValue, _ pointer: String, _ scope: Int32) -> Int32 {
        guard
            checkMembers(
                value, pointer, required: ["each", "item"], optional: ["itemWhen"] + AdapterCompiler.wrappers),
            let path = text(value, "each", pointer)
        else { return nothing() }
        let slot = path == "." ? self.path(".", pointer, scope) : self.path(path, child(pointer, "each"), scope)
        let inner = program.paths.addScope()
        let item = compile(value["item"] ?? .null, child(pointer, "item"), inner)
        let condition = value["itemWhen"].map { compileCondition($0, child(pointer, "itemWhen"), inner) } ?? -1
        program.eaches.append(EachOperation(slot: slot, scope: inner, condition: condition, item: item))
        return operation(.each(Int32(program.eaches.count - 1)))
    }

    // MARK: Conversions of one text

    private static let conversions: [String: [String]] = [
        "text": ["take", "after", "until", "split"], "upper": ["take", "after", "until", "split"],
        "lower": ["take", "after", "until", "split"], "date": ["format"], "partial-date": ["format"],
        "date-time": ["format"], "month": ["format"], "year": ["format"],
        "decimal": ["decimalSeparator", "thousandsSeparator"],
        "integer": ["decimalSeparator", "thousandsSeparator", "take", "after", "until"], "boolean": [],
        "code": ["codes", "at", "otherwise", "take", "after", "until"],
        "picture": ["pictures"], "person-reference": [],
    ]

    private mutating func compileFrom(_ value: JSONValue, _ pointer: String, _ scope: Int32) -> Int32 {
        let conversion = text(value, "as", pointer) ?? "text"
        guard let options = AdapterCompiler.conversions[conversion] else {
            fault(
                child(pointer, "as"), "no such conversion",
                "known: \(AdapterCompiler.conversions.keys.sorted().joined(separator: ", "))")
            return nothing()
        }
        guard check(value, pointer, ["from", "as"] + options), let source = source(value, "from", pointer, scope) else {
            return nothing()
        }
        switch conversion {
        case "text", "upper", "lower": return compileText(conversion, source, value, pointer)
        case "date": return compileDate(source, .day, value, pointer)
        case "partial-date": return compileDate(source, .partial, value, pointer)
        case "date-time": return compileDate(source, .time, value, pointer)
        case "month": return compileDate(source, .month, value, pointer)
        case "year": return compileDate(source, .year, value, pointer)
        case "decimal": return operation(.decimal(source, style: numberStyle(value, pointer)))
        case "integer":
            return operation(
                .integer(source, style: numberStyle(value, pointer), shape: cut(value, pointer, TextShape())))
        case "boolean": return operation(.boolean(source))
        case "picture": return compilePictures(source, value, pointer)
        case "person-reference": return operation(.personReference(source))
        default: return compileCode(source, value, pointer, scope)
        }
    }

    private mutating func compileText(
        _ conversion: String, _ source: SourceReference, _ value: JSONValue, _ pointer: String
    ) -> Int32 {
        let letterCase: TextShape.Case = conversion == "upper" ? .upper : conversion == "lower" ? .lower : .asIs
        let index = cut(value, pointer, TextShape(letterCase: letterCase))
        if value["split"] != nil {
            guard let separator = character(value, "split", pointer) else { return nothing() }
            return operation(.textList(source, shape: index, separator: separator))
        }
        return operation(.text(source, shape: index))
    }

    /// The members `take`, `after` and `until`.
    private mutating func cut(_ value: JSONValue, _ pointer: String, _ initial: TextShape) -> Int32 {
        var form = initial
        if let take = value["take"] {
            if let count = take.intValue, count > 0, count <= 10_000 {
                form.take = Int32(count)
            } else {
                fault(child(pointer, "take"), "not a count", "write a number of characters from 1")
            }
        }
        if let after = text(value, "after", pointer) { form.after = constant(after.utf8) }
        if let until = text(value, "until", pointer) { form.until = constant(until.utf8) }
        return shape(form)
    }

    private mutating func compileDate(
        _ source: SourceReference, _ output: DateOutput, _ value: JSONValue, _ pointer: String
    ) -> Int32 {
        guard let formats = formats(value, pointer) else { return nothing() }
        return operation(.date(source, formats: formats, output: output))
    }

    mutating func numberStyle(_ value: JSONValue, _ pointer: String) -> Int32 {
        var style = NumberStyle()
        if let both = value["decimalSeparator"]?.stringValue, both == ".," || both == ",." {
            (style.decimalSeparator, style.otherDecimalSeparator) = (UInt8(ascii: "."), UInt8(ascii: ","))
        } else if let byte = character(value, "decimalSeparator", pointer) {
            style.decimalSeparator = byte
        }
        if let byte = character(value, "thousandsSeparator", pointer) { style.thousandsSeparator = byte }
        if [style.decimalSeparator, style.otherDecimalSeparator].contains(style.thousandsSeparator),
            style.thousandsSeparator != 0
        {
            fault(pointer, "one character for both separators", "let the two separators differ")
        }
        program.numberStyles.append(style)
        return Int32(program.numberStyles.count - 1)
    }

    private mutating func compilePictures(_ source: SourceReference, _ value: JSONValue, _ pointer: String) -> Int32 {
        let place = child(pointer, "pictures")
        guard let pairs = value["pictures"]?.objectValue, !pairs.isEmpty else {
            fault(place, "no pictures", "write shapes and forms, such as {\"AA######\": \"AA ######\"}")
            return nothing()
        }
        let start = program.pictures.count
        for pair in pairs {
            guard let form = pair.value.stringValue, let picture = Picture(shape: pair.name, form: form) else {
                fault(child(place, pair.name), "shape and form differ", "keep every A and # of the shape, in order")
                continue
            }
            program.pictures.append(picture)
        }
        return operation(
            .picture(source, pictures: ListRange(start: Int32(start), count: Int32(program.pictures.count - start))))
    }

    mutating func compileCode(
        _ source: SourceReference, _ value: JSONValue, _ pointer: String, _ scope: Int32
    ) -> Int32 {
        guard let table = table(value, pointer) else { return nothing() }
        let otherwise = value["otherwise"].map { constant(json: $0) } ?? .absent
        program.codes.append(
            CodeOperation(
                source: source, shape: cut(value, pointer, TextShape()), table: table,
                at: dateReference(value, "at", pointer, scope), otherwise: otherwise))
        return operation(.code(Int32(program.codes.count - 1)))
    }
}

// The fields of a contract, found by walking its schema through properties, items and local references.
// Every one must have a class and both titles: a field without a class could be released by oversight.

import JSON
import Records

/// The walk over one schema.
struct FieldWalk {
    struct Fault {
        var pointer: String
        var detail: String
        var fix: String
    }

    let root: JSONValue
    var fields: [ContractField] = []
    var faults: [Fault] = []

    init(root: JSONValue) { self.root = root }

    private static func child(_ pointer: String, _ token: String) -> String {
        var text = Array(pointer.utf8)
        JSONPointer.appendToken(token.utf8, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Walks the properties of an object schema, or those of an array's elements.
    mutating func walk(_ schema: JSONValue, pointer: String, schemaPointer: String, depth: Int, isRequired: Bool) {
        guard depth <= ContractReader.depthMax else {
            faults.append(Fault(pointer: schemaPointer, detail: "nested too deeply", fix: "flatten the contract"))
            return
        }
        let (schema, schemaPointer) = resolved(schema, schemaPointer)
        if let items = schema["items"] {
            walk(
                items, pointer: FieldWalk.child(pointer, "*"), schemaPointer: FieldWalk.child(schemaPointer, "items"),
                depth: depth + 1, isRequired: isRequired)
        }
        guard let properties = schema["properties"]?.objectValue else { return }
        let required = schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
        for property in properties {
            let place = FieldWalk.child(FieldWalk.child(schemaPointer, "properties"), property.name)
            let field = FieldWalk.child(pointer, property.name)
            add(property, field, place, isRequired: required.contains(property.name))
            walk(property.value, pointer: field, schemaPointer: place, depth: depth + 1, isRequired: isRequired)
        }
    }

    private mutating func add(_ property: JSONMember, _ pointer: String, _ place: String, isRequired: Bool) {
        let (target, _) = resolved(property.value, place)
        let value = property.value
        guard let dataClass = value["x-dataClass"]?.stringValue.flatMap(DataClass.init) else {
            faults.append(
                Fault(
                    pointer: FieldWalk.child(place, "x-dataClass"), detail: "no class of protection",
                    fix: "write public, personal or sensitive"))
            return
        }
        for name in ["title", "x-title-en"] where value[name]?.stringValue?.isEmpty != false {
            faults.append(Fault(pointer: FieldWalk.child(place, name), detail: "no title", fix: "write \(name)"))
        }
        let kind = target["enum"] != nil ? "enum" : target["type"]?.stringValue ?? "any"
        fields.append(
            ContractField(
                pointer: pointer, dataClass: dataClass, title: value["title"]?.stringValue ?? "",
                titleEnglish: value["x-title-en"]?.stringValue ?? "", kind: kind, isRequired: isRequired))
        // An object that lists no fields and is open would let anything through without a class.
        if target["type"]?.stringValue == "object", target["properties"] != nil,
            target["additionalProperties"]?.boolValue != false
        {
            faults.append(
                Fault(pointer: place, detail: "the object is open", fix: "write \"additionalProperties\": false"))
        }
    }

    /// A schema with its local `$ref` followed; `#/$defs/…` only.
    private mutating func resolved(_ schema: JSONValue, _ place: String) -> (JSONValue, String) {
        var schema = schema
        var place = place
        for _ in 0..<8 {
            guard let reference = schema["$ref"]?.stringValue else { return (schema, place) }
            guard reference.utf8.first == UInt8(ascii: "#"),
                let pointer = try? JSONPointer(String(reference.dropFirst())), let target = root.resolve(pointer)
            else {
                faults.append(
                    Fault(pointer: FieldWalk.child(place, "$ref"), detail: "not found", fix: "refer to #/$defs/…"))
                return (.object([]), place)
            }
            schema = target
            place = String(reference.dropFirst())
        }
        return (schema, place)
    }
}

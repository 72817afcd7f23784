// The schema of what a recipient is given: the contract's, cut down to the fields that its route releases.

import JSON

enum ReleasedSchema {
    /// The contract's schema with only the released fields. Nothing is required any more where a part is left
    /// out: the record may have had what was taken away, or not.
    static func make(_ contract: Contract, released: [String], recipient: String) -> JSONValue {
        var cut = Cut(root: contract.document, released: Set(released))
        let body = cut.object(contract.document, pointer: "", depth: 0)
        var members = [
            JSONMember("$schema", "https://json-schema.org/draft/2020-12/schema"),
            JSONMember("$id", .string("urn:lgsp:deliver:\(recipient):\(contract.name):v\(contract.major)")),
            JSONMember("title", .string(contract.title)), JSONMember("x-title-en", .string(contract.titleEnglish)),
        ]
        members += body.objectValue ?? []
        if let shared = contract.document["$defs"] { members.append(JSONMember("$defs", shared)) }
        return .object(members)
    }

    private struct Cut {
        let root: JSONValue
        let released: Set<String>

        private func isReleased(_ pointer: String) -> Bool { released.contains(pointer) }
        private func holdsReleased(_ pointer: String) -> Bool {
            released.contains { $0.hasPrefix(pointer + "/") }
        }

        /// An object with the released of its properties.
        mutating func object(_ schema: JSONValue, pointer: String, depth: Int) -> JSONValue {
            let schema = resolved(schema)
            var properties: [JSONMember] = []
            for property in schema["properties"]?.objectValue ?? [] {
                let place = SchemaPlace.join(pointer, property.name)
                if isReleased(place) {
                    properties.append(property)
                } else if holdsReleased(place), depth < ContractReader.depthMax {
                    properties.append(JSONMember(property.name, part(property.value, place, depth + 1)))
                }
            }
            return .object([
                JSONMember("type", "object"), JSONMember("additionalProperties", false),
                JSONMember("properties", .object(properties)),
            ])
        }

        /// A property of which a part is released; titles and class stay.
        private mutating func part(_ value: JSONValue, _ pointer: String, _ depth: Int) -> JSONValue {
            let schema = resolved(value)
            var members = ["title", "x-title-en", "x-dataClass"].compactMap { name in
                value[name].map { JSONMember(name, $0) }
            }
            if let items = schema["items"] {
                let element = SchemaPlace.join(pointer, "*")
                members.append(JSONMember("type", "array"))
                members.append(
                    JSONMember("items", isReleased(element) ? items : object(items, pointer: element, depth: depth)))
            } else {
                members += object(schema, pointer: pointer, depth: depth).objectValue ?? []
            }
            return .object(members)
        }

        private func resolved(_ schema: JSONValue) -> JSONValue {
            var schema = schema
            for _ in 0..<8 {
                guard let reference = schema["$ref"]?.stringValue,
                    let pointer = try? JSONPointer(String(reference.dropFirst())), let target = root.resolve(pointer)
                else { return schema }
                schema = target
            }
            return schema
        }
    }
}

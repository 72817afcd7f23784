// Collects what is wrong with a file while it is read on: an author sees every fault at once.

import JSON
import Records

/// The faults of one file.
struct FaultCollector {
    let file: String
    var faults: [ConfigurationFault] = []

    init(file: String) { self.file = file }

    mutating func add(_ pointer: String, _ detail: String, fix: String) {
        faults.append(ConfigurationFault(file: file, pointer: pointer, detail: detail, fix: fix))
    }

    /// The object's members, each of which must be known; nil where it is no object.
    mutating func object(_ value: JSONValue?, _ pointer: String, known: [String]) -> [JSONMember]? {
        guard case .object(let members)? = value else {
            add(pointer, "an object is needed here", fix: "write { … } with \(known.joined(separator: ", "))")
            return nil
        }
        for member in members where !known.contains(member.name) {
            add("\(pointer)/\(member.name)", "unknown member", fix: "known here: \(known.joined(separator: ", "))")
        }
        return members
    }

    /// A non-empty string member that must be there.
    mutating func string(_ value: JSONValue, _ name: String, _ pointer: String) -> String? {
        guard let text = value[name]?.stringValue, !text.isEmpty else {
            add("\(pointer)/\(name)", "a non-empty string is needed here", fix: "add \"\(name)\": \"…\"")
            return nil
        }
        return text
    }

    /// A member that is one word of an enumeration.
    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ value: JSONValue, _ name: String, _ pointer: String, default: Word? = nil
    ) -> Word? where Word.RawValue == String {
        if value[name] == nil, let word = `default` { return word }
        if let word = value[name]?.stringValue.flatMap(Word.init(rawValue:)) { return word }
        let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
        add("\(pointer)/\(name)", "not one of the known words", fix: "write one of \(words)")
        return nil
    }

    /// An array member with at least one element.
    mutating func array(_ value: JSONValue, _ name: String, _ pointer: String, countMax: Int) -> [JSONValue] {
        guard let elements = value[name]?.arrayValue, !elements.isEmpty else {
            add(
                "\(pointer)/\(name)", "an array with at least one element is needed here", fix: "add \"\(name)\": [ … ]"
            )
            return []
        }
        guard elements.count <= countMax else {
            add("\(pointer)/\(name)", "more than \(countMax) elements", fix: "split the rule")
            return []
        }
        return elements
    }

    /// A pointer into a contract.
    mutating func pointer(_ value: JSONValue?, _ pointer: String) -> FieldPointer? {
        guard let result = value?.stringValue.flatMap({ FieldPointer($0) }) else {
            add(pointer, "not a JSON Pointer of a field", fix: "write one like /person/fullName or /owners/*/fullName")
            return nil
        }
        return result
    }
}

// Reads one contract file: its own annotations (`x-…`), its compiled schema, and the class of every field.

import JSON
import Records

/// The reader of one contract file; collects every fault.
struct ContractReader {
    let file: String
    var faults: [ConfigurationFault] = []

    /// Deeper nesting is refused: releasing and explaining a field is a walk of that depth.
    static let depthMax = 12

    mutating func fault(_ pointer: String, _ detail: String, _ fix: String) {
        faults.append(ConfigurationFault(file: file, pointer: pointer, detail: detail, fix: fix))
    }

    /// `Contracts/<domain>/<name>.v<major>.schema.json`, taken apart.
    static func names(of file: String) -> (domain: String, name: String, major: Int)? {
        let parts = file.split(separator: "/")
        guard parts.count == 3, parts[0] == "Contracts", parts[2].hasSuffix(".schema.json") else { return nil }
        let stem = parts[2].dropLast(".schema.json".count)
        guard let dot = stem.lastIndex(of: "."), stem[stem.index(after: dot)...].first == "v",
            let major = Int(stem[stem.index(after: dot)...].dropFirst()), major > 0
        else { return nil }
        return (String(parts[1]), String(stem[..<dot]), major)
    }

    mutating func read(_ bytes: [UInt8]) -> Contract? {
        guard let names = ContractReader.names(of: file) else {
            fault("", "not a contract's name", "name it Contracts/<domain>/<contract>.v<N>.schema.json")
            return nil
        }
        let document: JSONValue
        do { document = try JSONValue(parsing: bytes) } catch {
            fault("", "not JSON: \(error)", "correct the file at that byte")
            return nil
        }
        let identifier = text(document, "$id")
        if identifier != "urn:lgsp:contract:\(names.name):v\(names.major)" {
            fault("/$id", "not this contract's", "write urn:lgsp:contract:\(names.name):v\(names.major)")
        }
        if document["additionalProperties"]?.boolValue != false {
            fault("/additionalProperties", "the contract is open", "write \"additionalProperties\": false")
        }
        var walk = FieldWalk(root: document)
        walk.walk(document, pointer: "", schemaPointer: "", depth: 0, isRequired: true)
        for found in walk.faults { fault(found.pointer, found.detail, found.fix) }
        let schema: CompiledSchema
        do { schema = try CompiledSchema(document: document, uri: identifier) } catch {
            fault(error.pointer, error.detail, "correct the schema")
            return nil
        }
        return Contract(
            name: names.name, major: names.major, file: file, domain: names.domain, title: text(document, "title"),
            titleEnglish: text(document, "x-title-en"), owner: text(document, "x-owner"),
            cadence: text(document, "x-cadence"), retentionDays: retention(document), identifier: identifier,
            schema: schema, document: document, fields: walk.fields,
            keyPointers: keys(document, walk.fields), subjectPointers: subjects(document, walk.fields),
            fingerprint: Fingerprint.hex(bytes))
    }

    private mutating func text(_ document: JSONValue, _ name: String) -> String {
        guard let text = document[name]?.stringValue, !text.isEmpty else {
            fault("/\(name)", "missing or not a string", "write \(name)")
            return ""
        }
        return text
    }

    private mutating func retention(_ document: JSONValue) -> Int {
        guard let days = document["x-retentionDays"]?.intValue, days > 0, days <= 36_600 else {
            fault("/x-retentionDays", "missing or not a number of days", "write how many days records are kept")
            return 1
        }
        return days
    }

    private mutating func keys(_ document: JSONValue, _ fields: [ContractField]) -> [[JSONPointer]] {
        let alternatives = document["x-key"]?.arrayValue ?? []
        if alternatives.isEmpty { fault("/x-key", "no key", "write alternatives, each a list of pointers") }
        return alternatives.enumerated().compactMap { number, alternative in
            let parts = alternative.arrayValue ?? []
            let pointers = parts.compactMap { pointer($0.stringValue, "/x-key/\(number)", fields) }
            if parts.isEmpty { fault("/x-key/\(number)", "not a list of pointers", "write at least one pointer") }
            return pointers.count == parts.count && !pointers.isEmpty ? pointers : nil
        }
    }

    private mutating func subjects(_ document: JSONValue, _ fields: [ContractField]) -> [JSONPointer] {
        guard let pointers = document["x-subject"]?.arrayValue else {
            fault("/x-subject", "missing", "write the pointers of subject references, or an empty list")
            return []
        }
        return pointers.enumerated().compactMap { pointer($1.stringValue, "/x-subject/\($0)", fields) }
    }

    /// A pointer to a field that exists; an index counts as any element.
    private mutating func pointer(_ text: String?, _ place: String, _ fields: [ContractField]) -> JSONPointer? {
        guard let text, let pointer = try? JSONPointer(text) else {
            fault(place, "not a JSON Pointer", "write a pointer such as /person/personRef")
            return nil
        }
        let general = pointer.tokens.map { $0.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? [UInt8(ascii: "*")] : $0 }
        let wanted = JSONPointer(tokens: general).description
        if !fields.contains(where: { $0.pointer == wanted }) {
            fault(place, "the contract has no field \(text)", "point at a field")
        }
        return pointer
    }
}

/// A version of bytes that needs no cryptography: two FNV-1a of 64 bits with different starts.
public enum Fingerprint {
    /// 32 hexadecimal digits.
    public static func hex(_ bytes: [UInt8]) -> String {
        var first: UInt64 = 0xcbf2_9ce4_8422_2325
        var second: UInt64 = 0x6c62_272e_07bb_0142
        for byte in bytes {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second ^ UInt64(byte)) &* 0x100_0000_01b3
            second = second << 7 | second >> 57
        }
        return [first, second].map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
    }
}

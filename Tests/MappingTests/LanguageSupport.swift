// A small contract and small adapters for tests of the mapping language.

import Crypto
import JSON
import Mapping
import Records

enum Language {
    /// An open contract: these tests are about the mapping.
    static func contract(_ schema: String = "{\"type\": \"object\"}") throws -> TargetContract {
        TargetContract(
            name: "thing", major: 1, schema: try CompiledSchema(document: JSONValue(parsing: schema)),
            identifier: "urn:lgsp:contract:thing:v1", keyPointers: [[try JSONPointer("/recordId")]],
            subjectPointers: [try JSONPointer("/people/*/personRef"), try JSONPointer("/person/personRef")],
            fingerprint: "0",
            rejection: {
                Rejection(
                    stage: .conform, code: .contractOther, place: $0.instanceLocation, detail: $0.message, fix: "mend")
            })
    }

    /// An adapter over one JSON record; `fields` and the rest are JSON texts.
    static func adapter(
        fields: String, codes: String = "{}", event: String = "", schema: String = "{\"type\": \"object\"}",
        units: String? = nil
    ) throws -> CompiledAdapter {
        let text = """
            {"agency": "a", "feed": "f", "title": "t", "reader": {"format": "json", "record": ""},
             "codes": \(codes), "events": [{"contract": "thing", "version": 1, \(event)
             "fields": {"recordId": {"const": "1"}, "occurredAt": {"const": "2024-03-01"}, \(fields)}}]}
            """
        var tree = FileTree(files: ["Adapters/a/f.adapter.json": Array(text.utf8)])
        if let units { tree.files["Adapters/codes/admin-units.csv"] = Array(units.utf8) }
        return try CompiledAdapter(file: "Adapters/a/f.adapter.json", tree: tree, contracts: [contract(schema)])
    }

    static let key = SubjectReferenceKey(secret: Array("only for these tests".utf8))

    /// The values made of a record, or the rejection.
    static func run(_ adapter: CompiledAdapter, _ record: String) -> ([JSONValue], Rejection?, TranslatedRecord) {
        var translation = FileTranslation(adapter: adapter, key: key)
        let result = translation.translate(record: Array(record.utf8).span, titles: [UInt8]().span)
        let values = result.events.events.map {
            (try? JSONValue(parsing: Array(result.events.bytes[$0.value.range]))) ?? .null
        }
        return (values, result.rejection, result)
    }

    /// The field `x` of the only event; the rejection's code as a string where there is one.
    static func x(_ value: String, _ record: String, codes: String = "{}", units: String? = nil) throws -> JSONValue? {
        let (values, rejection, _) = run(try adapter(fields: "\"x\": \(value)", codes: codes, units: units), record)
        if let rejection { return .string(rejection.code.rawValue) }
        return values.first?["x"]
    }

    /// The faults of a file that must not compile.
    static func faults(fields: String, codes: String = "{}", event: String = "") -> [ConfigurationFault] {
        do {
            _ = try adapter(fields: fields, codes: codes, event: event)
            return []
        } catch let error as ConfigurationFaults { return error.faults } catch { return [] }
    }
}

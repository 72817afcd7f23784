// The public vectors of ../shared/suites/schema-diff: each verdict agrees or is listed with the reason, and no pair
// is called compatible while a record of the writer fails the reader.

import ContractRegistry
import Foundation
import JSON
import Testing

@Suite("Vectors of schema compatibility")
struct SchemaDiffSuiteTests {
    struct Vector {
        var id: String
        var reader: JSONValue
        var writer: JSONValue
        var isCompatible: Bool
    }

    static let vectors: [Vector] = {
        var folder = URL(filePath: #filePath)
        for _ in 0..<6 {
            folder.deleteLastPathComponent()
            let file = folder.appending(path: "shared/suites/schema-diff/vectors.json")
            guard let data = try? Data(contentsOf: file), let list = try? JSONValue(parsing: Array(data)) else { continue }
            return (list.arrayValue ?? []).compactMap { row in
                guard let id = row["id"]?.stringValue, let reader = row["reader"], let writer = row["writer"],
                    let isCompatible = row["compatible"]?.boolValue
                else { return nil }
                return Vector(
                    id: id, reader: EarlierDrafts.modernised(reader), writer: EarlierDrafts.modernised(writer),
                    isCompatible: isCompatible)
            }
        }
        print("skipped: ../shared/suites/schema-diff is not there")
        return []
    }()

    /// Where we do not follow the vectors, and why.
    static let listed: [String: String] = {
        let empty = "no record satisfies the writer, so none can break"
        let universal = "a* occurs in every text, so the pattern refuses nothing"
        return [
            "test_extra_field_with_closed_model_is_incompatible:601": empty,
            "test_true_and_false_schemas:1011": empty, "test_true_and_false_schemas:1017": empty,
            "test_true_and_false_schemas:1022": empty, "test_true_and_false_schemas:1027": empty,
            "test_true_and_false_schemas:1032": empty,
            "test_boolean_schemas_are_backward_compatible:709": "a reader that accepts nothing reads no record",
            "test_array_and_tuples_are_incompatible:758": "a list of integers has an integer at its first place",
            "test_schema_restrict_attributes_is_incompatible:1092": universal,
            "test_pattern_properties:1385": "the pattern allows any content",
            "test_property_names:1421": "the property added allows any content",
        ]
    }()

    /// Why a verdict that is not listed by name may differ: shown, not believed.
    private func reason(_ vector: Vector, ours: Bool) throws -> String? {
        if !ours {
            let made = try Soundness.counterexample(writer: vector.writer, reader: vector.reader, seed: 7)
            return made.counterexample == nil ? nil : "a record of the writer fails the reader"
        }
        var generator = try InstanceGenerator(vector.writer, hints: [vector.reader], seed: 7)
        if generator.next() == nil { return "no record satisfies the writer, so none can break" }
        let made = try Soundness.counterexample(writer: vector.writer, reader: vector.reader, seed: 7)
        return made.counterexample == nil ? "caution: \(made.count) records of the writer satisfy the reader" : nil
    }

    @Test("agree, or are listed with the reason")
    func verdicts() throws {
        var agreed = 0
        for vector in Self.vectors {
            let findings = SchemaDiff.findings(writer: vector.writer, reader: vector.reader)
            if findings.isEmpty == vector.isCompatible {
                agreed += 1
                #expect(Self.listed[vector.id] == nil, "\(vector.id) agrees now: take it off the list")
                continue
            }
            let why = try Self.listed[vector.id] ?? reason(vector, ours: findings.isEmpty)
            #expect(
                why != nil,
                "\(vector.id): \(vector.isCompatible ? "is compatible" : "is incompatible"), we find \(findings)")
            print("differs: \(vector.id): we say \(findings.isEmpty ? "compatible" : "incompatible"): \(why ?? "?")")
        }
        print("schema-diff: \(agreed) of \(Self.vectors.count) vectors agree")
    }

    @Test("are never called compatible where one of 200 records of the writer fails the reader")
    func soundness() throws {
        var pairs = 0
        var records = 0
        // Besides the pairs of the suite some that nobody thought of.
        for (number, vector) in Self.vectors.enumerated() {
            for other in [vector.reader, Self.vectors[number * 7 % Self.vectors.count].reader] {
                guard SchemaDiff.findings(writer: vector.writer, reader: other).isEmpty else { continue }
                let made = try Soundness.counterexample(writer: vector.writer, reader: other, seed: UInt64(pairs))
                #expect(
                    made.counterexample == nil,
                    "\(vector.id): \(String(decoding: vector.writer.write(), as: UTF8.self)) to \(String(decoding: other.write(), as: UTF8.self)): \(String(decoding: made.counterexample?.write() ?? [], as: UTF8.self))")
                pairs += 1
                records += made.count
            }
        }
        print("schema-diff: \(pairs) compatible pairs sound over \(records) records")
    }
}

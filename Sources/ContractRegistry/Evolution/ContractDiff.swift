// Two versions of a contract: their schemas, and what a contract promises beyond its schema: the record key,
// whose data it is, and how well each field is protected.

public import JSON
import Records

public enum ContractDiff {
    /// The report of a level for a proposed version against the one in force.
    public static func check(
        _ proposed: JSONValue, against current: JSONValue, level: CompatibilityLevel, rules: DiffRules = .strict
    ) -> CompatibilityReport {
        var report = level.check(proposed, against: [current], rules: rules)
        if level != .none, isContract(proposed), isContract(current) {
            report.breaking += promises(current, proposed).map { .init(version: 0, finding: $0) }
        }
        return report
    }

    /// Whether a document is a contract of the hub and not any schema.
    public static func isContract(_ document: JSONValue) -> Bool {
        document["$id"]?.stringValue?.hasPrefix("urn:lgsp:contract:") == true
    }

    /// The major version of a contract's `$id`.
    public static func major(_ document: JSONValue) -> Int? {
        guard isContract(document), let last = document["$id"]?.stringValue?.split(separator: ":").last else {
            return nil
        }
        return Int(last.dropFirst())
    }

    private static func promises(_ old: JSONValue, _ new: JSONValue) -> [SchemaFinding] {
        var findings: [SchemaFinding] = []
        func add(_ change: SchemaChange, _ path: String, _ reason: String) {
            findings.append(SchemaFinding(change: change, direction: .backward, path: path, reason: reason))
        }
        if old["x-key"] != new["x-key"] {
            add(.keyChanged, "#/x-key", "the records of one thing would get two keys, and no order among them")
        }
        let subjects = (new["x-subject"]?.arrayValue ?? []).compactMap(\.stringValue)
        for pointer in (old["x-subject"]?.arrayValue ?? []).compactMap(\.stringValue) where !subjects.contains(pointer) {
            add(.subjectRemoved, "#/x-subject", "\(pointer) would not count as a person's reference any more")
        }
        var before = FieldWalk(root: old)
        before.walk(old, pointer: "", schemaPointer: "", depth: 0, isRequired: true)
        var after = FieldWalk(root: new)
        after.walk(new, pointer: "", schemaPointer: "", depth: 0, isRequired: true)
        for field in before.fields {
            guard let next = after.fields.first(where: { $0.pointer == field.pointer }),
                next.dataClass < field.dataClass
            else { continue }
            add(
                .dataClassLowered, "#\(field.pointer)",
                "\(field.dataClass.rawValue) becomes \(next.dataClass.rawValue)")
        }
        return findings
    }
}

// `lgsp contract diff`: what a proposed version would break, before anybody publishes it.
import ContractRegistry
import Foundation
import JSON
import Records

enum ContractDiffCommand {
    static let diff = Command(
        words: ["contract", "diff"],
        summary: "compares two versions of a contract: what breaks, where, why and what mends it",
        positional: "OLD NEW",
        options: [
            .value("level", "LEVEL", "NONE, BACKWARD (default), FORWARD, FULL, or one of these with _TRANSITIVE"),
            .flag("lenient", "lets changes of the content model through, as schema registries do when lenient"),
        ],
        example: "lgsp contract diff medical-visit proposed.schema.json --level FULL"
    ) { arguments in
        let old = try document(try arguments.required(0, "OLD"), root: arguments.root)
        let new = try document(try arguments.required(1, "NEW"), root: arguments.root)
        let name = arguments.value("level") ?? CompatibilityLevel.backward.rawValue
        guard let level = CompatibilityLevel(name: name) else {
            let levels = CompatibilityLevel.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure(.usage, "--level \(name): must be one of \(levels)")
        }
        let rules = arguments.has("lenient") ? DiffRules.lenient : .strict
        let report = ContractDiff.check(new, against: old, level: level, rules: rules)
        let breaking = report.breaking.map(\.finding)
        // The other direction too: what the level allows is still worth knowing.
        let allowed = ContractDiff.check(new, against: old, level: .full).breaking.map(\.finding)
            .filter { !breaking.contains($0) }
        if arguments.json {
            Output.json([
                "level": .string(level.rawValue), "rules": arguments.has("lenient") ? "lenient" : "strict",
                "compatible": .bool(report.isCompatible),
                "findings": .array(
                    breaking.map { json($0, breaks: true) } + allowed.map { json($0, breaks: false) }),
            ])
        } else {
            show(breaking, title: "breaks")
            show(allowed, title: "allowed at \(level.rawValue)")
            if let from = ContractDiff.major(old), let to = ContractDiff.major(new), from != to {
                Output.line("v\(from) and v\(to) have a topic each: both run side by side until v\(from) is closed")
            }
            Output.line(
                report.isCompatible
                    ? "compatible at \(level.rawValue)" : "not compatible at \(level.rawValue): \(breaking.count) findings")
        }
        return report.isCompatible ? .done : .doesNotHold
    }

    /// A schema by file, else the contract of that name below the root.
    static func document(_ name: String, root: String) throws -> JSONValue {
        let isFile = name == "-" || FileManager.default.fileExists(atPath: name)
        if !isFile, !name.hasSuffix(".json") {
            return try ContractCommands.find(name, in: try ContractSet.load(try FileRoot.load(root))).document
        }
        do {
            return EarlierDrafts.modernised(try JSONValue(parsing: try FileRoot.bytes(of: name)))
        } catch let error as JSONError {
            throw CommandFailure(.usage, "\(name) is not JSON: \(error)")
        }
    }

    private static func show(_ findings: [SchemaFinding], title: String) {
        for finding in findings {
            let who = finding.direction == .backward ? "old records, new readers" : "new records, old readers"
            Output.line("\(title): \(finding.change.rawValue) at \(finding.path) (\(who))")
            Output.line("    why: \(finding.reason)")
            Output.line("    fix: \(finding.fix)")
        }
    }

    static func json(_ finding: SchemaFinding, breaks: Bool) -> JSONValue {
        [
            "breaks": .bool(breaks), "change": .string(finding.change.rawValue),
            "direction": .string(finding.direction.rawValue), "path": .string(finding.path),
            "reason": .string(finding.reason), "fix": .string(finding.fix),
        ]
    }
}

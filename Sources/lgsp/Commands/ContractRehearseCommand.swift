// `lgsp contract rehearse`: a proposed version put to what the topic holds and to everything that reads it.
import Bus
import ContractRegistry
import Foundation
import JSON
import Records

enum ContractRehearseCommand {
    static let rehearse = Command(
        words: ["contract", "rehearse"],
        summary: "re-validates a topic's retained records under a proposed version and lists who would break",
        positional: "NAME[.vN] FILE",
        options: [.value("days", "N", "records of the last N days (default: 30)")],
        example: "lgsp contract rehearse medical-visit proposed.schema.json --days 30"
    ) { arguments in
        let tree = try FileRoot.load(arguments.root)
        let contract = try ContractCommands.find(try arguments.required(0, "NAME"), in: try ContractSet.load(tree))
        let file = try arguments.required(1, "FILE")
        let days = try arguments.integer("days", default: 30, in: 1...36_600)
        let proposed = try ContractDiffCommand.document(file, root: arguments.root)
        let schema = try compiled(proposed, file: file)
        let rehearsal = try read(contract, schema, days: days, try BusCommands.bus(arguments))
        let impact = try ContractImpact(of: proposed, for: contract, tree: tree)
        let findings = ContractDiff.check(proposed, against: contract.document, level: .backward).breaking.map(\.finding)
        let holds = rehearsal.invalidCount == 0 && !impact.breaks
        if arguments.json {
            Output.json(json(rehearsal, impact, findings, contract, days, holds))
        } else {
            show(rehearsal, impact, findings, contract, days, holds)
        }
        return holds ? .done : .doesNotHold
    }

    private static func compiled(_ proposed: JSONValue, file: String) throws(CommandFailure) -> CompiledSchema {
        do { return try CompiledSchema(document: proposed) } catch {
            throw CommandFailure(.usage, "\(file)#\(error.pointer): \(error.detail)")
        }
    }

    /// Reads the topic from the first record of the time asked on.
    private static func read(_ contract: Contract, _ schema: CompiledSchema, days: Int, _ bus: BusSettings) throws
        -> Rehearsal
    {
        var rehearsal = Rehearsal(schema)
        let admin = try Admin(bus)
        guard let topic = try admin.describeTopic(contract.topic) else {
            throw CommandFailure(.doesNotHold, "no topic \(contract.topic); lgsp topics lists them")
        }
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let starts = try admin.offsets(of: topic.partitions, atMilliseconds: now - Int64(days) * 86_400_000)
        // -1: nothing is that late, so nothing of the partition is read.
        let positions = starts.filter { $0.offset >= 0 }
        if positions.isEmpty { return rehearsal }
        try AssignedReader(bus, from: positions).readToEnd { batch in
            for slot in batch.slots {
                let value = slot.value.isAbsent ? nil : Array(batch.arena[slot.value.range])
                rehearsal.take(value, at: "\(contract.topic)/\(slot.partition)/\(slot.offset)")
            }
        }
        return rehearsal
    }

    private static func show(
        _ rehearsal: Rehearsal, _ impact: ContractImpact, _ findings: [SchemaFinding], _ contract: Contract, _ days: Int,
        _ holds: Bool
    ) {
        Output.line(
            "\(contract.topic), \(days) days: \(rehearsal.recordCount) records, \(rehearsal.invalidCount) would fail, "
            + "\(rehearsal.tombstoneCount) tombstones")
        if rehearsal.invalidCount > 0 {
            Output.table(
                ["keyword", "field", "records", "first"],
                rehearsal.ranking.map { [$0.keyword, $0.pointer, "\($0.count)", $0.first] })
        }
        if !impact.rows.isEmpty {
            Output.line("")
            Output.table(
                ["what", "name", "breaks", "why"],
                impact.rows.map { [$0.kind.rawValue, $0.name, $0.breaks ? "yes" : "", $0.reason] })
        }
        for finding in findings { Output.line("finding: \(finding)") }
        if let major = ContractDiff.major(ContractDiff.isContract(contract.document) ? contract.document : .null) {
            let fix = "publish it as v\(major + 1): its own topic, both versions run side by side"
            Output.line(holds ? "nothing breaks: it can replace v\(major)" : "it cannot replace v\(major); \(fix)")
        }
    }

    private static func json(
        _ rehearsal: Rehearsal, _ impact: ContractImpact, _ findings: [SchemaFinding], _ contract: Contract, _ days: Int,
        _ holds: Bool
    ) -> JSONValue {
        [
            "contract": .string("\(contract.name).v\(contract.major)"), "topic": .string(contract.topic),
            "days": .integer(days), "records": .integer(rehearsal.recordCount),
            "invalid": .integer(rehearsal.invalidCount), "tombstones": .integer(rehearsal.tombstoneCount),
            "holds": .bool(holds),
            "failures": .array(
                rehearsal.ranking.map {
                    [
                        "keyword": .string($0.keyword), "pointer": .string($0.pointer), "records": .integer($0.count),
                        "first": .string($0.first),
                    ]
                }),
            "impact": .array(
                impact.rows.map {
                    [
                        "kind": .string($0.kind.rawValue), "name": .string($0.name), "breaks": .bool($0.breaks),
                        "reason": .string($0.reason),
                    ]
                }),
            "findings": .array(findings.map { ContractDiffCommand.json($0, breaks: true) }),
        ]
    }
}

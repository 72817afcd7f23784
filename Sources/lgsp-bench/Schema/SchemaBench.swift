// `schema`: parsing and validating medical visits on one core beside validators from PyPI and Debian, in processes that
// take turns; parsing alone beside simdjson; and what a record allocates. Scripts/bench.sh builds the peers.
import Foundation
import JSON

func runSchemaBench(arguments: [String]) throws {
    let options = try BenchOptions(arguments, known: ["records", "rounds"])
    let count = try options.integer("records", default: 40_000)
    let rounds = try options.integer("rounds", default: 5)
    try SchemaBench(records: count, rounds: rounds).run(turns: 3)
}

/// One line of a measured process.
struct SchemaPartResult {
    var seconds: Double
    var records: Int
    var bytes: Int
    var valid: Int

    var recordsPerSecond: Double { Double(records) / seconds }
    var megabytesPerSecond: Double { Double(bytes) / seconds / 1e6 }
}

private struct SchemaBench {
    let folder: String
    let source: String
    let rounds: Int

    private static let peersFolder = ".build/bench"

    init(records: Int, rounds: Int) throws {
        self.rounds = rounds
        folder = FileManager.default.temporaryDirectory.appending(path: "lgsp-bench-schema-\(getpid())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let workload = try Workload.lines(count: records, folder: folder)
        source = workload.source
        try Data(workload.lines.joined(separator: [0x0A]) + [0x0A]).write(to: URL(filePath: folder + "/visits.jsonl"))
        // The shared generator leaves its schema beside its records.
        let schema = folder + "/schema.json"
        if !FileManager.default.fileExists(atPath: schema) {
            try FileManager.default.copyItem(atPath: "Scripts/bench/medical-visit.schema.json", toPath: schema)
        }
        let document = try JSONValue(parsing: [UInt8](Data(contentsOf: URL(filePath: schema))))
        try Data(SchemaBench.draft4(document).write()).write(to: URL(filePath: folder + "/schema-draft4.json"))
    }

    func run(turns: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var best: [String: SchemaPartResult] = [:]
        let own = CommandLine.arguments[0]
        let records = folder + "/visits.jsonl"
        for _ in 0..<turns {
            for command in [
                [own, "schema-part", records, folder + "/schema.json", "\(rounds)"],
                [SchemaBench.peersFolder + "/schema-peers", records, folder + "/schema-draft4.json", "\(rounds)"],
                [python, "Scripts/bench/schema_peers.py", records, folder + "/schema.json", "\(rounds)"],
            ] {
                for line in try lines(of: command) {
                    guard let name = line["part"]?.stringValue, let seconds = line["seconds"]?.doubleValue else { continue }
                    let result = SchemaPartResult(
                        seconds: seconds, records: line["records"]?.intValue ?? 0, bytes: line["bytes"]?.intValue ?? 0,
                        valid: line["valid"]?.intValue ?? 0)
                    if result.seconds < best[name]?.seconds ?? .infinity { best[name] = result }
                }
            }
        }
        let counted = try lines(
            of: [own, "schema-part", records, folder + "/schema.json", "1"],
            preload: SchemaBench.peersFolder + "/allocations.so")
        SchemaReport(source: source, results: best, allocations: counted.first).show()
    }

    private var python: String {
        let own = ".build/python/bin/python3"
        return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    }

    /// Runs a process to its end and reads its lines of JSON; one that is not there has none.
    private func lines(of command: [String], preload: String? = nil) throws -> [JSONValue] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = (preload.map { ["LD_PRELOAD=\($0)"] } ?? []) + command
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            FileHandle.standardError.write(Data("\(command[0]) cannot be measured; Scripts/bench.sh installs the peers\n".utf8))
            return []
        }
        return bytes.split(separator: 0x0A).compactMap { try? JSONValue(parsing: [UInt8]($0)) }
    }

    /// The same schema in draft 4, which is all that RapidJSON knows.
    private static func draft4(_ value: JSONValue) -> JSONValue {
        if let elements = value.arrayValue { return .array(elements.map(draft4)) }
        guard let members = value.objectValue else { return value }
        var result: [JSONMember] = []
        for member in members {
            switch member.name {
            case "$schema", "$id": continue
            case "const": result.append(JSONMember("enum", .array([member.value])))
            case "exclusiveMinimum":
                result += [JSONMember("minimum", member.value), JSONMember("exclusiveMinimum", true)]
            case "$defs": result.append(JSONMember("definitions", draft4(member.value)))
            case "$ref":
                let target = (member.value.stringValue ?? "").replacing("/$defs/", with: "/definitions/")
                result.append(JSONMember("$ref", .string(target)))
            default: result.append(JSONMember(member.name, draft4(member.value)))
            }
        }
        return .object(result)
    }
}

// `lgsp adapter`: what an integrator works with: the list of adapters, the cases beside each, and the translation
// of a real file without any bus.
import ContractRegistry
import Crypto
import Foundation
import JSON
import Mapping
import Records

enum AdapterCommands {
    static let all: [Command] = [list, test, run]

    static let list = Command(
        words: ["adapter", "list"], summary: "the adapters with format, contracts and raw topic",
        example: "lgsp adapter list"
    ) { arguments in
        let set = try load(try FileRoot.load(arguments.root), secret: try throwAwayKey())
        let language = try arguments.language()
        func contracts(_ adapter: CompiledAdapter) -> [String] { adapter.contracts.map { "\($0.name).v\($0.major)" } }
        if arguments.json {
            let list = set.adapters.map { adapter -> JSONValue in
                [
                    "agency": .string(adapter.agency), "feed": .string(adapter.feed), "file": .string(adapter.file),
                    "format": .string(adapter.reader.format.rawValue), "topic": .string(adapter.rawTopic),
                    "contracts": .array(contracts(adapter).map { .string($0) }), "title": .string(adapter.title),
                    "titleEnglish": .string(adapter.titleEnglish), "rules": .string(adapter.rulesVersion),
                ]
            }
            Output.json(.array(list))
        } else {
            Output.table(
                ["adapter", "format", "contracts", "title"],
                set.adapters.map {
                    [
                        "\($0.agency)/\($0.feed)", $0.reader.format.rawValue,
                        contracts($0).joined(separator: " "), language($0.title, $0.titleEnglish),
                    ]
                })
        }
        return .done
    }

    static let test = Command(
        words: ["adapter", "test"], summary: "runs the cases beside every adapter, or beside one",
        positional: "[AGENCY/FEED or FILE]",
        example: "lgsp adapter test health/medical-visit"
    ) { arguments in
        let tree = try FileRoot.load(arguments.root)
        let set = try load(tree, secret: try throwAwayKey())
        let chosen = try arguments.positional.isEmpty ? set.adapters : arguments.positional.map { try find($0, in: set) }
        var rows: [(adapter: CompiledAdapter, results: [AdapterCaseResult])] = []
        for adapter in chosen {
            rows.append((adapter, try AdapterCases(of: adapter, tree: tree).run(adapter, tree: tree, key: set.key)))
        }
        let failedCount = rows.reduce(0) { $0 + $1.results.count { !$0.isPassed } }
        arguments.json ? Output.json(.array(rows.flatMap(document))) : show(rows)
        return failedCount == 0 ? .done : .doesNotHold
    }

    private static func document(_ row: (adapter: CompiledAdapter, results: [AdapterCaseResult])) -> [JSONValue] {
        row.results.map { result in
            [
                "adapter": .string("\(row.adapter.agency)/\(row.adapter.feed)"), "case": .string(result.name),
                "passed": .bool(result.isPassed), "differences": .array(result.differences.map { .string($0) }),
            ]
        }
    }

    private static func show(_ rows: [(adapter: CompiledAdapter, results: [AdapterCaseResult])]) {
        Output.table(
            ["adapter", "passed", "failed"],
            rows.map { row in
                [
                    "\(row.adapter.agency)/\(row.adapter.feed)", "\(row.results.count { $0.isPassed })",
                    "\(row.results.count { !$0.isPassed })",
                ]
            })
        for row in rows {
            for result in row.results where !result.isPassed {
                Output.line("failed: \(row.adapter.agency)/\(row.adapter.feed): \(result.name)")
                result.differences.forEach { Output.line("  " + $0) }
            }
        }
        let count = rows.reduce(0) { $0 + $1.results.count }
        let failedCount = rows.reduce(0) { $0 + $1.results.count { !$0.isPassed } }
        Output.line("total: \(count - failedCount) passed, \(failedCount) failed")
    }

    static let run = Command(
        words: ["adapter", "run"],
        summary: "translates a file: CloudEvents on stdout, rejected records on stderr, one JSON document a line",
        positional: "AGENCY/FEED or FILE",
        options: [
            .value("input", "FILE", "the agency's file, - for standard input (required)"),
            .value("out", "FILE", "where the events go, - for standard output (default: -)"),
            .value("data", "DIR", "the hub's folder, for its own subject references (default: a key thrown away afterwards)"),
            .flag("strict", "exit 1 where a record was rejected"),
        ],
        example: "lgsp adapter run health/medical-visit --input inbox/health/medical-visit/export.xml > events.jsonl"
    ) { arguments in
        let name = try arguments.required(0, "AGENCY/FEED")
        guard let input = arguments.value("input") else {
            throw CommandFailure(.usage, "--input FILE is missing: the agency's file; lgsp adapter test runs the adapter's own cases")
        }
        let secret = try arguments.value("data").map { data throws(CommandFailure) in try HubSecrets.subjectKey(data: data) }
        let set = try load(try FileRoot.load(arguments.root), secret: try secret ?? throwAwayKey())
        let adapter = try find(name, in: set)
        let out = arguments.value("out") ?? "-"
        var sink = try EventSink(out)
        var eventCount = 0
        var rejectedCount = 0
        var translation = FileTranslation(adapter: adapter, key: set.key)
        try portions(of: input) { bytes, isLast in
            translation.feed(bytes.span, isLast: isLast) { record in
                for event in record.events.events {
                    record.appendCloudEvent(event, of: adapter, to: &sink.pending)
                    sink.pending.append(UInt8(ascii: "\n"))
                    eventCount += 1
                }
                guard record.rejection != nil else { return }
                rejectedCount += 1
                record.appendRejection(to: &sink.rejections)
                sink.rejections.append(UInt8(ascii: "\n"))
            }
            try sink.flush()
        }
        // On stderr there is nothing but rejections, so that a program can read it.
        if out != "-" { Output.line("\(eventCount) events written to \(out), \(rejectedCount) records rejected") }
        return rejectedCount > 0 && arguments.has("strict") ? .doesNotHold : .done
    }

    /// Reads a file in portions that fit the memory, whatever its size.
    private static func portions(of path: String, _ body: ([UInt8], Bool) throws -> Void) throws {
        let handle: FileHandle
        if path == "-" {
            handle = .standardInput
        } else {
            guard !FileRoot.isFolder(path), let file = FileHandle(forReadingAtPath: path) else {
                throw CommandFailure(.usage, "\(path) cannot be read; is the path right, and may this user read it?")
            }
            handle = file
        }
        while true {
            guard let data = try handle.read(upToCount: 1 << 20), !data.isEmpty else { return try body([], true) }
            try body([UInt8](data), false)
        }
    }

    // MARK: Loading

    static func load(_ tree: FileTree, secret: [UInt8]) throws(ConfigurationFaults) -> AdapterSet {
        try AdapterSet.load(
            tree, contracts: try ContractSet.load(tree).contracts.map(HubRules.target),
            key: SubjectReferenceKey(secret: secret))
    }

    /// References made with it join with nothing: what a file looks like is no business of the hub's own key.
    static func throwAwayKey() throws(CommandFailure) -> [UInt8] {
        do {
            return try RandomBytes.make(count: HubSecrets.keyBytes)
        } catch {
            throw CommandFailure(.unreachable, "the system's random generator gives nothing; is the machine starting up?")
        }
    }

    /// The adapter of `AGENCY/FEED`, of its file's path or of a path that ends in it.
    static func find(_ name: String, in set: AdapterSet) throws(CommandFailure) -> CompiledAdapter {
        let found = set.adapters.first {
            "\($0.agency)/\($0.feed)" == name || $0.file == name || name.hasSuffix("/" + $0.file)
        }
        guard let found else {
            let known = set.adapters.map { "\($0.agency)/\($0.feed)" }.joined(separator: ", ")
            throw CommandFailure(.usage, "no adapter \(name); there are \(known)")
        }
        return found
    }
}

/// Where translated events and rejections go.
private struct EventSink {
    var pending: [UInt8] = []
    var rejections: [UInt8] = []
    private let file: FileHandle?

    init(_ path: String) throws(CommandFailure) {
        if path == "-" {
            file = nil
            return
        }
        guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path)
        else {
            throw CommandFailure(.unreachable, "--out \(path) cannot be written; check the folder, its permission and the disk")
        }
        file = handle
    }

    mutating func flush() throws {
        if let file { try file.write(contentsOf: Data(pending)) } else { Output.bytes(pending) }
        if !rejections.isEmpty { FileHandle.standardError.write(Data(rejections)) }
        pending.removeAll(keepingCapacity: true)
        rejections.removeAll(keepingCapacity: true)
    }
}

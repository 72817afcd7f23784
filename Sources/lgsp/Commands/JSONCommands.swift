// `lgsp json` and `lgsp schema`: whether a file is JSON under the hub's limits, whether it satisfies a schema, and
// whether the validator itself passes a test suite.
import JSON

enum JSONCommands {
    static let all: [Command] = [check, validate, suite]

    // MARK: json check

    static let check = Command(
        words: ["json", "check"], summary: "whether a file is JSON (RFC 8259) within the hub's limits",
        positional: "FILE",
        example: "lgsp json check Adapters/health/medical-visit.adapter.json"
    ) { arguments in
        let file = try arguments.required(0, "FILE")
        let bytes = try FileRoot.bytes(of: file)
        var tape = JSONTape()
        do throws(JSONError) {
            try tape.parse(bytes)
        } catch {
            report(error, in: bytes, file: file, json: arguments.json)
            return .doesNotHold
        }
        arguments.json
            ? Output.json(["valid": true, "bytes": .integer(bytes.count)])
            : Output.line("\(file): JSON, \(bytes.count) bytes")
        return .done
    }

    /// Says where a document stops being JSON.
    private static func report(_ error: JSONError, in bytes: [UInt8], file: String, json: Bool) {
        let position = error.position(in: bytes.span)
        if json {
            Output.json([
                "valid": false, "byteOffset": .integer(error.byteOffset), "line": .integer(position.line),
                "column": .integer(position.column), "message": .string(error.kind.rawValue),
            ])
        } else {
            let place = "byte \(error.byteOffset) (line \(position.line), column \(position.column))"
            Output.line("\(file): \(place): \(error.kind.rawValue)")
            Output.line(error.excerpt(in: bytes.span))
        }
    }

    // MARK: schema validate

    static let validate = Command(
        words: ["schema", "validate"], summary: "whether a JSON document, or each line of a file, satisfies a schema",
        positional: "DATA",
        options: [
            .value("schema", "FILE", "the schema, JSON Schema 2020-12 (required)"),
            .value("ref", "FILE", "a document that the schema refers to, known by its $id or its place; again for more"),
            .flag("lines", "DATA is one JSON document a line; empty lines are passed over"),
        ],
        example: "lgsp schema validate --schema Contracts/health/medical-visit.v1.schema.json "
            + "Contracts/health/examples/valid/medical-visit.v1.minimal.json"
    ) { arguments in
        guard let file = arguments.value("schema") else {
            throw CommandFailure(.usage, "--schema FILE is missing: the schema that DATA is to satisfy")
        }
        let schema = try compile(file, references: arguments.all("ref"))
        let data = try arguments.required(0, "DATA (a file, or - for standard input)")
        let bytes = try FileRoot.bytes(of: data)
        if arguments.has("lines") { return validateLines(bytes, of: data, schema, json: arguments.json) }
        var tape = JSONTape()
        do throws(JSONError) {
            try tape.parse(bytes)
        } catch {
            report(error, in: bytes, file: data, json: arguments.json)
            return .doesNotHold
        }
        let failures = schema.failures(JSONView(bytes: bytes.span, tape: tape))
        if arguments.json {
            Output.json(document(failures))
        } else if failures.isEmpty {
            Output.line("\(data): valid")
        } else {
            Output.line("\(data): invalid")
            failures.forEach { Output.line("  " + sentence($0)) }
        }
        return failures.isEmpty ? .done : .doesNotHold
    }

    private static func compile(_ file: String, references: [String]) throws(CommandFailure) -> CompiledSchema {
        var resources: [String: [UInt8]] = [:]
        for reference in references {
            let bytes = try FileRoot.bytes(of: reference)
            let document: JSONValue
            do {
                document = try JSONValue(parsing: bytes)
            } catch {
                throw CommandFailure(.usage, "--ref \(reference): not JSON: \(error)")
            }
            resources[document["$id"]?.stringValue ?? FileRoot.uri(of: reference)] = bytes
        }
        let bytes = try FileRoot.bytes(of: file)
        do {
            return try CompiledSchema(bytes: bytes, uri: FileRoot.uri(of: file), resources: resources)
        } catch {
            throw CommandFailure(.usage, "\(file)#\(error.pointer): \(error.detail); correct the schema, or give what it refers to with --ref")
        }
    }

    private static func validateLines(_ bytes: [UInt8], of file: String, _ schema: CompiledSchema, json: Bool) -> ExitCode {
        var tape = JSONTape()
        var scratch = ValidationScratch()
        var number = 0
        var validCount = 0
        var invalidCount = 0
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
            let text = Array(line)
            do {
                try tape.parse(text)
            } catch {
                invalidCount += 1
                if json {
                    Output.json([
                        "line": .integer(number), "valid": false, "byteOffset": .integer(error.byteOffset),
                        "message": .string(error.kind.rawValue),
                    ])
                } else {
                    Output.line("line \(number): not JSON at byte \(error.byteOffset): \(error.kind.rawValue)")
                }
                continue
            }
            let view = JSONView(bytes: text.span, tape: tape)
            if schema.isValid(view, scratch: &scratch) {
                validCount += 1
                if json { Output.json(["line": .integer(number), "valid": true]) }
                continue
            }
            invalidCount += 1
            let failures = schema.failures(view)
            if json {
                Output.json(.object([JSONMember("line", .integer(number))] + (document(failures).objectValue ?? [])))
            } else {
                for failure in failures { Output.line("line \(number): " + sentence(failure)) }
            }
        }
        if !json { Output.line("\(file): \(validCount) valid, \(invalidCount) invalid") }
        return invalidCount == 0 ? .done : .doesNotHold
    }

    /// Instance location, keyword location and message; the root's pointer is written as `#`, for it is empty.
    private static func sentence(_ failure: SchemaFailure) -> String {
        "#\(failure.instanceLocation)  \(failure.message)  [#\(failure.keywordLocation)]"
    }

    private static func document(_ failures: [SchemaFailure]) -> JSONValue {
        var members = [JSONMember("valid", .bool(failures.isEmpty))]
        if !failures.isEmpty {
            let errors = failures.map { failure -> JSONValue in
                [
                    "instanceLocation": .string(failure.instanceLocation),
                    "keywordLocation": .string(failure.keywordLocation), "message": .string(failure.message),
                ]
            }
            members.append(JSONMember("errors", .array(errors)))
        }
        return .object(members)
    }

    // MARK: schema suite

    /// The address under which the official suite's remote documents are referred to.
    static let remotesAddress = "http://localhost:1234/"

    static let suite = Command(
        words: ["schema", "suite"], summary: "runs a folder of the JSON Schema Test Suite (draft 2020-12)",
        positional: "DIR",
        options: [
            .value("remotes", "DIR", "the suite's remote documents (default: remotes beside DIR's tests, where there are any)")
        ],
        example: "lgsp schema suite JSON-Schema-Test-Suite/tests/draft2020-12 --remotes JSON-Schema-Test-Suite/remotes"
    ) { arguments in
        var folder = try arguments.required(0, "DIR")
        if FileRoot.isFolder(folder + "/tests/draft2020-12") { folder += "/tests/draft2020-12" }
        let files = try FileRoot.files(below: folder, suffix: ".json")
        guard !files.isEmpty else {
            throw CommandFailure(.usage, "\(folder) has no .json file; name the suite's folder tests/draft2020-12")
        }
        var remotes: [String: [UInt8]] = [:]
        let beside = folder + "/../../remotes"
        if let place = arguments.value("remotes") ?? (FileRoot.isFolder(beside) ? beside : nil) {
            for (path, bytes) in try FileRoot.files(below: place, suffix: ".json") { remotes[remotesAddress + path] = bytes }
        }
        let report = SchemaSuite.run(files: files, remotes: remotes)
        arguments.json ? Output.json(document(report)) : show(report)
        return report.failed == 0 ? .done : .doesNotHold
    }

    private static func show(_ report: SchemaSuiteReport) {
        Output.table(["file", "passed", "failed"], report.files.map { [$0.file, "\($0.passed)", "\($0.failed)"] })
        for failure in report.failures {
            Output.line("failed: \(failure.file) | \(failure.group) | \(failure.test) | \(failure.detail)")
        }
        Output.line("total: \(report.passed) passed, \(report.failed) failed")
    }

    private static func document(_ report: SchemaSuiteReport) -> JSONValue {
        [
            "passed": .integer(report.passed), "failed": .integer(report.failed),
            "files": .array(
                report.files.map {
                    ["file": .string($0.file), "passed": .integer($0.passed), "failed": .integer($0.failed)]
                }),
            "failures": .array(
                report.failures.map {
                    [
                        "file": .string($0.file), "group": .string($0.group), "test": .string($0.test),
                        "detail": .string($0.detail),
                    ]
                }),
        ]
    }
}

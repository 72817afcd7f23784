// Running a test suite in the format of json-schema-org's: groups of a schema and instances with verdicts.

/// What a suite file's cases came to.
public struct SchemaSuiteReport: Sendable {
    public struct Case: Sendable, Equatable {
        public var file: String
        public var group: String
        public var test: String
        public var detail: String
    }
    /// Passed and failed per file, in the files' order.
    public private(set) var files: [(file: String, passed: Int, failed: Int)] = []
    public private(set) var failures: [Case] = []

    public var passed: Int { files.reduce(0) { $0 + $1.passed } }
    public var failed: Int { files.reduce(0) { $0 + $1.failed } }

    mutating func add(_ file: String, passed: Int, failures: [Case]) {
        files.append((file, passed, failures.count))
        self.failures += failures
    }
}

public enum SchemaSuite {
    /// Runs files of `[{description, schema, tests: [{description, data, valid}]}]`.
    ///
    /// - Parameters:
    ///   - files: by path; a path under `optional/format/` asserts `format`, the others do not.
    ///   - remotes: documents by URI that references may reach.
    public static func run(files: [String: [UInt8]], remotes: [String: [UInt8]]) -> SchemaSuiteReport {
        var documents: [String: JSONValue] = [:]
        for (uri, bytes) in remotes { documents[uri] = try? JSONValue(parsing: bytes) }
        var report = SchemaSuiteReport()
        for file in files.keys.sorted() {
            var passed = 0
            var failures: [SchemaSuiteReport.Case] = []
            do {
                guard let groups = try JSONValue(parsing: files[file] ?? []).arrayValue else { continue }
                let options = SchemaOptions(assertsFormat: file.contains("optional/format/"))
                for group in groups { run(group, file, documents, options, &passed, &failures) }
            } catch {
                failures.append(.init(file: file, group: "", test: "", detail: "not JSON: \(error)"))
            }
            report.add(file, passed: passed, failures: failures)
        }
        return report
    }

    private static func run(
        _ group: JSONValue, _ file: String, _ documents: [String: JSONValue], _ options: SchemaOptions,
        _ passed: inout Int,
        _ failures: inout [SchemaSuiteReport.Case]
    ) {
        let name = group["description"]?.stringValue ?? ""
        let tests = group["tests"]?.arrayValue ?? []
        func failure(_ test: JSONValue, _ detail: String) -> SchemaSuiteReport.Case {
            .init(file: file, group: name, test: test["description"]?.stringValue ?? "", detail: detail)
        }
        do {
            let compiled = try CompiledSchema(
                document: group["schema"] ?? .null, uri: "urn:lgsp:suite", resources: documents, options: options)
            for test in tests {
                let expected = test["valid"]?.boolValue ?? false
                let found = compiled.failures(of: test["data"] ?? .null)
                let isValid = compiled.isValid(test["data"] ?? .null)
                if isValid == expected, found.isEmpty == expected {
                    passed += 1
                } else {
                    let detail = "expected \(expected ? "valid" : "invalid"), found \(isValid ? "valid" : "invalid")"
                    failures.append(
                        failure(test, found.isEmpty == isValid ? detail : detail + ", and failures disagree"))
                }
            }
        } catch {
            for test in tests { failures.append(failure(test, "schema refused: \(error)")) }
        }
    }
}

extension CompiledSchema {
    /// The fast verdict on a tree; for configuration and tests.
    public func isValid(_ value: JSONValue) -> Bool {
        let bytes = value.write()
        var tape = JSONTape()
        do {
            try tape.parse(bytes.span)
        } catch {
            return false
        }
        var scratch = ValidationScratch()
        return isValid(JSONView(bytes: bytes.span, tape: tape), scratch: &scratch)
    }
}

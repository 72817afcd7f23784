// JSON Schema 2020-12 over the official suite, and our own hostile schemas and instances.

import Glibc
import JSON
import Testing

@Suite struct JSONSchemaConformanceTests {
    /// Cases we do not pass: `file | group | test | reason`, `*` for any. The list may only shrink.
    private func skipped() -> [[String]] {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        parts[parts.count - 1] = "json-schema-skipped.txt"
        let text = String(decoding: SharedSuites.read(parts.joined(separator: "/")), as: UTF8.self)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            line.split(separator: "|").map { part in
                var part = part
                while part.first == " " { part = part.dropFirst() }
                while part.last == " " { part = part.dropLast() }
                return String(part)
            }
        }
    }

    private func matches(_ entry: [String], _ failure: SchemaSuiteReport.Case) -> Bool {
        let fields = [failure.file, failure.group, failure.test]
        return entry.count == 4 && zip(entry, fields).allSatisfy { $0 == "*" || $0 == $1 }
    }

    @Test func `The official suite passes but for the written list`() {
        guard let folder = SharedSuites.folder("json-schema-2020-12") else { return }
        let files = SharedSuites.files(folder + "/tests/draft2020-12", suffix: ".json")
        var remotes: [String: [UInt8]] = [:]
        for (path, bytes) in SharedSuites.files(folder + "/remotes", suffix: ".json") {
            remotes["http://localhost:1234/" + path] = bytes
        }
        let report = SchemaSuite.run(files: files, remotes: remotes)
        #expect(report.passed > 500)
        let skipped = skipped()
        for failure in report.failures where !skipped.contains(where: { matches($0, failure) }) {
            Issue.record("\(failure.file) | \(failure.group) | \(failure.test) | \(failure.detail)")
        }
        for entry in skipped where !report.failures.contains(where: { matches(entry, $0) }) {
            Issue.record("the list names a case that passes: \(entry.joined(separator: " | "))")
        }
        print("JSON Schema suite: \(report.passed) passed, \(report.failed) on the list")
    }

    /// What this thread has used so far: unlike the time of day it does not depend on what else the machine does.
    private func processorMilliseconds() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }

    @Test func `Every hostile schema or instance ends in its limit with its verdict`() throws {
        guard let folder = SharedSuites.folder("schema-attacks") else { return }
        let bytes = SharedSuites.read(folder + "/vectors.json")
        let vectors = try #require(try JSONValue(parsing: bytes, limits: JSONLimits(depthMax: 1_024)).arrayValue)
        #expect(vectors.count > 20)
        for vector in vectors {
            let name = vector["id"]?.stringValue ?? ""
            let expected = vector["expect"]?.stringValue ?? ""
            let start = processorMilliseconds()
            let verdict: String
            do {
                let schema = try CompiledSchema(bytes: (vector["schema"] ?? .null).write())
                let data = vector["data"] ?? .null
                verdict = schema.isValid(data) ? "valid" : "invalid"
                #expect(schema.failures(of: data).isEmpty == (verdict == "valid"), "\(name)")
            } catch {
                verdict = "contract-error"
            }
            let limit = vector["limit_ms"]?.intValue ?? 1_000
            // Without optimisation everything takes about ten times as long.
            #expect(processorMilliseconds() - start < limit * 10, "\(name)")
            if expected != "bounded" { #expect(verdict == expected, "\(name)") }
        }
    }
}

// The command line as a newcomer meets it: help with an example everywhere, errors that name what is wrong, exit
// codes that programs can rely on.
import Foundation
import JSON
import TestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
    private static let binary: URL? = {
        if Program.lgsp == nil { print("skipped: the lgsp binary is not built") }
        return Program.lgsp
    }()

    /// The names of all commands, from the overview.
    private static func commands(_ binary: URL) throws -> [String] {
        try Program.run(binary, ["--help"]).output.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("  "), let end = line.dropFirst(2).range(of: "  ")?.lowerBound else { return nil }
            return String(line[line.index(line.startIndex, offsetBy: 2)..<end])
        }
    }

    /// A file with that content, in a folder of its own.
    private static func file(_ name: String, _ text: String) throws -> String {
        let url = try Program.temporaryFolder("command-line").appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    @Test("has help with options and an example that it would take itself, for every command")
    func everyCommandHasHelp() throws {
        guard let binary = Self.binary else { return }
        let commands = try Self.commands(binary)
        #expect(commands.count >= 30)
        for command in commands {
            let help = try Program.run(binary, command.split(separator: " ").map(String.init) + ["--help"])
            #expect(help.code == 0, "\(command)")
            #expect(help.output.contains("usage: lgsp \(command)"), "\(command)")
            let lines = help.output.split(separator: "\n").map(String.init)
            guard let example = lines.first(where: { $0.hasPrefix("example: ") })?.dropFirst("example: ".count) else {
                Issue.record("\(command) has no example")
                continue
            }
            #expect(example.hasPrefix("lgsp \(command)"), "\(command)")
            for word in example.split(separator: " ") where word.hasPrefix("--") {
                #expect(lines.contains { $0.hasPrefix("  \(word) ") }, "\(command): the example's \(word) is no option")
            }
        }
    }

    @Test("refuses an unknown option and one argument too many with exit 2, and names them")
    func unknownOptionIsRefused() throws {
        guard let binary = Self.binary else { return }
        for command in try Self.commands(binary) {
            let words = command.split(separator: " ").map(String.init)
            let result = try Program.run(binary, words + ["--no-such-option"])
            #expect(result.code == 2, "\(command)")
            #expect(result.diagnostics.contains("--no-such-option"), "\(command)")
        }
        let result = try Program.run(binary, ["json", "check", "a", "b"])
        #expect(result.code == 2)
        #expect(result.diagnostics.contains("b is one argument too many"))
    }

    @Test("shows a group's commands where only the group is named")
    func groupIsExplained() throws {
        guard let binary = Self.binary else { return }
        let help = try Program.run(binary, ["schema", "--help"])
        #expect(help.code == 0 && help.output.contains("lgsp schema validate"))
        #expect(try Program.run(binary, ["schema"]).code == 2)
        #expect(try Program.run(binary, ["no-such-command"]).code == 2)
    }

    @Test("says whether a file is JSON, and where it is not")
    func jsonCheck() throws {
        guard let binary = Self.binary else { return }
        let good = try Self.file("good.json", "{\"a\": [1, 2.5e3, \"ệ\"]}")
        #expect(try Program.run(binary, ["json", "check", good]).code == 0)
        let bad = try Self.file("bad.json", "{\"a\": 01}")
        let result = try Program.run(binary, ["json", "check", "--json", bad])
        #expect(result.code == 1)
        #expect(try JSONValue(parsing: result.output)["byteOffset"]?.intValue == 7)
        #expect(try Program.run(binary, ["json", "check", bad + ".missing"]).code == 2)
    }

    @Test("validates a document and lines against a schema that refers to another file")
    func schemaValidate() throws {
        guard let binary = Self.binary else { return }
        let schema = try Self.file("schema.json", "{\"properties\": {\"a\": {\"$ref\": \"urn:test:number\"}}}")
        let number = try Self.file("number.json", "{\"$id\": \"urn:test:number\", \"type\": \"integer\"}")
        let options = ["schema", "validate", "--schema", schema, "--ref", number, "--json"]
        let good = try Self.file("data.json", "{\"a\": 1}")
        #expect(try Program.run(binary, options + [good]).code == 0)
        let bad = try Program.run(binary, options + [try Self.file("data.json", "{\"a\": \"x\"}")])
        #expect(bad.code == 1)
        let failure = try JSONValue(parsing: bad.output)["errors"]?[0]
        #expect(failure?["instanceLocation"]?.stringValue == "/a")
        #expect(failure?["keywordLocation"]?.stringValue == "/properties/a/$ref/type")
        #expect(failure?["message"]?.stringValue?.isEmpty == false)
        let lines = try Program.run(binary, options + ["--lines", try Self.file("l.jsonl", "{\"a\": 1}\n\n{\"a\": 1.5}\n{")])
        #expect(lines.code == 1)
        let verdicts = try lines.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(verdicts.map { $0["line"]?.intValue } == [1, 3, 4])
        #expect(verdicts.map { $0["valid"]?.boolValue } == [true, false, false])
        let unknown = try Program.run(binary, ["schema", "validate", "--schema", schema, good])
        #expect(unknown.code == 2 && unknown.diagnostics.contains("--ref"))
    }

    @Test("runs a test suite and lists each case that fails")
    func schemaSuite() throws {
        guard let binary = Self.binary else { return }
        let file = try Self.file(
            "minimum.json",
            """
            [{"description": "g", "schema": {"minimum": 2}, "tests": [
              {"description": "right", "data": 3, "valid": true}, {"description": "wrong", "data": 1, "valid": true}]}]
            """)
        let folder = URL(filePath: file).deletingLastPathComponent().path
        let result = try Program.run(binary, ["schema", "suite", folder])
        #expect(result.code == 1)
        #expect(result.output.contains("failed: minimum.json | g | wrong"))
        #expect(result.output.contains("1 passed, 1 failed"))
    }

    @Test("reads CSV and XML as JSON lines, and says where it refuses")
    func readsPlainFiles() throws {
        guard let binary = Self.binary else { return }
        let csv = try Self.file("a.csv", "a;b\n1;\"x;y\"\n")
        let rows = try Program.run(binary, ["read", "csv", csv, "--header", "A,B"])
        #expect(rows.code == 0 && rows.output == "{\"A\":\"a\",\"B\":\"b\"}\n{\"A\":\"1\",\"B\":\"x;y\"}\n")
        let torn = try Program.run(binary, ["read", "csv", try Self.file("b.csv", "a,b\n1,\"x\n")])
        #expect(torn.code == 1 && torn.diagnostics.contains("csv.quote"))
        let xml = try Program.run(binary, ["read", "xml", try Self.file("a.xml", "<a><b>x</b></a>")])
        #expect(xml.code == 0 && xml.output == "{\"a\":{\"b\":\"x\"}}\n")
        let entity = try Program.run(binary, ["read", "xml", try Self.file("b.xml", "<!DOCTYPE a><a/>")])
        #expect(entity.code == 1 && entity.diagnostics.contains("xml.doctype"))
    }

    @Test("checks the repository's contracts, adapters and routes")
    func checksTheCatalogue() throws {
        guard let binary = Self.binary else { return }
        for words in [["contract", "check"], ["adapter", "test"], ["route", "check"], ["model", "list"]] {
            let result = try Program.run(binary, words + ["--root", Program.root.path])
            #expect(result.code == 0, "\(words): \(result.output) \(result.diagnostics)")
        }
        let unknown = try Program.run(binary, ["adapter", "test", "no/such", "--root", Program.root.path])
        #expect(unknown.code == 2 && unknown.diagnostics.contains("health/medical-visit"))
    }

    @Test("translates an agency's file and explains what becomes of an event")
    func translatesAndExplains() throws {
        guard let binary = Self.binary else { return }
        let root = ["--root", Program.root.path]
        let samples = Program.root.path + "/Adapters/health/samples/"
        let good = try Program.run(
            binary, ["adapter", "run", "health/medical-visit", "--strict", "--input", samples + "visits-good.xml"] + root)
        #expect(good.code == 0 && good.diagnostics.isEmpty)
        let first = String(good.output.split(separator: "\n").first ?? "")
        #expect(try JSONValue(parsing: first)["type"]?.stringValue == "vn.lgsp.medical-visit.v1")
        let faulty = try Program.run(
            binary, ["adapter", "run", "health/medical-visit", "--strict", "--input", samples + "visits-faulty.xml"] + root)
        #expect(faulty.code == 1)
        for line in faulty.diagnostics.split(separator: "\n") {
            let rejection = try JSONValue(parsing: String(line))
            for member in ["code", "place", "fix"] { #expect(rejection[member]?.stringValue?.isEmpty == false, "\(line)") }
            #expect(rejection["record"]?.intValue != nil)
        }
        let event = try Self.file("event.json", first)
        let explained = try Program.run(
            binary, ["route", "explain", "--json", "--event", event, "--at", "2026-01-15"] + root)
        #expect(explained.code == 0)
        let routes = try JSONValue(parsing: explained.output).arrayValue ?? []
        #expect(routes.contains { $0["recipient"]?.stringValue == "model-05" && $0["decision"]?.stringValue == "permit" })
    }

    @Test("keeps a private authority: makes it, issues, revokes, and refuses to make it again")
    func keepsAnAuthority() throws {
        guard let binary = Self.binary else { return }
        let folder = try Program.temporaryFolder("pki").path
        let place = ["--dir", folder + "/ca"]
        #expect(try Program.run(binary, ["pki", "init"] + place).code == 0)
        #expect(try Program.run(binary, ["pki", "init"] + place).code == 2)
        let out = ["--out", folder + "/his"]
        #expect(try Program.run(binary, ["pki", "issue", "--client", "urn:lgsp:health:his"] + place + out).code == 0)
        let mode = try FileManager.default.attributesOfItem(atPath: folder + "/his.key.pem")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        func listed() throws -> JSONValue? {
            try JSONValue(parsing: try Program.run(binary, ["pki", "list", "--json"] + place).output)[0]
        }
        let serial = try #require(try listed()?["serial"]?.stringValue)
        #expect(try Program.run(binary, ["pki", "revoke", serial] + place).code == 0)
        #expect(try listed()?["revoked"]?.boolValue == true)
    }

    @Test("answers exit 3 where no broker can be reached, and exit 2 where words are missing")
    func failuresHaveTheirCodes() throws {
        guard let binary = Self.binary else { return }
        let servers = ["--bootstrap-servers", "127.0.0.1:\(Program.freePort())"]
        #expect(try Program.run(binary, ["topics"] + servers).code == 3)
        #expect(try Program.run(binary, ["report", "--month", "2024-06"] + servers).code == 3)
        #expect(try Program.run(binary, ["report"] + servers).code == 2)
        #expect(try Program.run(binary, ["consent", "grant"] + servers).code == 2)
        #expect(try Program.run(binary, ["broker", "fsck", "--data", "no-such-folder"]).code == 2)
    }
}

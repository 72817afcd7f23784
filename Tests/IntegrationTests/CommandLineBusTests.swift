// The commands that change what is on the bus, against the product's own broker: consent, publishing, rejections,
// and the log looked at afterwards.
import Bus
import Foundation
import JSON
import Records
import TestSupport
import Testing

@Suite("The command line on a bus")
struct CommandLineBusTests {
    @Test("grants, shows and withdraws consent, publishes by contract, and the log agrees")
    func changesTheBus() throws {
        guard let binary = Program.lgsp else { return print("skipped: the lgsp binary is not built") }
        let folder = try Program.temporaryFolder("command-line-bus")
        defer { try? FileManager.default.removeItem(at: folder) }
        let port = Program.freePort()
        let broker = try Program(binary, ["broker", "--data", folder.path + "/log", "--listen", "127.0.0.1:\(port)"])
        defer { if broker.process.isRunning { broker.killHard() } }
        try #require(
            Program.until(seconds: 30) { broker.standardError.contains("broker.listening") }, "\(broker.standardError)")
        let common = ["--root", Program.root.path, "--bootstrap-servers", "127.0.0.1:\(port)"]
        func run(_ words: [String]) throws -> (code: Int32?, output: String, diagnostics: String) {
            try Program.run(binary, words + common)
        }
        let admin = try Admin(BusSettings(bootstrapServers: "127.0.0.1:\(port)"))
        let contract = TopicName.contract("reference-unit", major: 1)
        let topics = [TopicName.consent, contract, TopicName.rejected("health")]
        try admin.createTopics(topics.map { NewTopic($0, partitionCount: 1, settings: []) })

        let person = ["--ref", "0123456789abcdef0123456789abcdef"]
        let scope = [
            "--recipient", "vneid", "--purpose", "vneid-display", "--category", "land-certificate", "--evidence", "F-1",
        ]
        func states() throws -> [String?] {
            let shown = try run(["consent", "show", "--json"] + person)
            #expect(shown.code == 0, "\(shown.diagnostics)")
            return try JSONValue(parsing: shown.output).arrayValue?.map { $0["state"]?.stringValue } ?? []
        }
        #expect(try states() == [])
        let granted = try run(["consent", "grant", "--until", "2100-01-01"] + person + scope)
        #expect(granted.code == 0, "\(granted.diagnostics)")
        #expect(try states() == ["granted"])
        #expect(try run(["consent", "withdraw"] + person + scope).code == 0)
        #expect(try states() == ["withdrawn"])
        #expect(try run(["consent", "grant", "--until", "2000-01-01"] + person + scope).code == 2)

        let examples = Program.root.path + "/Contracts/office/examples/"
        let published = try run(["publish", "reference-unit", examples + "valid/reference-unit.v1.minimal.json"])
        #expect(published.code == 0, "\(published.diagnostics)")
        let wrong = try Self.file(in: folder, "[{\"kind\": 1}]")
        #expect(try run(["publish", "reference-unit", wrong]).code == 1)
        let tail = try run(["tail", contract, "--end", "--json"])
        let records = tail.output.split(separator: "\n")
        #expect(records.count == 1)
        let headers = try JSONValue(parsing: String(records.first ?? "null"))["headers"]
        #expect(headers?["ce_type"]?.stringValue == "vn.lgsp.reference-unit.v1")
        #expect(headers?["ce_id"]?.stringValue?.count == 32)

        #expect(try run(["rejected", "list"]).output.contains("total: 0"))
        #expect(try run(["rejected", "show", "--topic", "rejected.none"]).code == 2)
        #expect(try run(["report", "--month", "2024-06", "--json"]).code == 0)

        // What was acknowledged stands in the log, however the broker ends.
        broker.killHard()
        try Self.inspect(binary, log: folder.path + "/log")
    }

    /// What stands in the log without a broker, before and after a bit of it turned over.
    private static func inspect(_ binary: URL, log: String) throws {
        #expect(try Program.run(binary, ["broker", "fsck", "--data", log]).code == 0)
        let dump = try Program.run(binary, ["broker", "dump", "--data", log, "--topic", "consent"])
        #expect(dump.code == 0)
        let lines = try dump.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(lines.map { $0["offset"]?.intValue } == [0, 1])
        #expect(lines.allSatisfy { $0["sha256"]?.stringValue?.count == 64 })
        #expect(try Program.run(binary, ["broker", "dump", "--data", log, "--topic", "none"]).code == 2)

        let segment = URL(filePath: log + "/consent-0/00000000000000000000.log")
        var bytes = try Data(contentsOf: segment)
        bytes[bytes.startIndex + 80] ^= 1
        try bytes.write(to: segment)
        #expect(try Program.run(binary, ["broker", "fsck", "--data", log]).code == 4)
        #expect(try Program.run(binary, ["broker", "dump", "--data", log, "--topic", "consent"]).code == 4)
    }

    private static func file(in folder: URL, _ text: String) throws -> String {
        let url = folder.appending(path: "data.json")
        try Data(text.utf8).write(to: url)
        return url.path
    }
}

// `lgsp up` told wrong things: exit code, a sentence that names the place and the fix, within bounded time. And its
// ends: SIGTERM under load, a second hub on the same bus.
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct HubStartTests {
    private func run(_ arguments: [String], seconds: Double = 30) throws -> (code: Int32?, output: String, diagnostics: String) {
        let lgsp = try #require(Program.lgsp, "build lgsp first: Scripts/test.sh does")
        return try Program.run(lgsp, arguments, seconds: seconds)
    }

    private func settings(_ text: String, in folder: URL) throws -> String {
        let file = folder.appending(path: "hub.json")
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    @Test(arguments: [
        (#"{"dada": "x"}"#, "#/dada"), (#"{"data": 5}"#, "#/data"), (#"{"partitions": 0}"#, "#/partitions"),
        (#"{"partitions": 1e99}"#, "#/partitions"), (#"{"quietSeconds": -1}"#, "#/quietSeconds"),
        (#"{"platforms": [1]}"#, "#/platforms"), (#"{"platforms": {"population": {}}}"#, "#/platforms/population"),
        (#"{"kafka": {"linger.ms": 5}}"#, "#/kafka/linger.ms"), (#"{"kafka": []}"#, "#/kafka"), ("[]", "object"), ("{", "JSON"),
        ("", "JSON"), (#"{"listen": "nowhere"}"#, "listen"), (#"{"listen": "127.0.0.1:99999"}"#, "listen"),
        (#"{"fsync": "sometimes"}"#, "fsync"), (#"{"kafka": {"no.such.setting": "1"}}"#, "no.such.setting"),
        (#"{"data": "a", "data": "b"}"#, "data"),
    ])
    func wrongSettingsAreNamed(_ text: String, _ part: String) throws {
        let folder = try Program.temporaryFolder("settings")
        defer { try? FileManager.default.removeItem(at: folder) }
        // Whatever is taken of the settings must not write into the sources' folder.
        let hasData = text.contains("\"data\"")
        let isObject = text.hasPrefix("{\"")
        let whole = hasData || !isObject ? text : text.dropLast() + ", \"data\": \"\(folder.path)/data\"}"
        let file = try settings(String(whole), in: folder)
        let ended = try run(["up", "--config", file])
        #expect(ended.code == 2, "\(text): \(ended.diagnostics)")
        #expect(ended.diagnostics.contains(part), "\(text): \(ended.diagnostics)")
        #expect(ended.diagnostics.utf8.count < 1_000 && !ended.diagnostics.contains("Fatal error"), "\(ended.diagnostics)")
    }

    @Test func aSettingsFileThatIsNotThereIsNamed() throws {
        let ended = try run(["up", "--config", "/nonexistent/hub.json"])
        #expect(ended.code == 2)
        #expect(ended.diagnostics.contains("/nonexistent/hub.json"))
    }

    @Test func aBrokerThatDoesNotAnswerEndsTheStartWithAReadableSentence() throws {
        let folder = try Program.temporaryFolder("unreachable")
        defer { try? FileManager.default.removeItem(at: folder) }
        let port = Program.freePort()
        let file = try settings(
            #"{"data": "\#(folder.path)/data", "inbox": "\#(folder.path)/inbox", "bootstrapServers": "127.0.0.1:\#(port)"}"#, in: folder)
        let begin = Date()
        let ended = try run(["up", "--config", file], seconds: 60)
        #expect(ended.code == 3, "\(ended.diagnostics)")
        #expect(ended.diagnostics.contains("127.0.0.1:\(port)") && ended.diagnostics.contains("lgsp up:"))
        #expect(Date().timeIntervalSince(begin) < 30, "a person waits for it")
    }

    @Test func aPortThatIsTakenIsNamed() throws {
        let hub = try InboxHub("taken")
        let folder = try Program.temporaryFolder("port")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try settings(
            #"{"data": "\#(folder.path)/data", "inbox": "\#(folder.path)/inbox", "listen": "\#(hub.address)"}"#, in: folder)
        let ended = try run(["up", "--config", file])
        #expect(ended.code == 3, "\(ended.diagnostics)")
        #expect(ended.diagnostics.contains(hub.address), "\(ended.diagnostics)")
        #expect(hub.program.process.isRunning)
        // The same data folder under another port: two brokers must never write one log.
        let same = try settings(
            #"{"data": "\#(hub.folder.path)/data", "inbox": "\#(folder.path)/inbox", "listen": "127.0.0.1:\#(Program.freePort())"}"#,
            in: folder)
        let second = try run(["up", "--config", same])
        #expect(second.code == 3, "\(second.diagnostics)")
        #expect(hub.program.process.isRunning)
    }

    /// The package's rules with one file changed.
    private func root(_ folder: URL, changing path: String, to change: (String) -> String) throws -> String {
        for name in ["Adapters", "Contracts", "Routes"] {
            try FileManager.default.copyItem(at: Program.root.appending(path: name), to: folder.appending(path: name))
        }
        let file = folder.appending(path: path)
        try change(try String(contentsOf: file, encoding: .utf8)).write(to: file, atomically: true, encoding: .utf8)
        return folder.path
    }

    @Test(arguments: [
        ("Adapters/education/school-enrolment.adapter.json", "\"as\": \"integer\"", "\"as\": \"intejer\"", "/events/0/fields/grade"),
        ("Adapters/education/school-enrolment.adapter.json", "\"events\"", "\"evnets\"", "/evnets"),
        ("Adapters/education/school-enrolment.adapter.json", "\"feed\"", "\"feed\" \"x\"", ""),
        ("Adapters/education/school-enrolment.adapter.json", "\"contract\": \"school-enrolment\"", "\"contract\": \"no-such\"", "/events/0"),
    ])
    func aBrokenRuleFileIsNamedWithThePlaceInIt(_ path: String, _ old: String, _ new: String, _ pointer: String) throws {
        let folder = try Program.temporaryFolder("rules")
        defer { try? FileManager.default.removeItem(at: folder) }
        let root = try root(folder, changing: path) { text in
            text.range(of: old).map { text.replacingCharacters(in: $0, with: new) } ?? text
        }
        let file = try settings(#"{"data": "\#(folder.path)/data", "listen": "127.0.0.1:\#(Program.freePort())"}"#, in: folder)
        let ended = try run(["up", "--config", file, "--root", root])
        #expect(ended.code == 2, "\(ended.diagnostics)")
        #expect(ended.diagnostics.contains(path), "\(ended.diagnostics)")
        #expect(ended.diagnostics.contains(pointer), "\(ended.diagnostics)")
    }

    @Test(arguments: ["Contracts", "Routes"])
    func aBrokenContractOrRouteIsNamedWithThePlaceInIt(_ part: String) throws {
        let folder = try Program.temporaryFolder("rules")
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = FileManager.default.enumerator(atPath: Program.root.appending(path: part).path)?.compactMap { $0 as? String } ?? []
        let suffix = part == "Contracts" ? ".v1.json" : ".json"
        let name = try #require(names.sorted().first { $0.hasSuffix(suffix) && !$0.contains("meta/") }, "\(names)")
        let path = "\(part)/\(name)"
        let root = try root(folder, changing: path) { text in
            text.range(of: "{").map { text.replacingCharacters(in: $0, with: "{ \"unheard\": 1,") } ?? text
        }
        let file = try settings(#"{"data": "\#(folder.path)/data", "listen": "127.0.0.1:\#(Program.freePort())"}"#, in: folder)
        let ended = try run(["up", "--config", file, "--root", root])
        #expect(ended.code == 2, "\(ended.diagnostics)")
        #expect(ended.diagnostics.contains(path) && ended.diagnostics.contains("/unheard"), "\(ended.diagnostics)")
    }

    @Test func SIGTERMUnderLoadEndsCleanlyAndNothingIsLostOrDoubled() throws {
        let hub = try InboxHub("term")
        let feed = "education/school-enrolment"
        for file in 0..<6 {
            let rows = (0..<8_000).map { PupilFile.row("55\(String(format: "%08d", file * 10_000 + $0))") }
            try hub.drop(PupilFile.file(rows), as: "\(file).csv", feed: feed)
        }
        for _ in 0..<3 {
            usleep(1_200_000)
            let begin = Date()
            hub.program.process.terminate()
            #expect(hub.program.wait(seconds: 10) == 0, "after \(Date().timeIntervalSince(begin)) s: \(hub.program.standardError.suffix(2_000))")
            try hub.restart()
        }
        let events = try hub.tail("contract.school-enrolment.v1", seconds: 180) { $0.count >= 48_000 }
        let ids = events.compactMap { $0.value["pupilId"] as? String }
        #expect(ids.count == 48_000 && Set(ids).count == 48_000)
        #expect(try hub.tail("rejected.education").isEmpty)
    }
}

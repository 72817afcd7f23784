// Confluent's own client against the registry of a running hub: serializer, deserializer, evolution, deletion.
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct RegistryClientTests {
    /// A Python that has Confluent's client.
    private static let python: URL? = {
        let python = Program.root.appending(path: ".build/python/bin/python3")
        guard FileManager.default.isExecutableFile(atPath: python.path),
            (try? Program.run(python, ["-c", "import confluent_kafka.schema_registry.json_schema"], seconds: 60).code) == 0
        else {
            print("skipped: confluent-kafka[schema-registry,json] is not installed; Scripts/test.sh installs it")
            return nil
        }
        return python
    }()

    private static func script(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "RegistryClients/" + name).path
    }

    @Test func confluentsClientRegistersReadsEvolvesAndDeletes() throws {
        let lgsp = try #require(Program.lgsp, "build lgsp first: Scripts/test.sh does")
        guard let python = Self.python else { return }
        let folder = try Program.temporaryFolder("registry")
        defer { try? FileManager.default.removeItem(at: folder) }
        let bus = "127.0.0.1:\(Program.freePort())"
        let address = "127.0.0.1:\(Program.freePort())"
        let settings = folder.appending(path: "hub.json")
        try """
        {"data": "\(folder.path)/data", "listen": "\(bus)", "inbox": "\(folder.path)/inbox", "partitions": 1,
         "registry": {"listen": "\(address)"}}
        """.write(to: settings, atomically: true, encoding: .utf8)
        let hub = try Program(lgsp, ["up", "--config", settings.path])
        defer { hub.killHard() }
        let result = try Program.run(python, ["-B", Self.script("registry_client.py"), "http://\(address)", bus], seconds: 120)
        #expect(result.code == 0, "\(result.output.suffix(2_000)) \(result.diagnostics.suffix(3_000)) \(hub.standardError.suffix(2_000))")
        #expect(result.output.hasSuffix("all steps done\n"))
        hub.process.terminate()
        #expect(hub.wait(seconds: 20) == 0)
    }

    @Test func onlyAContractsOwnerChangesItAndTwoRegistriesAgree() throws {
        let lgsp = try #require(Program.lgsp, "build lgsp first: Scripts/test.sh does")
        guard let python = Self.python else { return }
        let folder = try Program.temporaryFolder("registry-rights")
        defer { try? FileManager.default.removeItem(at: folder) }
        let pki = folder.path
        var making = [["pki", "init", "--dir", pki]]
        making.append(["pki", "issue", "--dir", pki, "--server", "127.0.0.1", "--out", pki + "/server"])
        for agency in ["health", "education", "archive"] {
            making.append(["pki", "issue", "--dir", pki, "--client", "urn:lgsp:\(agency):tests", "--out", pki + "/" + agency])
        }
        for arguments in making {
            let made = try Program.run(lgsp, arguments)
            try #require(made.code == 0, "\(made.diagnostics)")
        }
        let bus = "127.0.0.1:\(Program.freePort())"
        let broker = try Program(lgsp, ["broker", "--data", folder.path + "/log", "--listen", bus])
        defer { broker.killHard() }
        try #require(Program.until(seconds: 20) { broker.standardError.contains("broker.listening") })
        let addresses = ["127.0.0.1:\(Program.freePort())", "127.0.0.1:\(Program.freePort())"]
        let registries = try addresses.map { address in
            let started = try Program(
                lgsp,
                [
                    "registry", "--bootstrap-servers", bus, "--listen", address, "--certificate", pki + "/server.crt.pem",
                    "--key", pki + "/server.key.pem", "--authority", pki + "/ca.crt.pem",
                ])
            // One after the other: both would register the hub's own contracts at the same time.
            _ = Program.until(seconds: 60) { started.standardError.contains("registry.listening") || !started.process.isRunning }
            return started
        }
        defer { for registry in registries { registry.killHard() } }
        let urls = addresses.map { "https://\($0)" }
        let result = try Program.run(python, ["-B", Self.script("registry_rights.py"), pki] + urls, seconds: 120)
        let told = registries.map { $0.standardError.suffix(1_500) }
        #expect(result.code == 0, "\(result.output.suffix(2_000)) \(result.diagnostics.suffix(2_000)) \(told)")
        #expect(result.output.hasSuffix("all steps done\n"))
        #expect(told.allSatisfy { !$0.contains("contract-refused") }, "\(told)")
    }
}

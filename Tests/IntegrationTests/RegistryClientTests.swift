// Confluent's own client against the registry of a running hub: serializer, deserializer, evolution, deletion.
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct RegistryClientTests {
    @Test func confluentsClientRegistersReadsEvolvesAndDeletes() throws {
        let lgsp = try #require(Program.lgsp, "build lgsp first: Scripts/test.sh does")
        let python = Program.root.appending(path: ".build/python/bin/python3")
        guard FileManager.default.isExecutableFile(atPath: python.path),
            try Program.run(python, ["-c", "import confluent_kafka.schema_registry.json_schema"], seconds: 60).code == 0
        else {
            print("skipped: confluent-kafka[schema-registry,json] is not installed; Scripts/test.sh installs it")
            return
        }
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
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "registry_client.py")
        let result = try Program.run(python, [script.path, "http://\(address)", bus], seconds: 120)
        #expect(result.code == 0, "\(result.output.suffix(2_000)) \(result.diagnostics.suffix(3_000)) \(hub.standardError.suffix(2_000))")
        #expect(result.output.hasSuffix("all steps done\n"))
        hub.process.terminate()
        #expect(hub.wait(seconds: 20) == 0)
    }
}

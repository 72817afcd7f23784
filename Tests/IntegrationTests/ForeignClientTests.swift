// Other people's Kafka clients on the topics of a running hub: kcat and a kafka-python consumer group.
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct ForeignClientTests {
    @Test func kcatAndKafkaPythonReadTheTopicsOfARunningHub() throws {
        let lgsp = try #require(Program.lgsp, "build lgsp first: Scripts/test.sh does")
        let kcat = URL(filePath: "/usr/bin/kcat")
        try #require(FileManager.default.isExecutableFile(atPath: kcat.path), "kcat is missing: Scripts/test.sh installs it")
        let python = Program.root.appending(path: ".build/python/bin/python3")
        let folder = try Program.temporaryFolder("foreign")
        defer { try? FileManager.default.removeItem(at: folder) }
        let port = Program.freePort()
        let address = "127.0.0.1:\(port)"

        // A hub with one small export in its inbox.
        let inbox = folder.appending(path: "inbox/education/school-enrolment")
        try FileManager.default.createDirectory(at: inbox, withIntermediateDirectories: true)
        let samples = Program.root.appending(path: "Adapters/education/samples")
        let names = try FileManager.default.contentsOfDirectory(atPath: samples.path).filter { $0.hasSuffix(".csv") }
        try #require(!names.isEmpty)
        for name in names {
            try FileManager.default.copyItem(at: samples.appending(path: name), to: inbox.appending(path: name))
        }
        let settings = folder.appending(path: "hub.json")
        try """
        {"data": "\(folder.path)/data", "listen": "\(address)", "inbox": "\(folder.path)/inbox", "quietSeconds": 0, "partitions": 2}
        """.write(to: settings, atomically: true, encoding: .utf8)
        let hub = try Program(lgsp, ["up", "--config", settings.path])
        defer { hub.killHard() }
        let topic = "contract.school-enrolment.v1"
        var records: [String] = []
        let arrived = try Program.until(seconds: 60) {
            guard hub.process.isRunning else { return true }
            let read = try Program.run(kcat, ["-C", "-b", address, "-t", topic, "-o", "beginning", "-e", "-q"], seconds: 20)
            records = read.output.split(separator: "\n").map(String.init)
            return !records.isEmpty
        }
        try #require(arrived && !records.isEmpty, "\(hub.standardError.suffix(3_000))")
        for record in records {
            let value = try JSONSerialization.jsonObject(with: Data(record.utf8)) as? [String: Any]
            #expect(value?["schoolId"] != nil)
        }

        let listing = try Program.run(kcat, ["-L", "-b", address], seconds: 20)
        #expect(listing.code == 0)
        #expect(listing.output.contains("topic \"\(topic)\" with 2 partitions"))

        if FileManager.default.isExecutableFile(atPath: python.path) {
            let script = """
                from kafka import KafkaConsumer
                c = KafkaConsumer('\(topic)', bootstrap_servers='\(address)', group_id='agency-test', auto_offset_reset='earliest',
                                  isolation_level='read_committed', consumer_timeout_ms=8000)
                n = 0
                for m in c:
                    assert any(k == 'ce_id' for k, v in m.headers), m.headers
                    n += 1
                    if n >= \(records.count): break
                c.commit(); c.close(); print(n)
                """
            let read = try Program.run(python, ["-c", script], seconds: 60)
            #expect(read.output.trimmingCharacters(in: .whitespacesAndNewlines) == "\(records.count)", "\(read.diagnostics.suffix(2_000))")
        } else {
            print("skipped: kafka-python is not installed; Scripts/test.sh installs it")
        }

        hub.process.terminate()
        #expect(hub.wait(seconds: 20) == 0, "SIGTERM must end the hub cleanly: \(hub.standardError.suffix(2_000))")
    }
}

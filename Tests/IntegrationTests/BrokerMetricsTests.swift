// The real broker scraped as Prometheus does it.
import Foundation
import KafkaWire
import TestSupport
import Testing

@Suite struct BrokerMetricsTests {
    private func get(_ path: String, port: Int) throws -> String {
        let request = "GET \(path) HTTP/1.1\\r\\nHost: metrics\\r\\nConnection: close\\r\\n\\r\\n"
        return try Program.run(
            URL(filePath: "/bin/bash"),
            ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port) && printf '\(request)' >&3 && cat <&3"]
        ).output
    }

    @Test func aScrapeShowsTopicsRequestsConnectionsAndTheProcess() throws {
        let lgsp = try #require(Program.lgsp, "build lgsp first: Scripts/test.sh does")
        let folder = try Program.temporaryFolder("metrics")
        defer { try? FileManager.default.removeItem(at: folder) }
        let port = Program.freePort()
        let scraped = Program.freePort()
        let broker = try Program(
            lgsp, ["broker", "--data", folder.path, "--listen", "127.0.0.1:\(port)", "--metrics", "127.0.0.1:\(scraped)"])
        defer { broker.killHard() }
        try #require(Program.until(seconds: 20) { broker.standardError.contains("broker.metrics") }, "\(broker.standardError)")
        let peer = try KafkaPeer(port: port)
        try peer.createTopic("figures", partitions: 2)
        let page = try get("/metrics", port: scraped)
        #expect(page.hasPrefix("HTTP/1.1 200"))
        #expect(page.lowercased().contains("content-type: text/plain; version=0.0.4"))
        for line in [
            #"kafka_log_log_logendoffset{topic="figures",partition="1"} 0"#,
            #"kafka_network_requestmetrics_requests_total{request="CreateTopics"} 1"#,
            #"kafka_server_socketservermetrics_connection_count{listener="127.0.0.1:\#(port)"} 1"#,
            "kafka_controller_kafkacontroller_activecontrollercount 1",
        ] {
            #expect(page.contains(line + "\n"), "\(line)")
        }
        #expect(page.contains("process_cpu_seconds_total "))
        #expect(try get("/elsewhere", port: scraped).hasPrefix("HTTP/1.1 404"))
        broker.process.terminate()
        #expect(broker.wait(seconds: 10) == 0)
    }
}

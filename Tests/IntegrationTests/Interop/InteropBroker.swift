// A broker of its own for one client's scenario: our binary, or Apache Kafka where it is installed beside the project.
import Foundation
import TestSupport
import Testing

enum InteropBroker {
    /// What both are started with. Those of `optional` may be refused by ours, and then leave the step out.
    static let settings = ["group.initial.rebalance.delay.ms=0", "log.cleaner.backoff.ms=100"] + access
    private static let access = [
        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found=true",
    ]
    /// Steps in which this broker is known to differ: Docs/broker.md says how and why.
    private static let different: Set = ["times_within_compressed", "compaction_of_compressed"]
    private static let optional = ["log.cleaner.backoff.ms": "compaction", "authorizer.class.name": "denial"]

    /// Apache Kafka's scripts, beside the project or where LGSP_KAFKA says.
    static var kafka: URL? {
        let named = ProcessInfo.processInfo.environment["LGSP_KAFKA"].map { URL(filePath: $0) }
        let folder = named ?? Program.root.appending(path: "../shared/kafka").standardized
        return FileManager.default.isExecutableFile(atPath: folder.appending(path: "start.sh").path) ? folder : nil
    }

    static var isKafkaAsked: Bool { ProcessInfo.processInfo.environment["LGSP_KAFKA_TESTS"] == "1" }

    /// Runs the body on our broker; it gets the address and the names of the steps that this broker cannot do.
    static func withOurs<T>(_ body: (String, Set<String>) throws -> T) throws -> T {
        let binary = try #require(Program.lgsp, "build lgsp first: Scripts/test.sh does")
        let folder = try Program.temporaryFolder("interop")
        defer { try? FileManager.default.removeItem(at: folder) }
        var words = settings
        var without = different
        while true {
            let port = Program.freePort()
            let broker = try Program(
                binary, ["broker", "--data", folder.path + "/log", "--listen", "127.0.0.1:\(port)"] + words.flatMap { ["--set", $0] })
            defer { if broker.process.isRunning { broker.killHard() } }
            let isUp = Program.until(seconds: 20) {
                broker.standardError.contains("broker.listening") || !broker.process.isRunning
            }
            try #require(isUp, "the broker does not start: \(broker.standardError)")
            if broker.process.isRunning {
                let result = try body("127.0.0.1:\(port)", without)
                try #require(broker.process.isRunning, "the broker ended: \(broker.standardError.suffix(2_000))")
                return result
            }
            // A setting that is not offered is refused by name, with exit 2.
            let refused = words.first { broker.standardError.contains($0) }
            let word = try #require(refused, "the broker does not start: \(broker.standardError)")
            words.removeAll { $0 == word || (access.contains(word) && access.contains($0)) }
            let key = String(word.prefix { $0 != "=" })
            if let step = access.contains(word) ? "denial" : optional[key] {
                without.insert(step)
                print("skipped: \(step) (this broker does not offer \(key))")
            }
        }
    }

    /// Runs the body on Apache Kafka; nil where that is not there or not asked for.
    static func withKafka<T>(_ body: (String, Set<String>) throws -> T) throws -> T? {
        guard isKafkaAsked, let kafka else {
            print("skipped: Apache Kafka (set LGSP_KAFKA_TESTS=1 and install ../shared/kafka)")
            return nil
        }
        let data = try Program.temporaryFolder("interop-kafka")
        defer { try? FileManager.default.removeItem(at: data) }
        let port = Program.freePort()
        // The server that stays behind must not keep what its starter inherited: Foundation would wait for its end.
        let closing = #"for file in /proc/self/fd/*; do n=${file##*/}; [ "$n" -le 2 ] || eval "exec $n>&-"; done; exec "$@""#
        let started = try Program.run(
            URL(filePath: "/bin/bash"),
            ["-c", closing, "start", kafka.appending(path: "start.sh").path, "\(port)", data.path] + settings, seconds: 90)
        try #require(started.code == 0, "\(started.diagnostics)")
        defer { _ = try? Program.run(kafka.appending(path: "stop.sh"), [data.path], seconds: 60) }
        return try body("127.0.0.1:\(port)", [])
    }
}

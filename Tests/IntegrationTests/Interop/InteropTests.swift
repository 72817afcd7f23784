// Other people's clients against the real binary: each script in `clients` prints what its client saw, line by line,
// and `expected` holds what it prints on Apache Kafka 4.3.1 (LGSP_KAFKA_TESTS=1 shows that it still does).
import Foundation
import TestSupport
import Testing

@Suite("Other people's clients", .serialized) struct InteropTests {
    @Test func confluentKafkaSeesWhatItSeesOnKafka() throws {
        try InteropClient(name: "confluent", program: .python(module: "confluent_kafka")).check()
    }

    @Test func kafkaPythonSeesWhatItSeesOnKafka() throws {
        try InteropClient(name: "kafka_python", program: .python(module: "kafka")).check()
    }

    @Test func aiokafkaSeesWhatItSeesOnKafka() throws {
        try InteropClient(name: "aio_kafka", program: .python(module: "aiokafka")).check()
    }

    @Test func kcatSeesWhatItSeesOnKafka() throws {
        try InteropClient(name: "kcat", program: .shell(needs: "/usr/bin/kcat")).check()
    }

    /// Burrow 1.2 asks for ListOffsets 0 and reads committed offsets up to version 3; Kafka 4 has dropped the one and
    /// writes version 4 of the other. So this transcript is not Kafka's: it is what Burrow shows on Kafka 2.
    @Test func burrowSeesTheLagOfAGroup() throws {
        let client = InteropClient(name: "burrow", program: .python(module: "confluent_kafka"), isAlikeOnKafka: false)
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/Burrow") else {
            return print("skipped: burrow is not installed; Scripts/test.sh installs it")
        }
        try client.check()
    }

    /// Some 35 starts of a Java machine.
    @Test func kafkasOwnToolsSeeWhatTheySeeOnKafka() throws {
        guard let kafka = InteropBroker.kafka else { return print("skipped: Kafka's tools (../shared/kafka is not there)") }
        try InteropClient(
            name: "kafka_tools", program: .shell(needs: "/usr/bin/java"), seconds: 400,
            environment: ["KAFKA_TOOL": kafka.appending(path: "tool.sh").path]
        ).check()
    }
}

/// A script that drives one client, and what it is expected to print.
struct InteropClient {
    enum Interpreter {
        case python(module: String)
        case shell(needs: String)
    }

    var name: String
    var program: Interpreter
    var isAlikeOnKafka = true
    /// How long the script may take.
    var seconds = 150.0
    var environment: [String: String] = [:]

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    func check() throws {
        guard isInstalled else {
            return print("skipped: the client of \(name) is not installed; Scripts/test.sh installs it")
        }
        let expected = try Self.lines(
            String(contentsOf: Self.folder.appending(path: "expected/\(name).txt"), encoding: .utf8))
        // All suites run at once on few cores, and a client may give up waiting: it is then asked once more, alone on a
        // fresh broker, and said so.
        var isAlike = false
        if isAlikeOnKafka {
            try InteropBroker.withOurs { address, without in
                isAlike = try transcript(address, without).lines == Self.leavingOut(without, of: expected)
            }
        }
        if !isAlike {
            if isAlikeOnKafka { print("\(name): another transcript the first time; asked again") }
            try InteropBroker.withOurs { address, without in
                compare(try transcript(address, without), with: Self.leavingOut(without, of: expected), "our broker")
            }
        }
        guard isAlikeOnKafka else { return }
        _ = try InteropBroker.withKafka { address, without in
            compare(try transcript(address, without), with: expected, "Apache Kafka")
        }
    }

    private func compare(_ found: (lines: [String], diagnostics: String), with expected: [String], _ broker: String) {
        guard found.lines != expected else { return }
        // The first line that differs says it; the rest follows from it more often than not.
        let place = zip(found.lines, expected).prefix { $0 == $1 }.count
        let seen = place < found.lines.count ? found.lines[place] : "(the end)"
        let wanted = place < expected.count ? expected[place] : "(the end)"
        let step = expected.prefix(place + 1).last { $0.hasPrefix("#") } ?? ""
        Issue.record(
            "\(name) on \(broker), step \(step), line \(place + 1): \(seen), expected \(wanted)\n\(found.diagnostics.suffix(1_500))")
    }

    private func transcript(_ address: String, _ without: Set<String>) throws -> (lines: [String], diagnostics: String) {
        let variables = environment.merging(["INTEROP_WITHOUT": without.sorted().joined(separator: " ")]) { _, new in new }
        let clients = Self.folder.appending(path: "clients")
        let ended: (code: Int32?, output: String, diagnostics: String)
        switch program {
        case .python:
            ended = try Program.run(
                Self.python, ["-B", clients.appending(path: name + ".py").path, address], seconds: seconds, environment: variables)
        case .shell:
            ended = try Program.run(
                clients.appending(path: name + ".sh"), [address], seconds: seconds, environment: variables)
        }
        if ended.code == nil { Issue.record("\(name) did not end within \(seconds) s: \(ended.diagnostics.suffix(1_500))") }
        return (Self.lines(ended.output), ended.diagnostics)
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }

    /// The lines without those of some steps: a step runs from its "#" line to the next one's.
    private static func leavingOut(_ steps: Set<String>, of lines: [String]) -> [String] {
        var isLeftOut = false
        return lines.filter { line in
            if line.hasPrefix("#: ") { isLeftOut = steps.contains(String(line.dropFirst(3))) }
            return !isLeftOut
        }
    }

    private static let python = Program.root.appending(path: ".build/python/bin/python3")

    private var isInstalled: Bool {
        switch program {
        case .shell(let needs): FileManager.default.isExecutableFile(atPath: needs)
        case .python(let module):
            FileManager.default.isExecutableFile(atPath: Self.python.path)
                && (try? Program.run(Self.python, ["-c", "import \(module)"], seconds: 30).code) == 0
        }
    }
}

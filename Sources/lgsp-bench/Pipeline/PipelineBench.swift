// `lgsp bench pipeline`: the same records through raw librdkafka, Conform, Share and a Python pipeline, one process
// after the other on one broker, and the ratios that the hub is held to. Of several rounds the fastest counts.
import Bus
import Consent
import Foundation
import Records
import Runtime

func runPipelineBench(_ words: [String]) throws {
    let options = try BenchOptions(words, known: ["records", "rounds", "partitions", "bootstrap-servers", "fsync"])
    let folder = NSTemporaryDirectory() + "lgsp-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let count = try options.integer("records", default: 200_000)
    let workload = try Workload.lines(count: count, folder: folder)
    var makers: [() throws -> BenchBroker] = []
    if let servers = options["bootstrap-servers"] {
        makers.append { .running(servers) }
    } else {
        makers.append { try .embedded(folder: folder, fsync: options["fsync"] ?? "os") }
        if ProcessInfo.processInfo.environment["LGSP_BENCH_KAFKA"] == "1" {
            guard BenchBroker.hasApacheKafka else { throw BenchFailure("Apache Kafka is not beside the project") }
            makers.append { try .apacheKafka(folder: folder) }
        }
    }
    for make in makers {
        let broker = try make()
        defer { broker.end() }
        let bench = PipelineBench(
            broker: broker, rounds: try options.integer("rounds", default: 2),
            partitions: try options.integer("partitions", default: 3), workload: workload)
        try bench.run()
    }
}

struct PipelineBench {
    static let rawOutputTopic = "bench.raw-output"
    static let pythonDeliverTopic = "bench.python-deliver"
    static let pythonAuditTopic = "bench.python-audit"

    let broker: BenchBroker
    let rounds: Int
    let partitions: Int
    let workload: (source: String, lines: [[UInt8]])
    private var bus: BusSettings { BusSettings(bootstrapServers: broker.address, clientId: "lgsp-bench") }

    init(broker: BenchBroker, rounds: Int, partitions: Int, workload: (source: String, lines: [[UInt8]])) {
        self.broker = broker
        self.rounds = rounds
        self.partitions = partitions
        self.workload = workload
    }

    func run() throws {
        try createTopics()
        try fill()
        let count = workload.lines.count
        var best: [String: PartResult] = [:]
        best["conform"] = try measure("conform", group: "bench-conform", records: count)
        // What Conform let pass is what the others read.
        let fit = try records(in: BenchRules.contractTopic)
        for round in 1...rounds {
            for part in PipelineReport.parts where part != "conform" {
                let result = try measure(part, group: "bench-\(part)-\(round)", records: fit)
                if result.seconds < best[part]?.seconds ?? .infinity { best[part] = result }
            }
        }
        let size = workload.lines.reduce(0) { $0 + $1.count } / max(count, 1)
        PipelineReport(broker: broker.name, source: workload.source, size: size, fit: fit, results: best).show(count: count)
    }

    private func measure(_ part: String, group: String, records: Int) throws -> PartResult {
        let process = Process()
        if part.hasPrefix("python") {
            let own = ".build/python/bin/python3"
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [
                FileManager.default.isExecutableFile(atPath: own) ? own : "python3", "Scripts/bench/python_pipeline.py",
                "--servers", broker.address, "--input", BenchRules.contractTopic, "--group", group, "--records", "\(records)",
                "--deliver", PipelineBench.pythonDeliverTopic, "--audit", PipelineBench.pythonAuditTopic,
                "--schema", "\(BenchRules.folder)/\(BenchRules.files[0])",
                "--route", "\(BenchRules.folder)/\(BenchRules.files[2])",
            ]
            if part == "python-share" { process.arguments?.append("--no-validation") }
        } else {
            process.executableURL = URL(filePath: CommandLine.arguments[0])
            process.arguments = ["part", part, "--servers", broker.address, "--group", group, "--records", "\(records)"]
        }
        let output = Pipe()
        process.standardOutput = output
        let before = broker.cpuSeconds
        try process.run()
        let line = firstLine(of: output)
        process.waitUntilExit()
        guard process.terminationStatus == 0, let line else { throw BenchFailure("part \(part) failed") }
        var result = try PartResult(line: line)
        if let before, let after = broker.cpuSeconds { result.brokerCPUSeconds = after - before }
        return result
    }

    private func createTopics() throws {
        let admin = try Admin(bus)
        let spread = [
            BenchRules.rawTopic, BenchRules.contractTopic, BenchRules.deliverTopic, TopicName.audit, TopicName.consent,
            PipelineBench.rawOutputTopic, PipelineBench.pythonDeliverTopic, PipelineBench.pythonAuditTopic,
        ]
        let single = [TopicName.rejected("bench"), TopicName.rejected("share"), TopicName.rejected("bench-conform")]
        var topics = spread.map { NewTopic($0, partitionCount: partitions) } + single.map { NewTopic($0) }
        topics.append(NewTopic(TopicName.state(group: "conform"), settings: [(name: "cleanup.policy", value: "compact")]))
        let known = Set(try admin.listTopics().map(\.name))
        if let there = topics.first(where: { known.contains($0.name) }) {
            throw BenchFailure("\(broker.address) has a topic \(there.name) already: the benchmark wants a broker without the hub's topics")
        }
        try admin.createTopics(topics)
    }

    /// The raw topic, as Intake fills it, and consents, so that there is something to be up to date with.
    private func fill() throws {
        let producer = try Producer(bus)
        var batch = RecordBatch()
        for number in 0..<1_000 {
            let record = ConsentRecord(
                person: PersonReference(high: UInt64(number), low: 1), recipient: "bench-office", purpose: "bench",
                dataCategory: "visit", state: .granted, validFrom: 0, changedAt: 0, evidence: "VNEID-2026-\(100_000 + number)")
            batch.addRecord(
                topic: batch.topicIndex(TopicName.consent), key: batch.store(record.key), value: batch.store(record.value),
                headersFrom: batch.headerMark)
        }
        for (number, line) in workload.lines.enumerated() {
            let headers = batch.headerMark
            batch.addHeader("lgsp-file", "visits.jsonl")
            batch.addHeader("lgsp-record", "\(number + 1)")
            batch.addHeader("lgsp-received", "2026-03-04T08:12:45Z")
            let key = batch.store("visits.jsonl/\(number + 1)")
            batch.addRecord(
                topic: batch.topicIndex(BenchRules.rawTopic), key: key, value: batch.store(line), headersFrom: headers)
            if batch.count >= 5_000 || number == workload.lines.count - 1 {
                try producer.produceAndWait(batch)
                batch.removeAll()
            }
        }
    }

    /// Records that a consumer of committed records gets; counted, because offsets count transaction markers too.
    private func records(in topic: String) throws -> Int {
        let reader = try AssignedReader(bus, from: (0..<partitions).map { .oldest(topic, Int32($0)) })
        var count = 0
        try reader.readToEnd { count += $0.count }
        return count
    }
}

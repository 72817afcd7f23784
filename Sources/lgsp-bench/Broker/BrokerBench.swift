// `lgsp bench broker`: the embedded broker beside Apache Kafka where ../shared/kafka stands, the same client and
// records, one broker after the other, for each sync policy. Of several rounds the best counts for each broker.
import Bus
import Foundation

func runBrokerBench(_ words: [String]) throws {
    let options = try BenchOptions(words, known: ["records", "bytes", "rounds", "seconds", "fsync"])
    let bench = BrokerBench(
        records: try options.integer("records", default: 1_000_000), bytes: try options.integer("bytes", default: 1_024),
        rounds: try options.integer("rounds", default: 2), latencySeconds: try options.integer("seconds", default: 10))
    for policy in options["fsync"].map({ [$0] }) ?? ["os", "always"] { try bench.run(policy) }
}

/// What was measured of one broker.
struct BrokerFigures {
    var startMilliseconds: Double
    var produce: PartResult?
    var consume: PartResult?
    var latency: LatencyResult?
    /// Most memory that the broker's process ever held, MiB.
    var memoryMebibytes = 0.0
}

struct BrokerBench {
    static let pace = 5_000

    var records: Int
    var bytes: Int
    var rounds: Int
    /// How long latency is measured.
    var latencySeconds: Int

    func run(_ policy: String) throws {
        let folder = NSTemporaryDirectory() + "lgsp-bench-\(getpid())-\(policy)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var own: BrokerFigures?
        var kafka: BrokerFigures?
        for round in 1...rounds {
            let folder = folder + "/\(round)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            own = best(own, try figures { try .embedded(folder: folder, fsync: policy) })
            let settings = policy == "always" ? ["log.flush.interval.messages=1"] : []
            if BenchBroker.hasApacheKafka {
                kafka = best(kafka, try figures { try .apacheKafka(folder: folder, settings: settings) })
            }
        }
        guard let own else { return }
        BrokerReport(policy: policy, records: records, bytes: bytes, own: own, kafka: kafka).show()
    }

    private func figures(_ make: () throws -> BenchBroker) throws -> BrokerFigures {
        let began = ContinuousClock.now
        let broker = try make()
        defer { broker.end() }
        let bus = BusSettings(bootstrapServers: broker.address, clientId: "lgsp-bench")
        let admin = try Admin(bus)
        _ = try admin.listTopics()
        let start = (ContinuousClock.now - began) / .milliseconds(1)
        try admin.createTopics([NewTopic("bench.throughput", partitionCount: 1), NewTopic("bench.latency", partitionCount: 1)])
        var result = BrokerFigures(startMilliseconds: broker.startMilliseconds ?? start)
        result.produce = try part(broker, "produce", "bench.throughput")
        result.consume = try part(broker, "consume", "bench.throughput")
        let line = try output(
            broker, "latency", "bench.latency", ["--records", "\(BrokerBench.pace * latencySeconds)", "--pace", "\(BrokerBench.pace)"])
        result.latency = try LatencyResult(line: line)
        result.memoryMebibytes = broker.peakMebibytes ?? 0
        return result
    }

    private func part(_ broker: BenchBroker, _ load: String, _ topic: String) throws -> PartResult {
        let before = broker.cpuSeconds
        var result = try PartResult(line: try output(broker, load, topic, ["--records", "\(records)"]))
        if let before, let after = broker.cpuSeconds { result.brokerCPUSeconds = after - before }
        return result
    }

    private func output(_ broker: BenchBroker, _ load: String, _ topic: String, _ more: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = ["load", load, "--servers", broker.address, "--topic", topic, "--bytes", "\(bytes)"] + more
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let line = firstLine(of: pipe)
        process.waitUntilExit()
        guard process.terminationStatus == 0, let line else { throw BenchFailure("load \(load) failed on \(broker.name)") }
        return line
    }

    private func best(_ old: BrokerFigures?, _ new: BrokerFigures) -> BrokerFigures {
        guard var best = old else { return new }
        best.startMilliseconds = min(best.startMilliseconds, new.startMilliseconds)
        if let rate = new.produce?.recordsPerSecond, rate > best.produce?.recordsPerSecond ?? 0 { best.produce = new.produce }
        if let rate = new.consume?.recordsPerSecond, rate > best.consume?.recordsPerSecond ?? 0 { best.consume = new.consume }
        if let p99 = new.latency?.p99, p99 < best.latency?.p99 ?? .infinity { best.latency = new.latency }
        best.memoryMebibytes = max(best.memoryMebibytes, new.memoryMebibytes)
        return best
    }
}

/// The table, the ratios and the line of JSON.
struct BrokerReport {
    private static let rateRatioMin = 1.5
    private static let startMillisecondsMax = 100.0
    private static let memoryShareMax = 0.1

    var policy: String
    var records: Int
    var bytes: Int
    var own: BrokerFigures
    var kafka: BrokerFigures?

    func show() {
        print("fsync \(policy): \(records) records of \(bytes) bytes, one partition, acks=all; latency at \(BrokerBench.pace) records/s")
        row(["", "embedded", "Apache Kafka", "ratio", "wanted"])
        rate("produce, records/s", \.produce)
        rate("consume, records/s", \.consume)
        line("p50 to acknowledgement, ms", own.latency?.median, kafka?.latency?.median, wanted: "")
        line("p99 to acknowledgement, ms", own.latency?.p99, kafka?.latency?.p99, wanted: "<= 1")
        line("start to first answer, ms", own.startMilliseconds, kafka?.startMilliseconds, wanted: "<= 100 ms")
        line("most memory, MiB", own.memoryMebibytes, kafka?.memoryMebibytes, wanted: "<= 0.1")
        print(json)
    }

    private var json: String {
        let ratios = [
            ("produceRatio", ratio(own.produce?.recordsPerSecond, kafka?.produce?.recordsPerSecond)),
            ("consumeRatio", ratio(own.consume?.recordsPerSecond, kafka?.consume?.recordsPerSecond)),
            ("p99Ratio", ratio(own.latency?.p99, kafka?.latency?.p99)),
            ("memoryRatio", ratio(own.memoryMebibytes, kafka?.memoryMebibytes)),
        ]
        let members = ratios.map { name, value in "\"\(name)\":" + (value.map(BrokerReport.text) ?? "null") }
        return #"{"bench":"broker","fsync":"\#(policy)","records":\#(records),"bytes":\#(bytes),"#
            + #""startMilliseconds":\#(BrokerReport.text(own.startMilliseconds)),"#
            + members.joined(separator: ",") + #","isMet":\#(isMet.map { "\($0)" } ?? "null")}"#
    }

    /// nil where there is no Apache Kafka to compare with.
    private var isMet: Bool? {
        guard let kafka, let produce = ratio(own.produce?.recordsPerSecond, kafka.produce?.recordsPerSecond),
            let consume = ratio(own.consume?.recordsPerSecond, kafka.consume?.recordsPerSecond),
            let p99 = ratio(own.latency?.p99, kafka.latency?.p99), let memory = ratio(own.memoryMebibytes, kafka.memoryMebibytes)
        else { return nil }
        return produce >= BrokerReport.rateRatioMin && consume >= BrokerReport.rateRatioMin && p99 <= 1
            && memory <= BrokerReport.memoryShareMax && own.startMilliseconds <= BrokerReport.startMillisecondsMax
    }

    private func rate(_ title: String, _ part: KeyPath<BrokerFigures, PartResult?>) {
        line(
            title, own[keyPath: part]?.recordsPerSecond.rounded(), kafka?[keyPath: part]?.recordsPerSecond.rounded(),
            wanted: ">= \(BrokerReport.rateRatioMin)")
    }

    private func line(_ title: String, _ own: Double?, _ kafka: Double?, wanted: String) {
        row([
            title, own.map(BrokerReport.text) ?? "-", kafka.map(BrokerReport.text) ?? "-",
            ratio(own, kafka).map(BrokerReport.text) ?? "-", wanted,
        ])
    }

    private func ratio(_ own: Double?, _ kafka: Double?) -> Double? {
        guard let own, let kafka, kafka > 0 else { return nil }
        return own / kafka
    }

    private func row(_ cells: [String]) {
        print(
            zip(cells, [30, 14, 14, 10, 12]).map { cell, width in
                let gap = String(repeating: " ", count: max(1, width - cell.count))
                return width == 30 ? cell + gap : gap + cell
            }.joined())
    }

    private static func text(_ value: Double) -> String {
        value >= 1_000 ? "\(Int(value))" : String(format: "%.2f", value)
    }
}

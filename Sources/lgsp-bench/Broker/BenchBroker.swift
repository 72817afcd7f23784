// A broker to measure with, in a process of its own so that its processor time is its own: the
// embedded broker, or Apache Kafka where LGSP_BENCH_KAFKA=1 asks for it and ../shared/kafka stands.
import Broker
import Foundation
import Runtime

/// `lgsp-bench serve --data DIR`: prints its address and serves until SIGTERM.
func runBenchBroker(_ words: [String]) throws {
    let options = try BenchOptions(words, known: ["data", "fsync"])
    guard let policy = SyncPolicy(options["fsync"] ?? "os") else { throw BenchFailure("--fsync takes always, interval:MS or os") }
    let shutdown = try ShutdownSignal.installed()
    let server = try BrokerServer(
        settings: BrokerSettings(dataDirectory: try options.text("data"), host: "127.0.0.1", port: 0, fsync: policy))
    try server.start()
    shutdown.onRequest { server.stop() }
    print("127.0.0.1:\(server.port)")
    fflush(nil)
    try server.wait()
}

/// A running broker.
final class BenchBroker {
    let name: String
    let address: String
    private let process: Process?
    /// The process to watch where it is no child.
    private let identifier: Int32?
    /// From the start of the process to the address it prints; nil where that was not seen.
    private(set) var startMilliseconds: Double?
    /// What ends it, where it is no child.
    private let stop: () -> Void

    private init(
        name: String, address: String, process: Process? = nil, identifier: Int32? = nil, stop: @escaping () -> Void = {}
    ) {
        self.identifier = identifier ?? process?.processIdentifier
        self.name = name
        self.address = address
        self.process = process
        self.stop = stop
    }

    /// One that runs already.
    static func running(_ address: String) -> BenchBroker { BenchBroker(name: "broker at \(address)", address: address) }

    /// The embedded broker.
    static func embedded(folder: String, fsync: String) throws -> BenchBroker {
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = ["serve", "--data", folder + "/broker", "--fsync", fsync]
        let output = Pipe()
        process.standardOutput = output
        let began = ContinuousClock.now
        try process.run()
        guard let address = firstLine(of: output), !address.isEmpty else {
            throw BenchFailure("the embedded broker does not start")
        }
        let broker = BenchBroker(name: "embedded broker, fsync \(fsync)", address: address, process: process)
        // It answers from the moment at which it says its address.
        broker.startMilliseconds = (ContinuousClock.now - began) / .milliseconds(1)
        return broker
    }

    private static let kafkaScripts = "../shared/kafka"
    static var hasApacheKafka: Bool { FileManager.default.isExecutableFile(atPath: kafkaScripts + "/start.sh") }

    /// Apache Kafka from the folder beside the project.
    static func apacheKafka(folder: String, settings: [String] = []) throws -> BenchBroker {
        let scripts = kafkaScripts
        let port = 20_000 + Int(getpid()) % 20_000
        let data = folder + "/kafka"
        try run(scripts + "/start.sh", ["\(port)", data] + settings)
        let identifier = (try? String(contentsOfFile: data + "/kafka.pid", encoding: .utf8)).flatMap {
            Int32($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        let name = settings.isEmpty ? "Apache Kafka, its default flushing" : "Apache Kafka, \(settings.joined(separator: " "))"
        return BenchBroker(name: name, address: "127.0.0.1:\(port)", identifier: identifier) {
            do { try run(scripts + "/stop.sh", [data]) } catch { print("Apache Kafka in \(data) was not stopped: \(error)") }
        }
    }

    /// Processor time so far; nil where the broker is no child.
    var cpuSeconds: Double? { identifier.flatMap(processorSeconds) }

    /// Most memory that its process held so far; nil where that is not known.
    var peakMebibytes: Double? {
        guard let identifier, let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        else { return nil }
        return kibibytes / 1_024
    }

    func end() {
        stop()
        process?.terminate()
        process?.waitUntilExit()
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        // Foundation waits until nobody holds a descriptor that it hands to the child, and a broker that the script
        // leaves running would hold it: so the script begins without.
        let closing = #"for f in /proc/self/fd/*; do n=${f##*/}; [ "$n" -le 2 ] || eval "exec $n>&-"; done; exec "$0" "$@""#
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", closing, program] + arguments
        process.standardOutput = FileHandle.standardError
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchFailure("\(program) ended with \(process.terminationStatus)") }
    }
}

/// The first line that a child prints.
func firstLine(of pipe: Pipe) -> String? {
    var bytes: [UInt8] = []
    while true {
        let portion = pipe.fileHandleForReading.availableData
        bytes.append(contentsOf: portion)
        if let end = bytes.firstIndex(of: 0x0A) { return String(decoding: bytes[..<end], as: UTF8.self) }
        if portion.isEmpty { return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }
    }
}

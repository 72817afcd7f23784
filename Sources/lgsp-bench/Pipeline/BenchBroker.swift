// The broker of the pipeline benchmark, in a process of its own so that its processor time is its own: the
// embedded broker, or Apache Kafka where LGSP_BENCH_KAFKA=1 asks for it and ../shared/kafka stands.
import Broker
import Foundation
import Runtime

/// `lgsp-bench broker --data DIR`: prints its address and serves until SIGTERM.
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
    /// What ends it, where it is no child.
    private let stop: () -> Void

    private init(name: String, address: String, process: Process? = nil, stop: @escaping () -> Void = {}) {
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
        process.arguments = ["broker", "--data", folder + "/broker", "--fsync", fsync]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        guard let address = firstLine(of: output), !address.isEmpty else {
            throw BenchFailure("the embedded broker does not start")
        }
        return BenchBroker(name: "embedded broker, fsync \(fsync)", address: address, process: process)
    }

    /// Apache Kafka from the folder beside the project; nil where it is not there.
    static func apacheKafka(folder: String) throws -> BenchBroker? {
        let scripts = "../shared/kafka"
        guard FileManager.default.isExecutableFile(atPath: scripts + "/start.sh") else { return nil }
        let port = 20_000 + Int(getpid()) % 20_000
        let data = folder + "/kafka"
        try run(scripts + "/start.sh", ["\(port)", data])
        return BenchBroker(name: "Apache Kafka, its default flushing", address: "127.0.0.1:\(port)") {
            do { try run(scripts + "/stop.sh", [data]) } catch { print("Apache Kafka in \(data) was not stopped: \(error)") }
        }
    }

    /// Processor time so far; nil where the broker is no child.
    var cpuSeconds: Double? { process.flatMap { processorSeconds(of: $0.processIdentifier) } }

    func end() {
        stop()
        process?.terminate()
        process?.waitUntilExit()
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
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

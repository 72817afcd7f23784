// Benchmarks: one function each, listed here. `lgsp bench NAME` runs this program.
import Foundation

/// One benchmark.
struct Benchmark: Sendable {
    var name: String
    var summary: String
    var run: @Sendable ([String]) throws -> Void
}

@main
struct Main {
    static let all: [Benchmark] = [
        Benchmark(
            name: "pipeline",
            summary: "Conform and Share on the bus, beside raw librdkafka and a Python pipeline [--records N] [--rounds R]",
            run: runPipelineBench),
        Benchmark(name: "consent", summary: "the consents of a nation: memory and time to ask [--grants N]") { words in
            runConsentBench(arguments: words)
        },
        Benchmark(name: "share-engine", summary: "Share without the bus [--records N] [--only TITLE]") { words in
            runShareEngineBench(arguments: words)
        },
        Benchmark(
            name: "broker", summary: "the embedded broker beside Apache Kafka [--records N] [--fsync os|always] [--rounds R]",
            run: runBrokerBench),
        Benchmark(
            name: "schema",
            summary: "medical visits parsed and validated beside other validators and simdjson [--records N] [--rounds R]",
            run: runSchemaBench),
        Benchmark(name: "schema-part", summary: "one measured process of `schema`", run: runSchemaPart),
        Benchmark(name: "load", summary: "one measured process of `broker`", run: runBrokerLoad),
        Benchmark(name: "part", summary: "one measured process of `pipeline`", run: runPipelinePart),
        Benchmark(name: "serve", summary: "the broker to measure with", run: runBenchBroker),
    ]

    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        guard let name = words.first, let benchmark = all.first(where: { $0.name == name }) else {
            for benchmark in all { print("  \(benchmark.name)  \(benchmark.summary)") }
            exit(words.first == "--help" ? 0 : 2)
        }
        do {
            try benchmark.run(Array(words.dropFirst()))
        } catch {
            FileHandle.standardError.write(Data("lgsp-bench \(name): \(error)\n".utf8))
            exit(1)
        }
    }
}

/// Why there is no result.
struct BenchFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

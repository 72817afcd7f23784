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
    static let all: [Benchmark] = []

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

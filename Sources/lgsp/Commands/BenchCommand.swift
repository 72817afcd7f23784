// `lgsp bench`: runs the benchmark program that is built beside this one, so that the product itself carries none
// of the benchmarks' code.
import Foundation

enum BenchCommand {
    static let bench = Command(
        words: ["bench"], summary: "one benchmark, with ratios against a peer or a raw limit of the same run",
        positional: "NAME [OPTIONS…]",
        options: [.value("records", "N", "how many records to measure with")],
        example: "lgsp bench pipeline"
    ) { arguments in
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "lgsp-bench")
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw CommandFailure(.usage, "\(program.path) is not built; Scripts/bench.sh builds it")
        }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments.positional + (arguments.value("records").map { ["--records", $0] } ?? [])
        try process.run()
        process.waitUntilExit()
        return ExitCode(rawValue: process.terminationStatus) ?? .doesNotHold
    }
}

// `lgsp demo`: the main job on sample exports, from files to indicators, and the account of every record.
import Broker
import Bus
import Foundation
import JSON
import Runtime

enum DemoCommand {
    static let all: [Command] = [demo]

    static let demo = Command(
        words: ["demo"], summary: "the main job on sample exports: read, conform, share, deliver, evaluate, account for all",
        options: [
            .value("records", "N", "how many records the sample exports hold (default: 20000)"),
            .value("seed", "S", "what the samples are made from (default: 42)"),
            .value("data", "DIR", "keep everything here and go on with it next time (default: a temporary folder)"),
            .flag("stay", "leave the hub running until SIGTERM"),
        ],
        example: "lgsp demo --records 20000 --seed 42 --json"
    ) { arguments in
        let records = try arguments.integer("records", default: 20_000, in: 20...10_000_000)
        let seed = UInt64(try arguments.integer("seed", default: 42, in: 0...Int.max))
        let kept = arguments.value("data")
        let folder = kept ?? FileManager.default.temporaryDirectory.path + "/lgsp-demo-\(ProcessInfo.processInfo.processIdentifier)"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(.unreachable, "\(folder) cannot be made (\(error.localizedDescription)); --data names another folder")
        }
        defer { if kept == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let run = DemoRun(
            records: records, seed: seed, folder: folder, root: arguments.root, bootstrapServers: arguments.bootstrapServers,
            says: !arguments.json)
        let summary = try run.run(stay: arguments.has("stay")) { summary in
            if arguments.json {
                Output.bytes(summary.document().write())
                Output.line("")
            } else {
                summary.show()
            }
            Output.flush()
        }
        return summary.isReconciled ? .done : .doesNotHold
    }
}

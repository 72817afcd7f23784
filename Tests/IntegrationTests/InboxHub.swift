// A real hub with an inbox, driven from outside: files are dropped, topics are read back with `lgsp tail`.
import Foundation
import TestSupport
import Testing

/// One record as `lgsp tail --json` shows it.
struct TailedRecord {
    var topic: String
    var offset: Int
    var headers: [String: String]
    var value: [String: Any]
    /// The value as it lies in the topic.
    var text: String
}

/// A running `lgsp up` in a folder of its own.
final class InboxHub {
    let lgsp: URL
    let folder: URL
    let address: String
    private(set) var program: Program
    private let settings: URL

    /// - Parameters:
    ///   - environment: of the hub's process.
    ///   - data: where the broker's log lies; below `folder` where nil.
    init(_ name: String, data: URL? = nil, quietSeconds: Int = 0) throws {
        lgsp = try #require(Program.lgsp, "build lgsp first: Scripts/test.sh does")
        folder = try Program.temporaryFolder(name)
        address = "127.0.0.1:\(Program.freePort())"
        settings = folder.appending(path: "hub.json")
        try """
        {"data": "\((data ?? folder.appending(path: "data")).path)", "listen": "\(address)", "inbox": "\(folder.path)/inbox",
         "quietSeconds": \(quietSeconds), "partitions": 1}
        """.write(to: settings, atomically: true, encoding: .utf8)
        program = try Program(lgsp, ["up", "--config", settings.path])
        try waitUntilUp()
    }

    deinit {
        program.killHard()
        try? FileManager.default.removeItem(at: folder)
    }

    func waitUntilUp() throws {
        let isUp = Program.until(seconds: 60) { program.standardError.contains("hub.up") || !program.process.isRunning }
        try #require(isUp && program.process.isRunning, "the hub did not come up: \(program.standardError.suffix(3_000))")
    }

    /// Starts again what was ended.
    func restart() throws {
        program = try Program(lgsp, ["up", "--config", settings.path])
        try waitUntilUp()
    }

    func inbox(_ feed: String) throws -> URL {
        let url = folder.appending(path: "inbox/\(feed)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    /// Puts a whole file into a feed's folder, as a transfer program should: by renaming it.
    func drop(_ bytes: [UInt8], as name: String, feed: String) throws {
        let draft = folder.appending(path: "draft-\(UUID().uuidString)")
        try Data(bytes).write(to: draft)
        let target = try inbox(feed).path + "/" + name
        #expect(unsafe rename(draft.path, target) == 0, "\(name)")
    }

    /// The records of a topic as they are committed now.
    func tail(_ topic: String) throws -> [TailedRecord] {
        let read = try Program.run(
            lgsp, ["tail", topic, "--json", "--end", "--bootstrap-servers", address], seconds: 60)
        guard read.code == 0 else { return [] }
        return try read.output.split(separator: "\n").map { line in
            let record = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let text = record["value"] as? String ?? ""
            return TailedRecord(
                topic: topic, offset: record["offset"] as? Int ?? -1, headers: record["headers"] as? [String: String] ?? [:],
                value: (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]) ?? [:], text: text)
        }
    }

    /// Waits until a topic's records satisfy something; gives them as they are in the end.
    @discardableResult
    func tail(_ topic: String, seconds: Double = 60, until isEnough: ([TailedRecord]) -> Bool) throws -> [TailedRecord] {
        var records: [TailedRecord] = []
        let held = try Program.until(seconds: seconds) {
            records = try tail(topic)
            return isEnough(records) || !program.process.isRunning
        }
        #expect(program.process.isRunning, "the hub has ended: \(program.standardError.suffix(3_000))")
        #expect(held, "\(topic) has \(records.count) records: \(program.standardError.suffix(3_000))")
        return records
    }

    /// A line of the hub's process status, kB: `VmHWM`, `VmRSS`.
    func memoryKilobytes(_ name: String) -> Int {
        let path = "/proc/\(program.process.processIdentifier)/status"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
        return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}

/// What the hub must say of one bad record.
struct ExpectedRejection: Hashable {
    var file: String
    var record: Int
    var code: String
}

extension TailedRecord {
    /// A rejection's file, number and code; nil where it is none.
    var rejection: ExpectedRejection? {
        guard let file = value["file"] as? String, let record = value["record"] as? Int, let code = value["code"] as? String
        else { return nil }
        return ExpectedRejection(file: file, record: record, code: code)
    }
}

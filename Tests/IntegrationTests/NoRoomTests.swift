// Folders that may not be read and a disk that is full: what cannot be done is said, nothing is acknowledged that is
// not stored, and everything goes on without a restart when there is room again.
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct NoRoomTests {
    private let feed = "education/school-enrolment"
    private let contract = "contract.school-enrolment.v1"

    private func ids(_ records: [TailedRecord]) -> [String] { records.compactMap { $0.value["pupilId"] as? String } }

    private func pupils(_ numbers: Range<Int>) -> [UInt8] {
        PupilFile.file(numbers.map { PupilFile.row("56\(String(format: "%08d", $0))") })
    }

    @Test func aFolderAndAFileWithoutPermissionAreNamedAndTheOthersAreRead() throws {
        let lgsp = try #require(Program.lgsp, "build lgsp first: Scripts/test.sh does")
        let setpriv = URL(filePath: "/usr/bin/setpriv")
        let isRoot = getuid() == 0
        // Root may read everything: the hub then runs as nobody.
        guard !isRoot || FileManager.default.isExecutableFile(atPath: setpriv.path) else {
            return print("skipped: running as root and setpriv is not installed")
        }
        let folder = try Program.temporaryFolder("permission")
        defer { try? FileManager.default.removeItem(at: folder) }
        let address = "127.0.0.1:\(Program.freePort())"
        let open = folder.appending(path: "inbox/\(feed)")
        let closed = folder.appending(path: "inbox/office/reference-unit")
        for url in [open, closed, folder.appending(path: "data")] {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }
        try Data(pupils(0..<3)).write(to: open.appending(path: "good.csv"))
        try Data(pupils(3..<6)).write(to: open.appending(path: "closed.csv"))
        let settings = folder.appending(path: "hub.json")
        try """
        {"data": "\(folder.path)/data", "listen": "\(address)", "inbox": "\(folder.path)/inbox", "quietSeconds": 0, "partitions": 1}
        """.write(to: settings, atomically: true, encoding: .utf8)
        for rule in ["Adapters", "Contracts", "Routes"] {
            try FileManager.default.copyItem(at: Program.root.appending(path: rule), to: folder.appending(path: rule))
        }
        let binary = folder.appending(path: "lgsp")
        try FileManager.default.copyItem(at: lgsp, to: binary)
        if isRoot { _ = try Program.run(URL(filePath: "/bin/chown"), ["-R", "65534:65534", folder.path]) }
        #expect(unsafe chmod(open.path + "/closed.csv", 0) == 0)
        #expect(unsafe chmod(closed.path, 0) == 0)
        let arguments = ["up", "--config", settings.path, "--root", folder.path]
        let hub =
            isRoot
            ? try Program(
                setpriv, ["--reuid=65534", "--regid=65534", "--clear-groups", binary.path] + arguments, folder: folder)
            : try Program(binary, arguments, folder: folder)
        defer { hub.killHard() }
        func read() throws -> [String] {
            let tail = try Program.run(lgsp, ["tail", contract, "--json", "--end", "--bootstrap-servers", address])
            return tail.output.split(separator: "\n").map(String.init)
        }
        let isRead = try Program.until(seconds: 60) { try read().count == 3 }
        guard isRead || !hub.standardError.contains("error while loading shared libraries") else {
            return print("skipped: the Swift libraries are not readable for another user")
        }
        #expect(isRead, "\(hub.standardError.suffix(3_000))")
        let faults = hub.standardError.split(separator: "\n").filter { $0.contains("intake.fault") }
        #expect(faults.filter { $0.contains("closed.csv") && $0.contains("permission") }.count == 1, "\(faults)")
        #expect(faults.filter { $0.contains("office/reference-unit") && $0.contains("permission") }.count == 1, "\(faults)")
        // Nothing but the permission is needed.
        #expect(unsafe chmod(open.path + "/closed.csv", 0o644) == 0)
        #expect(try Program.until(seconds: 30) { try read().count == 6 }, "\(hub.standardError.suffix(3_000))")
    }

    @Test func aFullDiskStopsAcknowledgingAndEverythingGoesOnWhenThereIsRoom() throws {
        guard getuid() == 0 else { return print("skipped: mounting a small disk needs root") }
        let disk = try Program.temporaryFolder("disk")
        let mounted = try Program.run(
            URL(filePath: "/bin/mount"), ["-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", disk.path])
        guard mounted.code == 0 else {
            try? FileManager.default.removeItem(at: disk)
            return print("skipped: mount is not permitted here: \(mounted.diagnostics)")
        }
        defer {
            _ = try? Program.run(URL(filePath: "/bin/umount"), ["-l", disk.path])
            try? FileManager.default.removeItem(at: disk)
        }
        let hub = try InboxHub("full", data: disk)
        try hub.drop(pupils(0..<100), as: "first.csv", feed: feed)
        try hub.tail(contract) { $0.count == 100 }

        // The disk fills up with something else, but for a little.
        let ballast = disk.appending(path: "ballast")
        try Data().write(to: ballast)
        let handle = try FileHandle(forWritingTo: ballast)
        for size in [1 << 20, 4_096] {
            let block = Data(count: size)
            while (try? handle.write(contentsOf: block)) != nil {}
        }
        try handle.close()
        let total = 4_000
        try hub.drop(pupils(100..<total), as: "second.csv", feed: feed)
        let noticed = Program.until(seconds: 90) {
            hub.program.standardError.contains("session-ended") || !hub.program.process.isRunning
        }
        #expect(noticed && hub.program.process.isRunning, "a full disk must be said: \(hub.program.standardError.suffix(2_000))")
        let isDone = try hub.tail("state.intake").contains { $0.value["file"] as? String == "second.csv" && $0.value["isDone"] as? Bool == true }
        #expect(!isDone, "what is not stored is not done")

        try FileManager.default.removeItem(at: ballast)
        let events = try hub.tail(contract, seconds: 150) { $0.count >= total }
        #expect(ids(events).count == total && Set(ids(events)).count == total, "\(events.count) records")
        #expect(try hub.tail("rejected.education").isEmpty)
        hub.program.process.terminate()
        #expect(hub.program.wait(seconds: 15) == 0, "\(hub.program.standardError.suffix(2_000))")
        // And what was stored before and after is still there for the next start.
        try hub.restart()
        #expect(try hub.tail(contract).count == total)
    }
}

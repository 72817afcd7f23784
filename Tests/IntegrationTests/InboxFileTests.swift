// Files that are awkward as files: known ones, growing ones, replaced ones, strange names, huge ones, folders that may
// not be read. Nothing is published twice, nothing is lost, nothing holds up the others.
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct InboxFileTests {
    private let feed = "education/school-enrolment"
    private let contract = "contract.school-enrolment.v1"
    private let ledger = "state.intake"

    private func ids(_ records: [TailedRecord]) -> [String] { records.compactMap { $0.value["pupilId"] as? String } }

    private func pupils(_ numbers: ClosedRange<Int>) -> [UInt8] {
        PupilFile.file(numbers.map { PupilFile.row("54\(String(format: "%08d", $0))") })
    }

    @Test func theSameFileTwiceAndAGrownFilePublishEachRecordOnce() throws {
        let hub = try InboxHub("twice")
        try hub.drop(pupils(1...20), as: "a.csv", feed: feed)
        try hub.tail(contract) { $0.count == 20 }
        // The same bytes: under another name, again under the same, and after a restart.
        try hub.drop(pupils(1...20), as: "b.csv", feed: feed)
        try hub.drop(pupils(1...20), as: "a.csv", feed: feed)
        hub.program.killHard()
        try hub.restart()
        // An export that overlaps the one before it: the file has grown between two looks.
        try hub.drop(pupils(1...30), as: "a.csv", feed: feed)
        try hub.tail(contract) { $0.count >= 30 }
        try hub.drop(pupils(31...31), as: "z.csv", feed: feed)
        let events = try hub.tail(contract) { ids($0).contains("5400000031") }
        #expect(ids(events).sorted() == (1...31).map { "54\(String(format: "%08d", $0))" })
        let rejected = try hub.tail("rejected.education")
        #expect(Set(rejected.compactMap { $0.value["code"] as? String }) == ["record.duplicate"])
        #expect(rejected.compactMap { $0.value["record"] as? Int }.sorted() == Array(1...20), "only the overlap is said to be known")
        #expect(try hub.tail("raw.education.school-enrolment").count == 20 + 30 + 1)
    }

    @Test func aFileStillBeingWrittenIsLeftAloneUntilItIsQuiet() throws {
        let hub = try InboxHub("growing", quietSeconds: 1)
        let bytes = pupils(1...400)
        let path = try hub.inbox(feed).appending(path: "slow.csv")
        try Data().write(to: path)
        let handle = try FileHandle(forWritingTo: path)
        // Pauses shorter than the quiet time: the file is never read halfway.
        var place = 0
        while place < bytes.count {
            let end = min(place + 9_000, bytes.count)
            try handle.write(contentsOf: Data(bytes[place..<end]))
            place = end
            usleep(300_000)
        }
        try handle.close()
        try hub.drop(pupils(500...500), as: "under-way.csv.part", feed: feed)
        let events = try hub.tail(contract) { $0.count >= 400 }
        #expect(Set(ids(events)).count == 400)
        #expect(events.count == 400)
        #expect(try hub.tail("rejected.education").isEmpty)
        #expect(try hub.tail(ledger).allSatisfy { $0.value["file"] as? String == "slow.csv" })
    }

    @Test func aFileReplacedWhileItIsReadIsReadWholeInOneVersion() throws {
        let hub = try InboxHub("replaced")
        let path = try hub.inbox(feed).path + "/export.csv"
        // Replaced by renaming and by writing into it, again and again.
        for round in 0..<4 {
            let bytes = pupils(round * 40_000 + 1...round * 40_000 + 4_000)
            if round % 2 == 0 {
                try hub.drop(bytes, as: "export.csv", feed: feed)
            } else {
                try Data(bytes).write(to: URL(filePath: path))
            }
            usleep(700_000)
        }
        let last = (120_001...124_000).map { "54\(String(format: "%08d", $0))" }
        let events = try hub.tail(contract, seconds: 120) { Set(ids($0)).isSuperset(of: last) }
        #expect(Set(ids(events)).count == ids(events).count, "no record is published twice")
        // A torn line would be rejected; a line of two versions would have a place that no version has. Who writes into
        // the file cuts it to nothing first: a look at that moment finds an empty file, and says so.
        let rejected = try hub.tail("rejected.education")
        let told = Set(rejected.compactMap { $0.value["code"] as? String })
        #expect(told.isSubset(of: ["record.duplicate", "file.empty"]), "\(rejected.prefix(3).map(\.text))")
    }

    @Test func strangeFileNamesAreReadAndNamed() throws {
        let hub = try InboxHub("names")
        let folder = try hub.inbox(feed)
        let long = String(repeating: "tên-rất-dài-", count: 15) + ".csv"
        let names: [[UInt8]] = [
            Array("hai\ndòng.csv".utf8), Array("\"nháy\" và 'nháy'.csv".utf8), Array("a=b level=error.csv".utf8),
            [0x66, 0xFF, 0xE9, 0x2E, 0x63, 0x73, 0x76], Array(long.utf8.prefix(255)), Array("%s%n%d.csv".utf8), Array(" .csv".utf8),
            Array("-rf".utf8), Array("e\u{301}.csv".utf8),
        ]
        for (index, name) in names.enumerated() {
            let draft = hub.folder.appending(path: "draft")
            try Data(pupils(index + 1...index + 1)).write(to: draft)
            let target = Array((folder.path + "/").utf8) + name
            let done = unsafe rename(draft.path, target.map { CChar(bitPattern: $0) } + [0])
            try #require(done == 0, "name \(index)")
        }
        // What is no file of an export is passed over.
        try FileManager.default.createDirectory(at: folder.appending(path: "folder.csv"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link.csv", withDestinationPath: "/etc/hostname")
        _ = unsafe mkfifo(folder.path + "/pipe.csv", 0o600)
        let events = try hub.tail(contract) { $0.count >= names.count }
        #expect(Set(ids(events)).count == names.count)
        let files = Set(try hub.tail(ledger).compactMap { $0.value["file"] as? String })
        #expect(files.count == names.count)
        #expect(files.contains("hai\ndòng.csv"))
        #expect(files.contains("f%FF%E9.csv"))
        for line in hub.program.standardError.split(separator: "\n") {
            #expect(line.hasPrefix("time="), "a file's name must not begin a line of the log: \(line)")
        }
    }

    @Test func aLineOfAHundredMegabytesIsRejectedInBoundedMemory() throws {
        let hub = try InboxHub("long")
        try hub.drop(pupils(1...3), as: "a.csv", feed: feed)
        try hub.tail(contract) { $0.count == 3 }
        let before = hub.memoryKilobytes("VmRSS")
        try #require(before > 0)
        var bytes = PupilFile.file([PupilFile.row("5400000010")])
        bytes += [UInt8](repeating: UInt8(ascii: "x"), count: 100 << 20)
        bytes += Array("\n\(PupilFile.row("5400000011"))\n".utf8)
        try hub.drop(bytes, as: "long.csv", feed: feed)
        // And the shortest of lines: a megabyte of them in one portion.
        let short = Array((PupilFile.titles + "\n").utf8) + (0..<200_000).flatMap { _ in [UInt8(ascii: "x"), 0x0A] }
        let events = try hub.tail(contract, seconds: 180) { ids($0).contains("5400000011") }
        #expect(ids(events).contains("5400000010"))
        let rejected = try hub.tail("rejected.education")
        #expect(rejected.compactMap(\.rejection) == [ExpectedRejection(file: "long.csv", record: 2, code: "record.too-large")])
        #expect(rejected.allSatisfy { $0.text.utf8.count < 2_000 })
        let grown = hub.memoryKilobytes("VmHWM") - before
        print("memory grew by \(grown / 1_024) MiB over a line of 100 MiB")
        #expect(grown < 64 << 10, "the hub grew by \(grown) kB")

        try hub.drop(short, as: "short.csv", feed: feed)
        try hub.drop(pupils(12...12), as: "z.csv", feed: feed)
        try hub.tail(contract, seconds: 180) { ids($0).contains("5400000012") }
        print("memory grew by \((hub.memoryKilobytes("VmHWM") - before) / 1_024) MiB over 200,000 lines of one letter")
        #expect(!hub.program.standardError.contains("session-ended"), "\(hub.program.standardError.suffix(3_000))")
    }

    /// Titles travel beside every record as a header.
    @Test func titlesThatAreTooLongRejectTheFileAndNotTheHub() throws {
        let hub = try InboxHub("titles")
        let extra = (0..<3_000).map { ";Cột thừa \($0)" }.joined()
        try hub.drop(Array((PupilFile.titles + extra + "\n" + PupilFile.row("5400000001") + "\n").utf8), as: "a.csv", feed: feed)
        try hub.drop([UInt8](repeating: UInt8(ascii: "t"), count: 2 << 20), as: "b.csv", feed: feed)
        try hub.drop(pupils(2...2), as: "z.csv", feed: feed)
        let events = try hub.tail(contract) { ids($0).contains("5400000002") }
        #expect(ids(events) == ["5400000002"])
        let rejected = try hub.tail("rejected.education")
        #expect(Set(rejected.compactMap { $0.value["file"] as? String }) == ["a.csv", "b.csv"], "\(rejected.map(\.text))")
        #expect(rejected.allSatisfy { ($0.value["fix"] as? String)?.isEmpty == false })
    }
}

// Bad input at the whole hub: every bad record gets a rejection with file, number, place and fix and without its
// value; the good records of the same file are published; the hub lives on.
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct BadInputTests {
    /// Drops the files into one feed, waits until all are read and compares what came of each.
    private func check(
        _ files: [BadFile], feed: String, agency: String, contract: String, fence: BadFile, identifier: ([String: Any]) -> String?
    ) throws {
        let hub = try InboxHub("bad-\(agency)")
        for file in files { try hub.drop(file.bytes, as: file.name, feed: feed) }
        // A file's end is an entry of the ledger.
        let topic = "state.intake"
        try hub.tail(topic) { records in
            let done = records.filter { $0.value["isDone"] as? Bool == true }.compactMap { $0.value["file"] as? String }
            return Set(files.map(\.name)).isSubset(of: done)
        }
        // One feed keeps its order: when the last file's record is published, all before it has been decided on.
        try hub.drop(fence.bytes, as: fence.name, feed: feed)
        let events = try hub.tail("contract.\(contract).v1") { records in
            records.contains { identifier($0.value) == fence.published.first }
        }
        let rejections = try hub.tail("rejected.\(agency)")
        let publishedIds = events.compactMap { identifier($0.value) }
        for file in files {
            let own = rejections.filter { $0.value["file"] as? String == file.name }
            let found = Dictionary(own.compactMap { $0.rejection.map { ($0.record, $0.code) } }, uniquingKeysWith: { $0 + "+" + $1 })
            #expect(found == file.rejected, "\(file.name): \(own.map(\.text))")
            for record in own {
                for part in ["place", "detail", "fix", "feed", "stage", "raw"] {
                    #expect((record.value[part] as? String)?.isEmpty == false, "\(file.name): no \(part) in \(record.text)")
                }
                for secret in file.secrets { #expect(!record.text.contains(secret), "\(file.name) tells its value: \(record.text)") }
                if let number = record.value["record"] as? Int, let part = file.places[number] {
                    #expect((record.value["place"] as? String)?.contains(part) == true, "\(file.name): \(record.text)")
                }
            }
            for id in file.published {
                #expect(publishedIds.filter { $0 == id }.count == 1, "\(file.name): \(id) must be published once: \(own.map(\.text))")
            }
        }
        let expected = Set(files.flatMap(\.published) + fence.published)
        #expect(Set(publishedIds).subtracting(expected).isEmpty, "published without being good: \(publishedIds)")
        #expect(!events.contains { $0.text.contains("\u{FFFD}") }, "a replaced character was published")
        #expect(!hub.program.standardError.contains("session-ended"), "\(hub.program.standardError.suffix(3_000))")
    }

    @Test func badDelimitedRecordsAreRejectedAndTheRestGoesOn() throws {
        var fence = BadFile("zz-fence.csv", PupilFile.file([PupilFile.row("5399999999")]))
        fence.published = ["5399999999"]
        try check(
            PupilFile.all, feed: "education/school-enrolment", agency: "education", contract: "school-enrolment", fence: fence
        ) { $0["pupilId"] as? String }
    }

    @Test func badXMLRecordsAreRejectedAndTheRestGoesOn() throws {
        var fence = BadFile("zz-fence.xml", VisitFile.root + VisitFile.head + VisitFile.good("5200129999999") + VisitFile.tail)
        fence.published = ["5200129999999"]
        try check(VisitFile.all, feed: "health/medical-visit", agency: "health", contract: "medical-visit", fence: fence) {
            $0["visitId"] as? String
        }
    }

    @Test func badJSONRecordsAreRejectedAndTheRestGoesOn() throws {
        var fence = BadFile("zz-fence.json", "[" + BirthFile.record("999") + "]")
        fence.published = ["999"]
        try check(
            BirthFile.all, feed: "justice/civil-status-event", agency: "justice", contract: "civil-status-event", fence: fence
        ) { ($0["book"] as? [String: Any])?["number"] as? String }
    }
}

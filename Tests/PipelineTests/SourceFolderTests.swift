import Foundation
import Testing

@testable import Pipeline

@Suite struct SourceFolderTests {
    private func folder() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appending(path: "lgsp-folder-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    private func put(_ name: String, in folder: URL, modified: Double) throws {
        let file = folder.appending(path: name)
        try Data("x".utf8).write(to: file)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: modified)], ofItemAtPath: file.path)
    }

    @Test func takesFinishedFilesOldestFirstAndLeavesThoseBeingWritten() throws {
        let url = try folder()
        defer { try? FileManager.default.removeItem(at: url) }
        try put("b.csv", in: url, modified: 1_000)
        try put("a.csv", in: url, modified: 2_000)
        try put("c.csv", in: url, modified: 4_999.5)
        try put("d.csv.part", in: url, modified: 1_000)
        try put(".hidden.csv", in: url, modified: 1_000)
        let scan = SourceFolder(agency: "health", feed: "x", path: url.path, quietSeconds: 2).scan(now: 5_000)
        #expect(scan.ready.map(\.name) == ["b.csv", "a.csv"])
        #expect(Set(scan.unfinished.map(\.name)) == ["c.csv", "d.csv.part"])
        #expect(scan.fault == nil)
    }

    @Test func namesTheFolderThatIsNotThereAndTheFix() {
        let scan = SourceFolder(agency: "health", feed: "x", path: "/nonexistent/drop").scan(now: 0)
        #expect(scan.ready.isEmpty)
        #expect(scan.fault?.contains("/nonexistent/drop") == true)
    }
}

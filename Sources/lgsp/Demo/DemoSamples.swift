// The sample exports of a demo: generated once per folder and then left alone, so that a demo that was killed goes on
// with the same files.
import Bus
import Consent
import Crypto
import Foundation
import JSON
import Records
import Runtime
import Samples

/// The files of one demo below its data folder.
struct DemoSamples {
    let folder: String
    var inbox: String { folder + "/inbox" }
    var consents: String { folder + "/consents.jsonl" }
    var registry: String { folder + "/registry.jsonl" }
    private var marker: String { folder + "/samples.json" }

    /// Generates the files where they are not there yet.
    ///
    /// - Throws: `CommandFailure` where the folder holds the files of another seed or size, or cannot be written.
    func prepare(seed: UInt64, records: Int, tree: FileTree) throws {
        let manager = FileManager.default
        let wanted = JSONValue.object([JSONMember("seed", .integer(seed)), JSONMember("records", .integer(records))])
        if let known = manager.contents(atPath: marker) {
            guard [UInt8](known) == wanted.write() else {
                throw CommandFailure(
                    .usage,
                    "\(folder) holds a demo of another seed or size: \(String(decoding: known, as: UTF8.self)); name another --data folder")
            }
            return
        }
        try? manager.removeItem(atPath: inbox)
        let generator = SampleGenerator(seed: seed, records: records, referenceData: try SampleReferenceData(tree))
        var order = 0
        let expectation = try generator.generate { file in
            let path: String
            switch file.kind {
            case .feed(let agency, let feed):
                let drop = "\(inbox)/\(agency)/\(feed)"
                try manager.createDirectory(atPath: drop, withIntermediateDirectories: true)
                path = "\(drop)/\(file.name)"
            case .consents: path = consents
            case .registry: path = registry
            }
            try Data(file.bytes).write(to: URL(filePath: path))
            // One second apart and in the past: the order of reading is the order of making, whatever the file
            // system's resolution.
            order += 1
            let stamp = Date(timeIntervalSince1970: 1_727_740_800 + Double(order))
            try manager.setAttributes([.modificationDate: stamp], ofItemAtPath: path)
        }
        var bytes: [UInt8] = []
        expectation.write(to: &bytes)
        try Data(bytes).write(to: URL(filePath: folder + "/expectation.json"))
        // Last: whoever finds the marker finds all of it.
        try Data(wanted.write()).write(to: URL(filePath: marker), options: .atomic)
    }

    /// Puts the consents on their topic, once.
    func publishConsents(bus: BusSettings, subjectSecret: [UInt8]) throws {
        let done = folder + "/consents.done"
        if FileManager.default.fileExists(atPath: done) { return }
        guard let bytes = FileManager.default.contents(atPath: consents) else { return }
        try ConsentImport.run([UInt8](bytes), file: consents, bus: bus, subjectSecret: subjectSecret)
        try Data().write(to: URL(filePath: done))
    }
}

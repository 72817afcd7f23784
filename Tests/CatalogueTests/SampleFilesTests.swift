// The generated exports through the real adapters and contracts: everything published or rejected as expected.

import ContractRegistry
import Crypto
import Foundation
import JSON
import Mapping
import Records
import Samples
import Testing

/// The files of a folder of the package.
private func tree(_ folders: [String]) throws -> FileTree {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    var tree = FileTree()
    for folder in folders {
        let base = root.appendingPathComponent(folder).resolvingSymlinksInPath()
        let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        for name in names where name.hasSuffix(".json") || name.hasSuffix(".csv") || name.hasSuffix(".xml") {
            tree.files[folder + "/" + name] = Array(try Data(contentsOf: base.appendingPathComponent(name)))
        }
    }
    return tree
}

private func adapterSet(_ tree: FileTree) throws -> AdapterSet {
    let contracts = try ContractSet.load(tree).contracts.map { contract in
        TargetContract(
            name: contract.name, major: contract.major, schema: contract.schema, identifier: contract.identifier,
            keyPointers: contract.keyPointers, subjectPointers: contract.subjectPointers,
            fingerprint: contract.fingerprint, rejection: { contract.rejection(for: $0) })
    }
    return try AdapterSet.load(tree, contracts: contracts, key: SubjectReferenceKey(secret: Array("test".utf8)))
}

/// What the adapters make of a file: how many records, how many events, rejections by code.
private struct Tally {
    var records = 0
    var published = 0
    var rejected: [String: Int] = [:]
    var places: [String: Int] = [:]

    mutating func reject(_ code: RejectionCode, _ place: String) {
        rejected[code.rawValue, default: 0] += 1
        places["\(code.rawValue) \(place)", default: 0] += 1
    }

    mutating func take(_ file: [UInt8], adapter: Int, of set: AdapterSet, with conformer: inout Conformer) {
        var framer = Framer(spec: set.adapters[adapter].reader)
        framer.feed(file.span, isLast: true) { frame, bytes, titles in
            records += 1
            if let fault = frame.fault { return reject(fault, "intake") }
            var output = RecordBatch()
            switch conformer.conform(bytes, titles: titles, feed: adapter, origin: RawOrigin(), into: &output) {
            case .published: published += 1
            case .rejected(let code): reject(code, String(decoding: output.arena.suffix(400), as: UTF8.self))
            }
        }
    }
}

@Test func generatedFilesAreConformedAsTheirExpectationSays() throws {
    let tree = try tree(["Adapters", "Contracts"])
    let set = try adapterSet(tree)
    var conformer = Conformer(adapters: set)
    let generator = SampleGenerator(seed: 42, records: 4000, referenceData: try SampleReferenceData(tree))
    var tallies: [String: Tally] = [:]
    var repeated: Set<String> = []
    let expectation = try generator.generate { file in
        guard case .feed(let agency, let feed) = file.kind else { return }
        if file.name.contains("-lan2") {
            repeated.insert(file.name)
            return
        }
        let index = try #require(set.index(agency: agency, feed: feed))
        tallies[agency + "/" + feed, default: Tally()].take(file.bytes, adapter: index, of: set, with: &conformer)
    }
    #expect(expectation.feeds.count == 9)
    for (key, feed) in expectation.feeds {
        let tally = try #require(tallies[key])
        #expect(tally.records == feed.records, "\(key)")
        #expect(tally.published == feed.published, "\(key)")
        #expect(tally.rejected == feed.rejected, "\(key): \(tally.places.keys.sorted())")
        #expect(feed.repeatedFiles.keys.allSatisfy(repeated.contains))
    }
}

@Test func committedSamplesAreConformedOrRejectedAsTheirNamesSay() throws {
    let tree = try tree(["Adapters", "Contracts"])
    let set = try adapterSet(tree)
    var conformer = Conformer(adapters: set)
    // The feed of a sample is the one whose adapter reads it: by folder and the first word of its name.
    let feeds = [
        "visits": "medical-visit", "events": "civil-status-event", "certificates": "land-certificate",
        "beneficiaries": "social-protection-beneficiary", "payments": "social-protection-payment",
        "course": "driving-course", "test": "driving-test", "pupils": "school-enrolment", "units": "reference-unit",
    ]
    var seen: [String: Int] = [:]
    for (path, bytes) in tree.files where path.contains("/samples/") {
        let parts = path.split(separator: "/").map(String.init)
        let words = parts[3].split(whereSeparator: { $0 == "-" || $0 == "." }).map(String.init)
        let feed = try #require(feeds[words[0]], "\(path)")
        let index = try #require(set.index(agency: parts[1], feed: feed))
        var tally = Tally()
        tally.take(bytes, adapter: index, of: set, with: &conformer)
        #expect(tally.records > 0, "\(path)")
        if words[1] == "good" {
            #expect(tally.rejected.isEmpty, "\(path): \(tally.places)")
        } else {
            #expect(!tally.rejected.isEmpty, "\(path)")
        }
        seen[feed, default: 0] += 1
    }
    for feed in feeds.values { #expect(seen[feed, default: 0] >= 2, "\(feed) has a good and a faulty sample") }
}

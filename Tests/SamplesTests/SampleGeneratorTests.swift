// The generator: repeatable, coherent, and honest about the faults it puts in.

import Foundation
import JSON
import Mapping
import Records
import Samples
import Testing

private func referenceData() throws -> SampleReferenceData {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    var tree = FileTree()
    for name in ["admin-units.csv", "names.csv"] {
        tree.files["Adapters/codes/" + name] = Array(
            try Data(contentsOf: root.appendingPathComponent("Adapters/codes/" + name)))
    }
    return try SampleReferenceData(tree)
}

private func files(seed: UInt64, records: Int) throws -> (files: [SampleFile], expectation: SampleExpectation) {
    var files: [SampleFile] = []
    let generator = SampleGenerator(seed: seed, records: records, referenceData: try referenceData())
    let expectation = generator.generate { files.append($0) }
    return (files, expectation)
}

@Test func theSameSeedGivesTheSameBytes() throws {
    let first = try files(seed: 7, records: 1000).files
    let second = try files(seed: 7, records: 1000).files
    #expect(first.map(\.name) == second.map(\.name))
    #expect(first.map(\.bytes) == second.map(\.bytes))
    let other = try files(seed: 8, records: 1000).files
    #expect(first.map(\.bytes) != other.map(\.bytes))
}

@Test func everyFeedHasItsShareAndThreeInAHundredAreFaulty() throws {
    let expectation = try files(seed: 1, records: 10_000).expectation
    #expect(expectation.feeds.count == 9)
    var records = 0
    var rejected = 0
    for (key, feed) in expectation.feeds {
        let refused = feed.rejected.values.reduce(0, +)
        #expect(feed.records == feed.published + refused, "\(key)")
        records += feed.records
        rejected += refused
    }
    #expect(records > 10_000)
    #expect(rejected * 1000 > records * 12 && rejected * 1000 < records * 45, "\(rejected) of \(records)")
    let medical = try #require(expectation.feeds["health/medical-visit"])
    #expect(medical.records > 3900 && medical.records < 4200)
    #expect(medical.corrections > 0)
    let codes = expectation.feeds.values.reduce(into: Set<String>()) { $0.formUnion($1.rejected.keys) }
    #expect(
        codes.isSuperset(of: [
            "file.empty", "file.truncated", "csv.quote", "csv.columns", "xml.malformed", "xml.doctype",
            "json.malformed",
            "base64.malformed", "encoding.undecodable", "map.missing", "map.date", "map.number", "map.code",
        ]))
}

@Test func personsInTheFilesAreThoseOfTheRegistry() throws {
    let (files, expectation) = try files(seed: 3, records: 2000)
    let registry = try #require(files.first { $0.kind == .registry })
    var names: [String: [UInt8]] = [:]
    for line in registry.bytes.split(separator: 0x0A) {
        let person = try JSONValue(parsing: Array(line))
        let number = try #require(person["idNumber"]?.stringValue)
        #expect(names.updateValue(Array(try #require(person["fullName"]?.stringValue).utf8), forKey: number) == nil)
    }
    #expect(names.count == expectation.persons)
    // Beneficiaries come in three encodings: every row that can be read names a person of the registry.
    var spec = ReaderSpec(format: .csv)
    spec.legacyEncodings = [.tcvn3, .vni]
    var rows = 0
    for file in files where file.name.hasPrefix("bhtro_") {
        var framer = Framer(spec: spec)
        var reader = RecordReader(spec: spec)
        var record = SourceRecord()
        try framer.feed(file.bytes.span, isLast: true) { frame, bytes, titles in
            guard frame.fault == nil, reader.read(bytes, titles: titles, into: &record) == nil else { return }
            let number = try #require(record.child(of: 0, named: Array("SO_CCCD".utf8)))
            let name = try #require(record.child(of: 0, named: Array("HO_TEN".utf8)))
            let known = try #require(names[record.string(record.nodes[Int(number)].value)])
            let read = Array(record.text[record.nodes[Int(name)].value.range])
            #expect(read == known || read.isEmpty, "\(file.name): \(record.string(record.nodes[Int(name)].value))")
            rows += 1
        }
    }
    #expect(rows > 100)
}

@Test func consentsAndExpectationAreJSON() throws {
    let (files, expectation) = try files(seed: 3, records: 2000)
    let consents = try #require(files.first { $0.kind == .consents })
    let lines = consents.bytes.split(separator: 0x0A)
    #expect(lines.count == expectation.consents)
    var states: Set<String> = []
    for line in lines { states.insert(try JSONValue(parsing: Array(line))["state"]?.stringValue ?? "") }
    #expect(states == ["granted", "withdrawn"])
    var document: [UInt8] = []
    expectation.write(to: &document)
    let parsed = try JSONValue(parsing: document)
    #expect(parsed["seed"]?.intValue == 3)
    #expect(parsed["feeds"]?.objectValue?.count == 9)
}

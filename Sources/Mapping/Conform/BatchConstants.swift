// The texts that every record of a batch repeats (header names, feed and contract names), stored once in the
// batch's arena; headers then share the slices.

import Crypto
import Records

/// Constant header texts of a set of adapters.
struct BatchConstants: Sendable {
    enum Name: Int, CaseIterable {
        case specVersionName, specVersion, idName, sourceName, typeName, timeName, subjectName, dataSchemaName
        case contentTypeName, contentType, agencyName, rawName, rulesName

        var text: String {
            switch self {
            case .specVersionName: HeaderName.specVersion
            case .specVersion: "1.0"
            case .idName: HeaderName.id
            case .sourceName: HeaderName.source
            case .typeName: HeaderName.type
            case .timeName: HeaderName.time
            case .subjectName: HeaderName.subject
            case .dataSchemaName: HeaderName.dataSchema
            case .contentTypeName: HeaderName.contentType
            case .contentType: "application/json"
            case .agencyName: HeaderName.agency
            case .rawName: HeaderName.rawCoordinates
            case .rulesName: HeaderName.rulesVersion
            }
        }
    }

    /// The SHA-256 of what follows, then every constant, one after the other; the same bytes in each batch.
    private var block: [UInt8] = []
    private var slices: [ArenaSlice] = []
    private var feeds: [(source: Int, agency: Int, rules: Int, contracts: [(type: Int, schema: Int)])] = []
    /// Where the block lies in the batch at hand.
    private var start: Int32 = -1

    init(adapters: [CompiledAdapter]) {
        block = Array(repeating: 0, count: Digest.count)
        for name in Name.allCases { _ = add(name.text) }
        for adapter in adapters {
            feeds.append(
                (
                    add("urn:lgsp:\(adapter.agency):\(adapter.feed)"), add(adapter.agency), add(adapter.rulesVersion),
                    adapter.contracts.map { (add("vn.lgsp.\($0.name).v\($0.major)"), add($0.identifier)) }
                ))
        }
        block.replaceSubrange(0..<Digest.count, with: SHA256.hash(block).bytes)
    }

    private mutating func add(_ text: String) -> Int {
        let mark = block.count
        block.append(contentsOf: text.utf8)
        slices.append(ArenaSlice(start: Int32(mark), count: Int32(block.count - mark)))
        return slices.count - 1
    }

    /// Stores the block in a batch that does not hold it where the last one did.
    mutating func prepare(_ batch: inout RecordBatch) {
        let end = Int(start) + block.count
        // The batch is another one, or was emptied, whenever the digest is not where it was: no record holds it.
        let known = Int(start)..<Int(start) + Digest.count
        if start >= 0, end <= batch.arena.count,
            equal(batch.arena.span.extracting(known), block.span.extracting(0..<Digest.count))
        {
            return
        }
        start = batch.store(block).start
    }

    private func slice(_ index: Int) -> ArenaSlice {
        ArenaSlice(start: slices[index].start + start, count: slices[index].count)
    }

    subscript(name: Name) -> ArenaSlice { slice(name.rawValue) }
    func source(of feed: Int) -> ArenaSlice { slice(feeds[feed].source) }
    func agency(of feed: Int) -> ArenaSlice { slice(feeds[feed].agency) }
    func rules(of feed: Int) -> ArenaSlice { slice(feeds[feed].rules) }
    func type(of contract: Int, feed: Int) -> ArenaSlice { slice(feeds[feed].contracts[contract].type) }
    func dataSchema(of contract: Int, feed: Int) -> ArenaSlice { slice(feeds[feed].contracts[contract].schema) }
}

// How far each file was read. One entry a file, by the digest of its bytes: the same export under another name
// is the same export.
//
// Format of the changelog `state.intake` (compacted), version 1: key `<agency>/<feed>/<SHA-256 hex>`, value a
// JSON object {version, file, sizeBytes, records, isDone}.
import JSON
public import Records

/// How far a file was read.
public struct IntakeProgress: Sendable, Equatable {
    public var file: String
    public var sizeBytes: Int64
    /// Records that are in the raw topic.
    public var records: Int
    public var isDone: Bool
}

/// The ledger of a hub's intake.
public struct IntakeLedger: Sendable {
    public private(set) var entries: [String: IntakeProgress] = [:]

    public init() {}

    public static func key(agency: String, feed: String, digest: String) -> String { "\(agency)/\(feed)/\(digest)" }

    public mutating func note(_ progress: IntakeProgress, key: String) { entries[key] = progress }

    /// Appends an entry as a changelog record.
    public func write(key: String, into out: inout RecordBatch) {
        guard let entry = entries[key] else { return }
        let topic = out.topicIndex(TopicName.state(group: "intake"))
        let value = JSONValue.object([
            JSONMember("version", .number("1")),
            JSONMember("file", .string(entry.file)),
            JSONMember("sizeBytes", .integer(entry.sizeBytes)),
            JSONMember("records", .integer(entry.records)),
            JSONMember("isDone", .bool(entry.isDone)),
        ])
        out.addRecord(topic: topic, key: out.store(key), value: out.store(value.write()), headersFrom: out.headerMark)
    }

    /// Takes one changelog record; one that does not parse is as if it had not been: the file is read again and
    /// the duplicate window catches its records.
    public mutating func restore(key: String, value: [UInt8]) {
        guard let parsed = try? JSONValue(parsing: value), let file = parsed["file"]?.stringValue,
            let size = parsed["sizeBytes"]?.intValue, let records = parsed["records"]?.intValue,
            let isDone = parsed["isDone"]?.boolValue
        else { return }
        entries[key] = IntakeProgress(file: file, sizeBytes: Int64(size), records: records, isDone: isDone)
    }
}

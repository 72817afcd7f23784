// An event outside the bus: a structured CloudEvent as `lgsp route explain` and route cases have it, made
// into the same record that Share reads.

public import JSON
public import Records

/// Why a document is no event that routes could be asked about.
public struct SharedEventError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The attribute that is missing or of another form.
    public var attribute: String
    public var fix: String
    public var description: String { "\(attribute): \(fix)" }
}

/// A contract record with its envelope.
public struct SharedEvent: Sendable {
    public var contract: String
    public var major: Int
    public var id: String
    public var source: String
    public var time: String?
    public var subject: String?
    public var data: JSONValue

    public init(
        contract: String, major: Int, id: String, source: String, time: String? = nil, subject: String? = nil,
        data: JSONValue
    ) {
        self.contract = contract
        self.major = major
        self.id = id
        self.source = source
        self.time = time
        self.subject = subject
        self.data = data
    }

    /// Reads a structured CloudEvent of type `vn.lgsp.<contract>.v<major>`.
    public init(_ document: JSONValue) throws(SharedEventError) {
        guard let type = document["type"]?.stringValue, let parts = SharedEvent.contract(ofType: type) else {
            throw SharedEventError(attribute: "type", fix: "write vn.lgsp.<contract>.v<major>")
        }
        guard let data = document["data"], data.objectValue != nil else {
            throw SharedEventError(attribute: "data", fix: "put the record's object here")
        }
        guard let id = document["id"]?.stringValue, !id.isEmpty else {
            throw SharedEventError(attribute: "id", fix: "a CloudEvent has an id")
        }
        self.init(
            contract: parts.name, major: parts.major, id: id,
            source: document["source"]?.stringValue ?? "urn:lgsp:file",
            time: document["time"]?.stringValue, subject: document["subject"]?.stringValue, data: data)
    }

    /// The contract that an event's type names; nil for a type of somebody else's.
    public static func contract(ofType type: String) -> (name: String, major: Int)? {
        let bytes = Array(type.utf8)
        let prefix = Array("vn.lgsp.".utf8)
        guard bytes.starts(with: prefix), let dot = bytes.lastIndex(of: 0x2E), dot > prefix.count,
            bytes[(dot + 1)...].first == 0x76,
            let major = Int(String(decoding: bytes[(dot + 2)...], as: UTF8.self)), major > 0
        else { return nil }
        return (String(decoding: bytes[prefix.count..<dot], as: UTF8.self), major)
    }

    /// Adds the event to a batch as the record that would stand on its contract topic.
    public func append(to batch: inout RecordBatch) {
        let headers = batch.headerMark
        batch.addHeader(HeaderName.specVersion, "1.0")
        batch.addHeader(HeaderName.id, id)
        batch.addHeader(HeaderName.source, source)
        batch.addHeader(HeaderName.type, "vn.lgsp.\(contract).v\(major)")
        if let time { batch.addHeader(HeaderName.time, time) }
        if let subject { batch.addHeader(HeaderName.subject, subject) }
        batch.addHeader(HeaderName.contentType, "application/json")
        let key = batch.store(subject ?? id)
        let value = batch.store(data.write())
        batch.addRecord(
            topic: batch.topicIndex(TopicName.contract(contract, major: major)), partition: 0, offset: 0, key: key,
            value: value, headersFrom: headers)
    }
}

/// The places of a document, elements of arrays taken together.
enum LeafPointers {
    /// Every place with nothing below it, sorted, each once.
    static func of(_ value: JSONValue) -> [String] {
        var found: Set<FieldPointer> = []
        collect(value, [], &found)
        return found.map(\.description).sorted()
    }

    private static func collect(_ value: JSONValue, _ tokens: [String], _ found: inout Set<FieldPointer>) {
        switch value {
        case .object(let members) where !members.isEmpty:
            for member in members { collect(member.value, tokens + [member.name], &found) }
        case .array(let elements) where !elements.isEmpty:
            for element in elements { collect(element, tokens + ["*"], &found) }
        default:
            found.insert(FieldPointer(tokens: tokens))
        }
    }
}

// Reads the `reader` member of an adapter file, whole or not at all, with every fault at its pointer.

public import JSON
public import Records

extension ReaderSpec {
    private static let members: Set<String> = [
        "format", "encoding", "legacyEncodings", "delimiter", "quote", "header", "record", "context", "embedded",
        "columns",
    ]

    /// Reads the `reader` member of an adapter; `file` and `pointer` name it in faults.
    public init(_ json: JSONValue, file: String, pointer: String = "/reader") throws(ConfigurationFaults) {
        var reading = SpecReading(file: file, pointer: pointer)
        let members = json.objectValue ?? []
        if json.objectValue == nil { reading.fault("", "is not an object", "write {\"format\": …}") }
        for member in members where !Self.members.contains(member.name) {
            reading.fault("/\(member.name)", "is no member of a reader", "use one of \(Self.members.sorted())")
        }
        self.init(format: reading.choice(json["format"], "/format", nil, ReaderFormat.self) ?? .csv)
        encoding = reading.choice(json["encoding"], "/encoding", .auto, TextEncoding.self) ?? .auto
        legacyEncodings = (json["legacyEncodings"]?.arrayValue ?? []).enumerated().compactMap { index, value in
            reading.choice(value, "/legacyEncodings/\(index)", nil, TextEncoding.self)
        }
        if let text = reading.string(json["delimiter"], "/delimiter"), text != "auto" {
            delimiter = reading.sign(text, "/delimiter")
        }
        if let text = reading.string(json["quote"], "/quote") { quote = reading.sign(text, "/quote") ?? quote }
        if let given = json["header"] {
            header = given.arrayValue?.compactMap(\.stringValue)
            if header?.isEmpty ?? true { reading.fault("/header", "is no list of titles", "list the titles") }
        }
        readRecord(json, &reading)
        context = (json["context"]?.objectValue ?? []).map { member in
            let path = (member.value.stringValue ?? "").split(separator: "/").map(String.init)
            return ContextSpec(name: member.name, path: path)
        }
        readEmbedded(json, &reading)
        for (index, column) in (json["columns"]?.arrayValue ?? []).enumerated() {
            guard let name = column["name"]?.stringValue, let width = column["width"]?.intValue, width > 0 else {
                reading.fault("/columns/\(index)", "has no name or width", "write {\"name\": …, \"width\": 12}")
                continue
            }
            columns.append(FixedColumn(name: name, width: width))
        }
        check(&reading)
        if !reading.faults.isEmpty { throw ConfigurationFaults(reading.faults) }
    }

    private mutating func readRecord(_ json: JSONValue, _ reading: inout SpecReading) {
        guard let text = reading.string(json["record"], "/record") else { return }
        guard text.isEmpty || text.hasPrefix("/") else {
            return reading.fault("/record", "is no path", "begin it with /")
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        record = format == .json ? parts.map(Self.unescaped) : parts
    }

    /// A pointer token without its escapes (RFC 6901).
    private static func unescaped(_ token: String) -> String {
        token.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
            .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
    }

    private mutating func readEmbedded(_ json: JSONValue, _ reading: inout SpecReading) {
        for (index, value) in (json["embedded"]?.arrayValue ?? []).enumerated() {
            guard let at = value["at"]?.stringValue, let name = value["name"]?.stringValue,
                let content = value["content"]?.stringValue, !at.isEmpty
            else {
                reading.fault("/embedded/\(index)", "lacks at, name or content", "write all three")
                continue
            }
            if let how = value["encoding"]?.stringValue, how != "base64" {
                reading.fault("/embedded/\(index)/encoding", "is not base64", "only base64 is known")
            }
            if let how = value["format"]?.stringValue, how != "xml" {
                reading.fault("/embedded/\(index)/format", "is not xml", "only xml is known")
            }
            embedded.append(EmbeddedSpec(at: at.split(separator: "/").map(String.init), name: name, content: content))
        }
    }

    private func check(_ reading: inout SpecReading) {
        if format == .xml, record.isEmpty || record.contains("") {
            reading.fault("/record", "is missing", "write the path of the record element, such as /FILE/ITEMS/ITEM")
        }
        if format == .fixed, columns.isEmpty { reading.fault("/columns", "is missing", "list names and widths") }
        if format != .xml, !context.isEmpty { reading.fault("/context", "needs xml", "remove it") }
        if format != .xml, !embedded.isEmpty { reading.fault("/embedded", "needs xml", "remove it") }
        var lasts: Set<String> = []
        for item in context {
            let place = "/context/\(item.name)"
            if item.path.isEmpty { reading.fault(place, "is no path", "begin it with / and the root element") }
            if record.starts(with: item.path) {
                reading.fault(place, "encloses the records", "name the elements that are wanted")
            }
            if item.path.starts(with: record), !record.isEmpty {
                reading.fault(place, "lies in the record", "map it from the record")
            }
            if let last = item.path.last, !lasts.insert(last).inserted {
                reading.fault(place, "ends like another", "two pieces of context need different last elements")
            }
        }
        for legacy in legacyEncodings where legacy == .auto || legacy == .utf8 || legacy == .utf16 {
            reading.fault("/legacyEncodings", "holds \(legacy.rawValue)", "list windows-1258, tcvn3, vni or viqr")
        }
    }
}

/// Collects faults while a spec is read.
private struct SpecReading {
    let file: String
    let pointer: String
    var faults: [ConfigurationFault] = []

    init(file: String, pointer: String) {
        self.file = file
        self.pointer = pointer
    }

    mutating func fault(_ place: String, _ detail: String, _ fix: String) {
        faults.append(ConfigurationFault(file: file, pointer: pointer + place, detail: detail, fix: fix))
    }

    mutating func string(_ value: JSONValue?, _ place: String) -> String? {
        guard let value else { return nil }
        if value.stringValue == nil { fault(place, "is not a string", "write it in quotes") }
        return value.stringValue
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ value: JSONValue?, _ place: String, _ standard: Choice?, _: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        if value == nil, let standard { return standard }
        if let text = value?.stringValue, let found = Choice(rawValue: text) { return found }
        fault(place, "is missing or unknown", "use one of \(Choice.allCases.map(\.rawValue))")
        return nil
    }

    mutating func sign(_ text: String, _ place: String) -> UInt8? {
        let bytes = Array(text.utf8)
        guard bytes.count == 1, bytes[0] < 0x80, bytes[0] != 0x0A, bytes[0] != 0x0D else {
            fault(place, "is not one ASCII character", "use a character such as ;")
            return nil
        }
        return bytes[0]
    }
}

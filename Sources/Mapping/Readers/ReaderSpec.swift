// What an adapter file says about an agency's files: format, encoding, where a record begins, what of the
// file's head belongs to every record. Pure data; `Framer` and `RecordReader` are made from it.

/// The formats a reader knows.
public enum ReaderFormat: String, Sendable, CaseIterable {
    case csv, tsv, xml, json, jsonlines, fixed
}

/// The text encodings a reader knows.
public enum TextEncoding: String, Sendable, CaseIterable {
    /// By byte order mark, else UTF-8 where the bytes are valid UTF-8, else the likeliest of `legacyEncodings`.
    case auto
    case utf8 = "utf-8"
    /// By byte order mark, else by where the zero bytes are.
    case utf16 = "utf-16"
    case windows1258 = "windows-1258"
    /// TCVN 5712 VN3, the ABC fonts.
    case tcvn3
    /// VNI for Windows.
    case vni
    /// RFC 1456.
    case viqr
}

/// One column of a fixed-width format; `width` counts characters of the decoded text.
public struct FixedColumn: Sendable, Equatable {
    public var name: String
    public var width: Int
    public init(name: String, width: Int) {
        self.name = name
        self.width = width
    }
}

/// Documents carried inside a record as base64.
public struct EmbeddedSpec: Sendable, Equatable {
    /// Path from the record element to the carrier, such as `FILEHOSO`.
    public var at: [String]
    /// Child of the carrier that names the document's kind, such as `LOAIHOSO`.
    public var name: String
    /// Child of the carrier with the base64 text, such as `NOIDUNGFILE`.
    public var content: String
    public init(at: [String], name: String, content: String) {
        self.at = at
        self.name = name
        self.content = content
    }
}

/// One element of the file's head that belongs to every record.
public struct ContextSpec: Sendable, Equatable {
    /// The name under which it stands in the record.
    public var name: String
    /// The element names from the document's root.
    public var path: [String]
    public init(name: String, path: [String]) {
        self.name = name
        self.path = path
    }
}

/// The `reader` member of an adapter file.
public struct ReaderSpec: Sendable, Equatable {
    public var format: ReaderFormat
    public var encoding: TextEncoding = .auto
    /// What `auto` may fall back to when the bytes are not UTF-8.
    public var legacyEncodings: [TextEncoding] = []
    /// The cell delimiter; nil decides by the title row (csv), a tab for tsv.
    public var delimiter: UInt8?
    public var quote: UInt8 = UInt8(ascii: "\"")
    /// The column titles of a file that has no title row.
    public var header: [String]?
    /// xml: element names from the document's root to the record; json: pointer tokens, `*` for every element.
    public var record: [String] = []
    public var context: [ContextSpec] = []
    public var embedded: [EmbeddedSpec] = []
    /// Columns of a fixed-width format.
    public var columns: [FixedColumn] = []

    public init(format: ReaderFormat) { self.format = format }
}

/// The bounds that readers hold to, whatever a file says.
public struct ReaderLimits: Sendable, Equatable {
    /// A record longer than this becomes a `record.too-large` fault.
    public var recordBytesMax = 1 << 20
    /// What a fault frame keeps of the bytes that could not be cut.
    public var faultBytesMax = 4096
    /// A title row or context block longer than this makes the file unreadable.
    public var titlesBytesMax = 64 << 10
    /// Nesting of elements, objects and arrays.
    public var depthMax = 128
    public var attributesMax = 64
    public var nameBytesMax = 256
    public var columnsMax = 1024
    /// Nodes of one record, embedded documents included.
    public var nodesMax = 200_000
    /// Decoded size of all documents embedded in one record.
    public var embeddedBytesMax = 4 << 20

    public init() {}
}

// What the generator hands over: files as agencies would drop them, and what the demo needs beside them.

/// One generated file.
public struct SampleFile: Sendable {
    public enum Kind: Sendable, Equatable {
        /// A file for the drop folder of a feed.
        case feed(agency: String, feed: String)
        /// JSON lines: `idNumber`, `recipient`, `purpose`, `dataCategory`, `state`, `validFrom`, `validTo`?,
        /// `changedAt`, `evidenceRef`, `guardianIdNumber`?.
        case consents
        /// JSON lines: `idNumber`, `oldIdNumber`?, `fullName`, `birthDate`, `gender`, `deceasedOn`?.
        case registry
    }
    public var kind: Kind
    public var name: String
    public var bytes: [UInt8]

    public init(kind: Kind, name: String, bytes: [UInt8]) {
        self.kind = kind
        self.name = name
        self.bytes = bytes
    }
}

/// What a correct hub makes of one feed's files.
public struct FeedExpectation: Sendable, Equatable {
    public var files = 0
    /// Raw records and faults that the framers cut, those of repeated files not counted.
    public var records = 0
    /// Records that become contract records, corrections and duplicates among them.
    public var published = 0
    /// By rejection code.
    public var rejected: [String: Int] = [:]
    /// Records that come again unchanged in a later file: the same event identifier.
    public var duplicates = 0
    /// Records that come again with other content: the same record identifier, another event identifier.
    public var corrections = 0
    /// Files that come again under another name, and how many records they hold.
    public var repeatedFiles: [String: Int] = [:]
    /// What models should find, by word.
    public var findings: [String: Int] = [:]
}

/// What a correct hub makes of all files, and from what they were made.
public struct SampleExpectation: Sendable {
    public var seed: UInt64
    public var records: Int
    public var consents = 0
    public var persons = 0
    /// By `agency/feed`.
    public var feeds: [String: FeedExpectation] = [:]
}

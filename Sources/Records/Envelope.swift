// The envelope: CloudEvents 1.0 in Kafka's binary mode (one header an attribute) and the hub's own headers.

/// Header names, as they stand on the bus.
public enum HeaderName {
    // CloudEvents 1.0, Kafka protocol binding §3.2.
    public static let specVersion = "ce_specversion"
    public static let id = "ce_id"
    public static let source = "ce_source"
    public static let type = "ce_type"
    public static let time = "ce_time"
    public static let subject = "ce_subject"
    public static let dataSchema = "ce_dataschema"
    public static let contentType = "content-type"
    public static let traceParent = "traceparent"

    // Set by Intake on raw records.
    /// Where the bytes came from: `urn:lgsp:<agency>:<feed>`.
    public static let rawSource = "lgsp-source"
    /// The file's name, without its folder.
    public static let rawFile = "lgsp-file"
    /// SHA-256 of the whole file, hex.
    public static let rawDigest = "lgsp-sha256"
    /// The record's number in its file, from 1.
    public static let rawNumber = "lgsp-record"
    /// The record's first byte in its file, from 0.
    public static let rawPlace = "lgsp-offset"
    /// When Intake took it, RFC 3339.
    public static let rawArrival = "lgsp-received"
    /// What the framer could not cut out: a rejection code; the value then holds the bytes as far as kept.
    public static let rawFault = "lgsp-fault"
    /// The file's column titles, as UTF-8 of the raw bytes (delimited formats only).
    public static let rawTitles = "lgsp-titles"

    // Set by Conform on contract records and rejections.
    /// `<topic>/<partition>/<offset>` of the raw record, to replay from.
    public static let rawCoordinates = "lgsp-raw"
    public static let agency = "lgsp-agency"
    /// SHA-256, first 16 bytes, hex, of the rules (adapter and contract) that made the record.
    public static let rulesVersion = "lgsp-rules"

    // Set by Share on deliver records.
    public static let decision = "lgsp-decision"
    public static let purpose = "lgsp-purpose"
    public static let basis = "lgsp-basis"
    /// `ce_id` of the contract record that was shared.
    public static let origin = "lgsp-origin"
}

/// Topic names; interfaces.md "On the bus".
public enum TopicName {
    public static func raw(agency: String, feed: String) -> String { "raw.\(agency).\(feed)" }
    public static func contract(_ name: String, major: Int) -> String { "contract.\(name).v\(major)" }
    public static func deliver(recipient: String, contract: String, major: Int) -> String {
        "deliver.\(recipient).\(contract).v\(major)"
    }
    public static func rejected(_ agencyOrGroup: String) -> String { "rejected.\(agencyOrGroup)" }
    public static func receipt(_ platform: String) -> String { "receipt.\(platform)" }
    public static func state(group: String) -> String { "state.\(group)" }
    public static let consent = "consent"
    public static let audit = "audit"
    public static let indicator = "indicator"
}

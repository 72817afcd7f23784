// A rejection is data, not an error: what a stage says of a record that cannot go on. It goes to a
// `rejected.*` topic with the raw coordinates, so that it can be counted, looked at and replayed.

/// Why a record was rejected. One closed list: the code is also the metric label and the demo's column.
public enum RejectionCode: String, Sendable, CaseIterable {
    // Framing: the reader could not cut a record out of the file.
    case fileEmpty = "file.empty"
    case fileTruncated = "file.truncated"
    case fileUnreadable = "file.unreadable"
    case recordTooLarge = "record.too-large"
    case recordDuplicate = "record.duplicate"
    case csvQuote = "csv.quote"
    case csvColumns = "csv.columns"
    case xmlMalformed = "xml.malformed"
    case xmlDoctype = "xml.doctype"
    case xmlDepth = "xml.depth"
    case jsonMalformed = "json.malformed"
    case jsonDepth = "json.depth"
    case base64Malformed = "base64.malformed"
    // Encoding.
    case encodingUndecodable = "encoding.undecodable"
    case encodingUnknown = "encoding.unknown"
    // Mapping: the value is there and cannot be converted.
    case mapMissing = "map.missing"
    case mapDate = "map.date"
    case mapNumber = "map.number"
    case mapCode = "map.code"
    case mapIdentifier = "map.identifier"
    case mapRule = "map.rule"
    // Contract: the converted record does not satisfy the contract.
    case contractRequired = "contract.required"
    case contractType = "contract.type"
    case contractFormat = "contract.format"
    case contractEnum = "contract.enum"
    case contractRange = "contract.range"
    case contractUnexpected = "contract.unexpected"
    case contractOther = "contract.other"
    // Deliver.
    case connectorRefused = "connector.refused"
    case connectorExhausted = "connector.exhausted"
    case connectorPayload = "connector.payload"
    // Evaluate.
    case modelPayload = "model.payload"
}

/// Where in the record's way it was rejected.
public enum StageName: String, Sendable, CaseIterable {
    case intake, conform, share, deliver, evaluate
}

/// One fault of one record. Never holds the offending value: only where it is and how to mend it.
public struct Rejection: Sendable, Equatable {
    public var stage: StageName
    public var code: RejectionCode
    /// JSON Pointer into the canonical record, `column "HO_TEN"`, or an element path such as `XML1/SO_CCCD`.
    public var place: String
    /// What is wrong, in a sentence without the value.
    public var detail: String
    /// What the agency or the integrator can do about it.
    public var fix: String

    public init(stage: StageName, code: RejectionCode, place: String, detail: String, fix: String) {
        self.stage = stage
        self.code = code
        self.place = place
        self.detail = detail
        self.fix = fix
    }
}

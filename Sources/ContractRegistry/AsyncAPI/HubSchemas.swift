// The shapes of the hub's own records, those that follow no contract: rejections, receipts, consent, audit,
// marks of files taken in. Closed, like contracts.

import JSON

enum HubSchemas {
    private static let hash = "\"type\": \"string\", \"pattern\": \"^[0-9a-f]{32}$\""
    private static let time = "\"type\": \"string\", \"format\": \"date-time\""
    private static let word = "\"type\": \"string\", \"minLength\": 1"

    private static func parsed(_ text: String) -> JSONValue { (try? JSONValue(parsing: text)) ?? .bool(false) }

    /// A record that was refused: where, why and how to mend it; never the value itself.
    static let rejection = parsed(
        """
        {"type": "object", "additionalProperties": false, "required": ["stage", "code", "place", "detail", "fix"],
         "properties": {"stage": {\(word)}, "code": {"type": "string", "pattern": "^[a-z]+([.][a-z0-9-]+)*$"},
          "place": {"type": "string"}, "detail": {"type": "string"}, "fix": {"type": "string"}, "feed": {"type": "string"},
          "file": {"type": "string"}, "record": {"type": ["integer", "string"]}, "receivedAt": {\(time)},
          "raw": {"type": "string"}, "origin": {"type": "string"}}}
        """)

    /// What a platform answered to a delivery.
    static let receipt = parsed(
        """
        {"type": "object", "additionalProperties": false, "required": ["eventId", "contract", "platform", "status", "at"],
         "properties": {"eventId": {\(hash)}, "contract": {\(word)}, "platform": {\(word)}, "status": {\(word)},
          "platformReference": {"type": "string"}, "attempts": {"type": "integer", "minimum": 0}, "at": {\(time)}}}
        """)

    /// A person's consent for a recipient, purpose and category of data.
    static let consent = parsed(
        """
        {"type": "object", "additionalProperties": false,
         "required": ["personRef", "recipient", "purpose", "dataCategory", "state", "validFrom", "changedAt", "evidenceRef"],
         "properties": {"personRef": {\(hash)}, "recipient": {\(word)}, "purpose": {\(word)}, "dataCategory": {\(word)},
          "state": {"enum": ["granted", "withdrawn"]}, "validFrom": {\(time)}, "validTo": {\(time)},
          "changedAt": {\(time)}, "evidenceRef": {\(word)}, "guardianRef": {\(hash)}}}
        """)

    /// A decision to share or not, with what it rests on.
    static let audit = parsed(
        """
        {"type": "object", "additionalProperties": false,
         "required": ["at", "contract", "decision", "id", "origin", "purpose", "recipient", "release", "rules"],
         "properties": {"at": {\(time)}, "basis": {"type": "string"}, "contract": {\(word)},
          "decision": {"enum": ["permit", "deny"]}, "id": {\(hash)}, "origin": {\(word)}, "purpose": {\(word)},
          "reason": {\(word)}, "recipient": {\(word)}, "release": {\(word)}, "rules": {\(word)}, "subject": {\(hash)},
          "valueDigest": {\(hash)}},
         "if": {"properties": {"decision": {"const": "permit"}}},
         "then": {"required": ["basis", "valueDigest"]}, "else": {"required": ["reason"]}}
        """)

    /// How far a file was taken in.
    static let intakeMark = parsed(
        """
        {"type": "object", "required": ["version", "file", "records", "isDone"], "properties": {
          "version": {"type": "integer", "minimum": 1}, "file": {\(word)}, "sizeBytes": {"type": "integer", "minimum": 0},
          "records": {"type": "integer", "minimum": 0}, "isDone": {"type": "boolean"}}}
        """)

    // MARK: Headers

    private static let cloudEvents = """
        "ce_specversion": {"const": "1.0"}, "ce_id": {\(hash)}, "ce_source": {"type": "string", "format": "uri-reference"},
        "ce_type": {"type": "string", "pattern": "^vn[.]lgsp[.][a-z0-9-]+[.]v[1-9][0-9]*$"}, "ce_time": {\(time)},
        "ce_subject": {\(word)}, "ce_dataschema": {"type": "string", "format": "uri"},
        "content-type": {"const": "application/json"}, "traceparent": {"type": "string"}
        """
    private static let required = """
        "ce_specversion", "ce_id", "ce_source", "ce_type", "content-type"
        """

    /// CloudEvents attributes as Kafka headers, with where the record came from.
    static let contractHeaders = parsed(
        """
        {"type": "object", "required": [\(required), "ce_dataschema"], "properties": {\(cloudEvents),
          "lgsp-agency": {\(word)}, "lgsp-raw": {\(word)}, "lgsp-rules": {\(word)}}}
        """)

    /// As above, with the decision by which the record was shared.
    static let deliverHeaders = parsed(
        """
        {"type": "object", "required": [\(required), "lgsp-decision", "lgsp-purpose", "lgsp-basis", "lgsp-origin"],
         "properties": {\(cloudEvents), "lgsp-decision": {\(hash)}, "lgsp-purpose": {\(word)}, "lgsp-basis": {\(word)},
          "lgsp-origin": {\(hash)}}}
        """)

    /// Where a raw record lies in its file.
    static let rawHeaders = parsed(
        """
        {"type": "object", "required": ["lgsp-source", "lgsp-file", "lgsp-record", "lgsp-received"], "properties": {
          "lgsp-source": {\(word)}, "lgsp-file": {\(word)}, "lgsp-sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
          "lgsp-record": {"type": "string", "pattern": "^[0-9]+$"}, "lgsp-offset": {"type": "string", "pattern": "^[0-9]+$"},
          "lgsp-received": {\(time)}, "lgsp-fault": {\(word)}, "lgsp-titles": {"type": "string"}}}
        """)

    static let plainHeaders = parsed(
        """
        {"type": "object", "properties": {"content-type": {"type": "string"}}}
        """)
}

// A rejection as a record of a `rejected.*` topic, for the stages behind Conform: the place it names is the
// delivered record's own, from which it can be replayed.
import JSON
import Records

enum RejectionWriter {
    /// Appends `{stage, code, place, detail, fix, record, origin}`; the key is the coordinates of the record.
    static func append(
        _ rejection: Rejection, of slot: RecordSlot, in batch: borrowing RecordBatch, topic: String,
        into out: inout RecordBatch
    ) {
        let coordinates = "\(batch.topics[Int(slot.topic)])/\(slot.partition)/\(slot.offset)"
        let value = JSONValue.object([
            JSONMember("stage", .string(rejection.stage.rawValue)), JSONMember("code", .string(rejection.code.rawValue)),
            JSONMember("place", .string(rejection.place)), JSONMember("detail", .string(rejection.detail)),
            JSONMember("fix", .string(rejection.fix)), JSONMember("record", .string(coordinates)),
            JSONMember("origin", .string(batch.headerText("lgsp-origin", of: slot) ?? "")),
        ])
        let headers = out.headerMark
        out.addHeader(HeaderName.contentType, "application/json")
        out.addRecord(
            topic: out.topicIndex(topic), key: out.store(coordinates), value: out.store(value.write()), headersFrom: headers)
    }
}

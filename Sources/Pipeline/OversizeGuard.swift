// A record that grew past what the bus takes would break its whole transaction, again and again. It is exchanged
// for a rejection before it is produced.
import JSON
import Records

enum OversizeGuard {
    /// Bytes of key, value and headers that a record may have; below Kafka's default of 1,048,588 for a batch.
    static let recordBytesMax = 1_000_000

    /// Replaces the batch where one of its records is too large; the common case is one pass over the slots.
    static func park(_ out: inout RecordBatch, group: String) {
        guard out.slots.contains(where: { isTooLarge($0, out) }) else { return }
        var kept = RecordBatch()
        for slot in out.slots {
            if isTooLarge(slot, out) { reject(slot, of: out, group: group, into: &kept) } else { copy(slot, of: out, into: &kept) }
        }
        out = kept
    }

    private static func isTooLarge(_ slot: RecordSlot, _ batch: borrowing RecordBatch) -> Bool {
        var size = Int(max(0, slot.key.count)) + Int(max(0, slot.value.count))
        // Headers are small unless the titles of a delimited file are not.
        let first = Int(slot.headerStart)
        for header in batch.headerSlots[first..<first + Int(slot.headerCount)] {
            size += Int(header.name.count) + Int(max(0, header.value.count))
        }
        return size > recordBytesMax
    }

    private static func copy(_ slot: RecordSlot, of batch: borrowing RecordBatch, into out: inout RecordBatch) {
        let topic = out.topicIndex(batch.topics[Int(slot.topic)])
        let headers = out.headerMark
        let first = Int(slot.headerStart)
        for header in batch.headerSlots[first..<first + Int(slot.headerCount)] {
            out.addHeader(out.store(header.name, of: batch), out.store(header.value, of: batch))
        }
        let key = out.store(slot.key, of: batch)
        out.addRecord(topic: topic, key: key, value: out.store(slot.value, of: batch), headersFrom: headers)
    }

    private static func reject(_ slot: RecordSlot, of batch: borrowing RecordBatch, group: String, into out: inout RecordBatch) {
        let topic = batch.topics[Int(slot.topic)]
        let value = JSONValue.object([
            JSONMember("stage", .string(group)),
            JSONMember("code", .string(RejectionCode.recordTooLarge.rawValue)),
            JSONMember("place", .string(topic)),
            JSONMember("detail", .string("the record for \(topic) has \(slot.value.count) bytes")),
            JSONMember("fix", .string("a record has at most \(recordBytesMax) bytes: release fewer fields or split it")),
            JSONMember("raw", .string(batch.headerText("lgsp-raw", of: slot) ?? "")),
        ])
        out.addRecord(
            topic: out.topicIndex(TopicName.rejected(group)), key: out.store(slot.key, of: batch),
            value: out.store(value.write()), headersFrom: out.headerMark)
    }
}

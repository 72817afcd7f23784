// The one copy of a record out of librdkafka: key, value and headers go into the batch's arena. Nothing is
// allocated per record once the arena has grown to its size.

import CRdKafka
import Glibc
import Records

/// Copies messages into a batch; lives for one poll, because topic indexes belong to one batch.
///
/// Safe because: the addresses are compared and asked for their name only while the poll holds their messages.
@safe struct MessageCopier {
    /// Topics met in this poll by the address of librdkafka's object: the name is read once each.
    private var topics: [(address: OpaquePointer, index: Int32)] = unsafe []
    private var lastAddress: OpaquePointer?
    private var lastIndex: Int32 = -1

    init() {}

    mutating func copy(_ message: UnsafeMutablePointer<rd_kafka_message_t>, into batch: inout RecordBatch) {
        let topic = unsafe topicIndex(message.pointee.rkt, in: &batch)
        let headersFrom = batch.headerMark
        var headers: OpaquePointer?
        if unsafe rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR, let headers = unsafe headers {
            unsafe copyHeaders(headers, into: &batch)
        }
        let key = unsafe store(message.pointee.key, message.pointee.key_len, in: &batch)
        let value = unsafe store(message.pointee.payload, message.pointee.len, in: &batch)
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let timestamp = unsafe rd_kafka_message_timestamp(message, &kind)
        batch.addRecord(
            topic: topic, partition: unsafe message.pointee.partition, offset: unsafe message.pointee.offset,
            timestampMilliseconds: max(0, timestamp), key: key, value: value, headersFrom: headersFrom)
    }

    private func copyHeaders(_ headers: OpaquePointer, into batch: inout RecordBatch) {
        var place = 0
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var count = 0
        while unsafe rd_kafka_header_get_all(headers, place, &name, &value, &count) == RD_KAFKA_RESP_ERR_NO_ERROR,
            let name = unsafe name
        {
            let nameSlice = unsafe store(name, strlen(name), in: &batch)
            let valueSlice = unsafe store(value, count, in: &batch)
            batch.addHeader(nameSlice, valueSlice)
            place += 1
        }
    }

    /// A null pointer is a missing key or a tombstone; an empty value has an address and no length.
    private func store(_ start: UnsafeRawPointer?, _ count: Int, in batch: inout RecordBatch) -> ArenaSlice {
        guard let start = unsafe start else { return .absent }
        let mark = batch.mark
        unsafe batch.arena.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
        return batch.slice(from: mark)
    }

    private mutating func topicIndex(_ address: OpaquePointer?, in batch: inout RecordBatch) -> Int32 {
        if unsafe address == lastAddress, lastIndex >= 0 { return lastIndex }
        guard let address = unsafe address else { return batch.topicIndex("") }
        unsafe lastAddress = address
        if let known = unsafe topics.first(where: { unsafe $0.address == address }) {
            lastIndex = unsafe known.index
        } else {
            lastIndex = unsafe batch.topicIndex(String(cString: rd_kafka_topic_name(address)))
            unsafe topics.append((address, lastIndex))
        }
        return lastIndex
    }
}

// Builds uncompressed record batches: those of the group and transaction logs, transaction markers and
// the batches that compaction leaves.

import Bytes

/// Collects records and seals them into one batch with its checksum.
public struct RecordBatchBuilder: Sendable {
    public var baseOffset: Int64 = 0
    public var baseTimestamp: Int64
    public var maxTimestamp: Int64
    public var producerID: Int64 = -1
    public var producerEpoch: Int16 = -1
    public var baseSequence: Int32 = -1
    public var isTransactional = false
    public var isControl = false
    public private(set) var count: Int32 = 0
    private var records = ByteWriter()

    public init(timestamp: Int64) {
        baseTimestamp = timestamp
        maxTimestamp = timestamp
    }

    public mutating func add(
        key: [UInt8]?, value: [UInt8]?, timestamp: Int64? = nil, headers: [(name: String, value: [UInt8]?)] = []
    ) {
        var body = ByteWriter(reserving: (key?.count ?? 0) + (value?.count ?? 0) + 16)
        body.uint8(0)
        body.zigzag((timestamp ?? baseTimestamp) &- baseTimestamp)
        body.zigzag(Int64(count))
        append(key, to: &body)
        append(value, to: &body)
        body.zigzag(Int64(headers.count))
        for header in headers {
            append([UInt8](header.name.utf8), to: &body)
            append(header.value, to: &body)
        }
        records.zigzag(Int64(body.count))
        records.append(body.bytes)
        maxTimestamp = max(maxTimestamp, timestamp ?? baseTimestamp)
        count += 1
    }

    private func append(_ bytes: [UInt8]?, to body: inout ByteWriter) {
        guard let bytes else { return body.zigzag(-1) }
        body.zigzag(Int64(bytes.count))
        body.append(bytes)
    }

    /// The finished batch.
    public func build() -> [UInt8] {
        var attributes: Int16 = 0
        if isTransactional { attributes |= 16 }
        if isControl { attributes |= 32 }
        return Self.seal(
            baseOffset: baseOffset, leaderEpoch: 0, attributes: attributes, lastOffsetDelta: max(0, count - 1),
            baseTimestamp: baseTimestamp, maxTimestamp: maxTimestamp, producerID: producerID,
            producerEpoch: producerEpoch, baseSequence: baseSequence, count: count, records: records.bytes.span)
    }

    /// A batch with the header fields of `header` that holds only the records given, as compaction leaves it:
    /// base offset and last offset stay, so that the log has no step back and sequences stay complete.
    public static func rebuild(_ header: RecordBatchHeader, count: Int32, records: Span<UInt8>) -> [UInt8] {
        seal(
            baseOffset: header.baseOffset, leaderEpoch: header.leaderEpoch, attributes: header.attributes,
            lastOffsetDelta: header.lastOffsetDelta, baseTimestamp: header.baseTimestamp,
            maxTimestamp: header.maxTimestamp, producerID: header.producerID, producerEpoch: header.producerEpoch,
            baseSequence: header.baseSequence, count: count, records: records)
    }

    private static func seal(
        baseOffset: Int64, leaderEpoch: Int32, attributes: Int16, lastOffsetDelta: Int32, baseTimestamp: Int64,
        maxTimestamp: Int64, producerID: Int64, producerEpoch: Int16, baseSequence: Int32, count: Int32,
        records: Span<UInt8>
    ) -> [UInt8] {
        var batch = ByteWriter(reserving: RecordBatchHeader.size + records.count)
        batch.int64(baseOffset)
        batch.int32(Int32(RecordBatchHeader.size - RecordBatchHeader.lengthOverhead + records.count))
        batch.int32(leaderEpoch)
        batch.int8(2)
        batch.integer(UInt32(0))
        batch.int16(attributes)
        batch.int32(lastOffsetDelta)
        batch.int64(baseTimestamp)
        batch.int64(maxTimestamp)
        batch.int64(producerID)
        batch.int16(producerEpoch)
        batch.int32(baseSequence)
        batch.int32(count)
        batch.append(records)
        let checksum = CRC32C.checksum(batch.bytes.span.extracting(RecordBatchHeader.checksummedFrom...))
        batch.patch(checksum, at: RecordBatchHeader.checksumAt)
        return batch.bytes
    }
}

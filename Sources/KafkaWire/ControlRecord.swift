// Transaction markers: a control batch with one record whose key is (version i16 = 0, type i16: 0 abort,
// 1 commit) and whose value is (version i16 = 0, coordinator epoch i32).

import Bytes

/// How a transaction ended, as the log records it.
public enum TransactionOutcome: Int16, Sendable {
    case abort = 0
    case commit = 1

    /// The batch that ends a transaction in one partition.
    public func marker(
        producerID: Int64, producerEpoch: Int16, timestamp: Int64, coordinatorEpoch: Int32 = 0
    ) -> [UInt8] {
        var key = ByteWriter()
        key.int16(0)
        key.int16(rawValue)
        var value = ByteWriter()
        value.int16(0)
        value.int32(coordinatorEpoch)
        var builder = RecordBatchBuilder(timestamp: timestamp)
        builder.producerID = producerID
        builder.producerEpoch = producerEpoch
        builder.isTransactional = true
        builder.isControl = true
        builder.add(key: key.bytes, value: value.bytes)
        return builder.build()
    }

    /// The outcome that the control batch at `offset` records; nil when it is another kind of control batch.
    public init?(_ bytes: Span<UInt8>, header: RecordBatchHeader, at offset: Int) {
        guard header.isControl, !header.isCompressed,
            var records = try? RecordIterator(bytes, header: header, at: offset),
            let record = try? records.next(), let key = record.key, key.count >= 4
        else { return nil }
        self.init(rawValue: bytes.bigEndian(at: key.lowerBound + 2, as: Int16.self))
    }
}

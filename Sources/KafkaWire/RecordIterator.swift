// The records inside an uncompressed batch, for the few places that look inside: compaction, the
// group and transaction logs, control batches and dumps. Produce and fetch never do.

import Bytes

/// One record; key, value and headers are places in the bytes that were iterated.
public struct RecordView: Sendable {
    /// The record's own bytes, its length prefix included.
    public var range: Range<Int>
    public var offsetDelta: Int32
    public var timestampDelta: Int64
    public var key: Range<Int>?
    public var value: Range<Int>?
    public var headers: Range<Int>
    public var headerCount: Int
}

/// Walks the records of one uncompressed batch.
public struct RecordIterator: ~Escapable {
    private var reader: ByteReader
    private let end: Int
    private var left: Int32

    /// Starts behind the header at `offset`; the batch lies whole inside `bytes`.
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>, header: RecordBatchHeader, at offset: Int) throws(WireError) {
        guard header.isPlausible, header.sizeBytes <= bytes.count - offset else { throw .truncated }
        reader = ByteReader(bytes)
        end = offset + header.sizeBytes
        left = header.recordCount
        do throws(ByteError) {
            _ = try reader.skip(offset + RecordBatchHeader.size)
        } catch {
            throw WireError(error)
        }
    }

    /// The next record, or nil behind the last.
    public mutating func next() throws(WireError) -> RecordView? {
        guard left > 0 else { return nil }
        left -= 1
        do throws(ByteError) {
            return try read()
        } catch {
            throw WireError(error)
        }
    }

    private mutating func read() throws(ByteError) -> RecordView {
        let start = reader.position
        let length = try reader.zigzag()
        guard length >= 0, length <= Int64(end - reader.position) else { throw .lengthOutOfRange }
        let recordEnd = reader.position + Int(length)
        _ = try reader.uint8()
        let timestampDelta = try reader.zigzag()
        guard let offsetDelta = Int32(exactly: try reader.zigzag()) else { throw .lengthOutOfRange }
        let key = try field(recordEnd)
        let value = try field(recordEnd)
        let headerCount = try reader.zigzag()
        guard headerCount >= 0, headerCount <= Int64(recordEnd - reader.position), reader.position <= recordEnd else {
            throw .lengthOutOfRange
        }
        let headers = reader.position..<recordEnd
        for _ in 0..<headerCount {
            guard try field(recordEnd) != nil else { throw .lengthOutOfRange }
            _ = try field(recordEnd)
        }
        guard reader.position == recordEnd else { throw .lengthOutOfRange }
        return RecordView(
            range: start..<recordEnd, offsetDelta: offsetDelta, timestampDelta: timestampDelta, key: key, value: value,
            headers: headers, headerCount: Int(headerCount))
    }

    private mutating func field(_ recordEnd: Int) throws(ByteError) -> Range<Int>? {
        let length = try reader.zigzag()
        if length == -1 { return nil }
        guard length >= 0, reader.position <= recordEnd, length <= Int64(recordEnd - reader.position) else {
            throw .lengthOutOfRange
        }
        return try reader.skip(Int(length))
    }
}

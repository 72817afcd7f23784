// What is required of a batch before it is appended: one batch of format 2, whole, with a right checksum, from a
// client's point of view (no control batch, offsets from 0 on, a sequence if it has a producer id), small enough,
// and records that can be read, with a key where the topic is compacted and a timestamp within the topic's bounds.
// Compressed records are not looked into (no codecs here): of them the header's largest timestamp is judged.

import Bytes
import KafkaWire

/// Why a batch is refused, as a produce response tells it.
struct BatchRefusal: Error, Equatable {
    var code: ErrorCode
    var message: String?
    /// Records by their place in the batch, with what is wrong with each.
    var records: [(index: Int32, message: String)] = []

    init(_ code: ErrorCode, _ message: String? = nil) {
        self.code = code
        self.message = message
    }

    static func == (left: Self, right: Self) -> Bool {
        left.code == right.code && left.records.map(\.index) == right.records.map(\.index)
    }
}

/// The rules for one topic at one time.
struct RecordValidation {
    var settings: TopicSettings
    /// The version of the request.
    var version: Int16
    var now: Int64

    /// Checks the batch in `range`. A header whose largest timestamp is not that of its records is corrected.
    func check(_ buffer: inout [UInt8], _ range: Range<Int>) throws(BatchRefusal) -> RecordBatchHeader {
        var header = try shape(buffer, range)
        try content(header)
        guard header.computedChecksum(buffer.span, at: range.lowerBound) == header.checksum else {
            throw BatchRefusal(.corruptMessage, "the checksum of the batch is wrong")
        }
        try counts(header)
        if header.isCompressed {
            if isOutside(header.maxTimestamp) { throw timestamps([0]) }
            return header
        }
        let latest = try records(buffer.span, header, at: range.lowerBound)
        if latest != header.maxTimestamp, !settings.usesLogAppendTime {
            header.maxTimestamp = latest
            buffer.setBigEndian(latest, at: range.lowerBound + RecordBatchHeader.maxTimestampAt)
            header.checksum = header.computedChecksum(buffer.span, at: range.lowerBound)
            buffer.setBigEndian(header.checksum, at: range.lowerBound + RecordBatchHeader.checksumAt)
        }
        return header
    }

    /// Whether there is exactly one batch of format 2.
    private func shape(_ buffer: [UInt8], _ range: Range<Int>) throws(BatchRefusal) -> RecordBatchHeader {
        guard range.count > 16 else { throw BatchRefusal(.invalidRecord, "there is no batch") }
        let length = buffer.bigEndian(at: range.lowerBound + 8, as: Int32.self)
        let magic = Int8(bitPattern: buffer[range.lowerBound + 16])
        guard length >= 14, (0...2).contains(magic) else {
            throw BatchRefusal(.corruptMessage, "the batch has no legal length or format")
        }
        guard magic == 2 else { throw BatchRefusal(.invalidRecord, "the batch must be of format 2") }
        guard let header = RecordBatchHeader(buffer.span, at: range.lowerBound),
            length >= Int32(RecordBatchHeader.size - RecordBatchHeader.lengthOverhead)
        else { throw BatchRefusal(.corruptMessage, "the batch is shorter than its header") }
        guard header.sizeBytes <= range.count else { throw BatchRefusal(.corruptMessage, "the batch is cut off") }
        guard header.sizeBytes == range.count else {
            throw BatchRefusal(.invalidRecord, "there must be one batch for each partition")
        }
        return header
    }

    private func content(_ header: RecordBatchHeader) throws(BatchRefusal) {
        guard header.codec <= 4, header.codec != 4 || version >= 7 else {
            throw BatchRefusal(.unsupportedCompressionType)
        }
        guard header.baseOffset == 0 else { throw BatchRefusal(.invalidRecord, "the base offset must be 0") }
        guard header.sizeBytes <= settings.messageBytesMax else { throw BatchRefusal(.messageTooLarge) }
        guard header.sizeBytes <= settings.segmentBytes else { throw BatchRefusal(.recordListTooLarge) }
    }

    private func counts(_ header: RecordBatchHeader) throws(BatchRefusal) {
        guard header.recordCount > 0, header.lastOffsetDelta == header.recordCount - 1 else {
            throw BatchRefusal(.invalidRecord, "the batch's record count and offsets do not agree")
        }
        guard !header.isControl else { throw BatchRefusal(.invalidRecord, "control records are the broker's") }
        guard header.producerID < 0 || header.baseSequence >= 0 else {
            throw BatchRefusal(.invalidRecord, "a producer id needs a sequence number")
        }
    }

    // MARK: Records

    /// Goes through the records and returns their largest timestamp.
    private func records(
        _ bytes: Span<UInt8>, _ header: RecordBatchHeader, at start: Int
    ) throws(BatchRefusal) -> Int64 {
        let end = start + header.sizeBytes
        var position = start + RecordBatchHeader.size
        var latest: Int64 = -1
        var keyless: [Int32] = []
        var outside: [Int32] = []
        for index in 0..<header.recordCount {
            guard let record = RecordOutline(bytes, &position, end: end), record.offsetDelta == Int64(index) else {
                throw BatchRefusal(.invalidRecord, "record \(index) of the batch cannot be read")
            }
            let timestamp = header.baseTimestamp &+ record.timestampDelta
            latest = max(latest, timestamp)
            if settings.isCompacted, !record.hasKey { keyless.append(index) }
            if isOutside(timestamp) { outside.append(index) }
        }
        guard position == end else { throw BatchRefusal(.invalidRecord, "there are bytes behind the last record") }
        guard outside.isEmpty else { throw timestamps(outside) }
        guard keyless.isEmpty else {
            var refusal = BatchRefusal(.invalidRecord, "a compacted topic needs a key in every record")
            refusal.records = keyless.map { ($0, "the record has no key") }
            throw refusal
        }
        return latest
    }

    private func isOutside(_ timestamp: Int64) -> Bool {
        guard !settings.usesLogAppendTime, timestamp != -1 else { return false }
        let age = now.subtractingReportingOverflow(timestamp)
        if age.overflow { return true }
        return age.partialValue > settings.timestampAgeMillisecondsMax
            || age.partialValue < 0 && -age.partialValue > settings.timestampLeadMillisecondsMax
    }

    private func timestamps(_ indexes: [Int32]) -> BatchRefusal {
        var refusal = BatchRefusal(.invalidTimestamp, "a timestamp is outside of the topic's bounds")
        refusal.records = indexes.map { ($0, "the timestamp is outside of the topic's bounds") }
        return refusal
    }
}

/// What the broker needs to know of one record in passing: this runs over every record that is produced.
struct RecordOutline {
    var timestampDelta: Int64
    var offsetDelta: Int64
    var hasKey: Bool

    /// Reads the record at `position` and moves behind it; nil when it is malformed.
    init?(_ bytes: Span<UInt8>, _ position: inout Int, end: Int) {
        guard let length = Self.zigzag(bytes, &position, end), length > 0, length <= Int64(end - position) else {
            return nil
        }
        let recordEnd = position + Int(length)
        position += 1
        guard let timestampDelta = Self.zigzag(bytes, &position, recordEnd),
            let offsetDelta = Self.zigzag(bytes, &position, recordEnd),
            let keyLength = Self.skipField(bytes, &position, recordEnd),
            Self.skipField(bytes, &position, recordEnd) != nil,
            let headerCount = Self.zigzag(bytes, &position, recordEnd),
            headerCount >= 0, headerCount <= Int64(recordEnd - position)
        else { return nil }
        for _ in 0..<headerCount {
            guard let nameLength = Self.skipField(bytes, &position, recordEnd), nameLength >= 0,
                Self.skipField(bytes, &position, recordEnd) != nil
            else { return nil }
        }
        guard position == recordEnd else { return nil }
        self.timestampDelta = timestampDelta
        self.offsetDelta = offsetDelta
        hasKey = keyLength >= 0
    }

    /// Skips a length and its bytes; the length is -1 for null.
    @inline(__always)
    private static func skipField(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) -> Int64? {
        guard let length = zigzag(bytes, &position, end), length >= -1, length <= Int64(end - position) else {
            return nil
        }
        if length > 0 { position += Int(length) }
        return length
    }

    @inline(__always)
    private static func zigzag(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) -> Int64? {
        guard position < end else { return nil }
        let first = bytes[position]
        if first < 0x80 {
            position += 1
            return Int64(first >> 1) ^ -Int64(first & 1)
        }
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 64 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
            shift += 7
        }
        return nil
    }
}

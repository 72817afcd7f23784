// What a compaction pass leaves of one batch.

import Bytes
import KafkaWire

extension CompactionJob {
    /// What becomes of a batch.
    enum Fate {
        case keep
        case drop
        case replace([UInt8])
    }

    /// Attribute bit 6: the base timestamp is the time from which tombstones and markers may go.
    private static let horizonBit: Int16 = 64

    func judge(_ header: RecordBatchHeader, _ batch: Span<UInt8>) -> Fate {
        if header.isControl { return judgeMarker(header, batch) }
        if header.isTransactional { withRecords.insert(header.producerID) }
        if isAborted(header) { return withoutRecords(header) }
        if header.isCompressed { return .keep }
        guard header.recordCount > 0 else { return lastBatches.contains(header.baseOffset) ? .keep : .drop }
        return judgeRecords(header, batch)
    }

    /// Only a producer's last batch stays when its records go.
    private func withoutRecords(_ header: RecordBatchHeader) -> Fate {
        guard lastBatches.contains(header.baseOffset) else { return .drop }
        if header.recordCount == 0 { return .keep }
        var bare = header
        bare.attributes &= ~7
        let none: [UInt8] = []
        return .replace(RecordBatchBuilder.rebuild(bare, count: 0, records: none.span))
    }

    private func judgeMarker(_ header: RecordBatchHeader, _ batch: Span<UInt8>) -> Fate {
        let hadRecords = withRecords.remove(header.producerID) != nil
        guard !hadRecords, TransactionOutcome(batch, header: header, at: 0) != nil else { return .keep }
        // The only trace of a producer's epoch.
        if let entry = plan.producers.entries[header.producerID], entry.batches.isEmpty,
            entry.epoch == header.producerEpoch
        {
            return .keep
        }
        guard header.attributes & Self.horizonBit != 0 else { return withHorizon(header, batch) }
        guard plan.now >= header.baseTimestamp else { return .keep }
        droppedMarkers.insert(header.baseOffset)
        return .drop
    }

    private func judgeRecords(_ header: RecordBatchHeader, _ batch: Span<UInt8>) -> Fate {
        guard var records = try? RecordIterator(batch, header: header, at: 0) else { return .keep }
        let hasHorizon = header.attributes & Self.horizonBit != 0
        var kept: [Range<Int>] = []
        var maxTimestamp: Int64 = -1
        var needsHorizon = false
        for _ in 0..<header.recordCount {
            // A batch that cannot be read stays as it is.
            guard let record = (try? records.next()) ?? nil else { return .keep }
            guard let key = record.key else { continue }
            let offset = header.baseOffset + Int64(record.offsetDelta)
            if let last = latest[hash(batch.extracting(key))], last > offset { continue }
            if record.value == nil, offset < firstOpaqueOffset {
                if hasHorizon, plan.now >= header.baseTimestamp { continue }
                needsHorizon = needsHorizon || !hasHorizon
            }
            kept.append(record.range)
            maxTimestamp = max(maxTimestamp, header.baseTimestamp &+ record.timestampDelta)
        }
        if kept.isEmpty { return withoutRecords(header) }
        if kept.count == Int(header.recordCount), !needsHorizon { return .keep }
        var left = header
        if !header.usesLogAppendTime { left.maxTimestamp = maxTimestamp }
        return .replace(rebuild(left, batch, kept, setsHorizon: needsHorizon))
    }

    private func withHorizon(_ header: RecordBatchHeader, _ batch: Span<UInt8>) -> Fate {
        guard var records = try? RecordIterator(batch, header: header, at: 0), let record = (try? records.next()) ?? nil
        else { return .keep }
        return .replace(rebuild(header, batch, [record.range], setsHorizon: true))
    }

    /// The batch with only the records given. With a horizon the base timestamp changes, and with it each
    /// record's distance from it.
    private func rebuild(
        _ header: RecordBatchHeader, _ batch: Span<UInt8>, _ records: [Range<Int>], setsHorizon: Bool
    ) -> [UInt8] {
        var header = header
        let before = header.baseTimestamp
        if setsHorizon {
            header.attributes |= Self.horizonBit
            header.baseTimestamp = plan.now &+ plan.deleteRetentionMilliseconds
        }
        var writer = ByteWriter()
        for range in records {
            let record = batch.extracting(range)
            if !setsHorizon || !shift(record, by: before &- header.baseTimestamp, into: &writer) { writer.append(record) }
        }
        return RecordBatchBuilder.rebuild(header, count: Int32(records.count), records: writer.bytes.span)
    }

    /// Writes the record with another distance from the base timestamp.
    private func shift(_ record: Span<UInt8>, by milliseconds: Int64, into writer: inout ByteWriter) -> Bool {
        var reader = ByteReader(record)
        guard (try? reader.zigzag()) != nil, let attributes = try? reader.uint8(), let delta = try? reader.zigzag() else {
            return false
        }
        var body = ByteWriter()
        body.uint8(attributes)
        body.zigzag(delta &+ milliseconds)
        body.append(record.extracting(reader.position..<record.count))
        writer.zigzag(Int64(body.count))
        writer.append(body.bytes)
        return true
    }
}

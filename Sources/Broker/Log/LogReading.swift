// Reading a partition's log: whole batches from an offset on straight into a response, offsets by
// timestamp, and what a fetch is told about the log's bounds.

import KafkaWire

extension PartitionLog {
    /// Where the batch that holds `offset` lies; the next segment's start when `offset` ends a segment.
    func locate(_ offset: Int64) throws(DiskError) -> (segment: Int, position: Int) {
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].baseOffset <= offset { low = middle + 1 } else { high = middle }
        }
        var number = max(0, low - 1)
        var position = try segments[number].position(of: offset)
        // Compaction can leave a segment's tail, or a whole segment, without batches.
        while position >= segments[number].sizeBytes, number + 1 < segments.count {
            number += 1
            position = try segments[number].position(of: offset)
        }
        return (number, position)
    }

    /// The position that ends what may be read: the high watermark, or the last stable offset.
    func readLimit(isCommittedOnly: Bool) throws(DiskError) -> LogPosition {
        let stable = lastStableOffset
        guard isCommittedOnly, stable < highWatermark.offset else { return highWatermark }
        let place = try locate(stable)
        return LogPosition(
            segmentBase: segments[place.segment].baseOffset, position: place.position, offset: stable)
    }

    /// Keeps few files of closed segments open: the process may have only so many.
    func keepOpen(_ segment: LogSegment) {
        guard segmentsInUse.last !== segment else { return }
        segmentsInUse.removeAll { $0 === segment }
        segmentsInUse.append(segment)
        if segmentsInUse.count > 3 { segmentsInUse.removeFirst().close() }
    }

    func damage(_ segment: LogSegment, _ position: Int) -> DiskError {
        failure = "a checksum or header is wrong from byte \(position) of \(segment.path) on"
        return DiskError(operation: "read a batch in", path: segment.path, code: 74)
    }

    /// Whether checksums and offsets of the batches read are what they should be.
    func isSound(_ buffer: [UInt8], from start: Int, _ segment: LogSegment, _ offset: Int64) -> Bool {
        var position = start
        var expected: Int64?
        let isGapless = isGapless(segment)
        while let header = RecordBatchHeader(buffer.span, at: position) {
            guard header.computedChecksum(buffer.span, at: position) == header.checksum,
                header.lastOffset < segment.nextOffset
            else { return false }
            if let expected {
                guard header.baseOffset == expected || header.baseOffset > expected && !isGapless else { return false }
            } else {
                guard header.lastOffset >= offset, header.baseOffset <= offset || !isGapless else { return false }
            }
            expected = header.lastOffset + 1
            position += header.sizeBytes
        }
        return true
    }

    /// The first offset with a timestamp of at least `timestamp` below `limit`.
    func offset(atOrAfter timestamp: Int64, below limit: Int64) throws(DiskError) -> (offset: Int64, timestamp: Int64)?
    {
        for segment in segments where segment.nextOffset > startOffset {
            guard let found = try segment.firstBatch(atOrAfter: timestamp) else { continue }
            let header = found.header
            guard header.baseOffset < limit else { return nil }
            if header.isCompressed || header.usesLogAppendTime {
                let time = header.usesLogAppendTime ? header.maxTimestamp : header.baseTimestamp
                return (max(header.baseOffset, startOffset), time)
            }
            var bytes: [UInt8] = []
            try segment.file().read(into: &bytes, at: found.position, count: header.sizeBytes)
            guard var records = try? RecordIterator(bytes.span, header: header, at: 0) else { continue }
            while let record = (try? records.next()) ?? nil {
                let time = header.baseTimestamp &+ record.timestampDelta
                let offset = header.baseOffset + Int64(record.offsetDelta)
                if time >= timestamp, offset >= startOffset { return (offset, time) }
            }
        }
        return nil
    }

    /// The record with the largest timestamp, as exactly as batch headers tell.
    func offsetOfMaxTimestamp() throws(DiskError) -> (offset: Int64, timestamp: Int64)? {
        var best: Int64 = -1
        for segment in segments {
            try segment.loadIndex()
            best = max(best, segment.maxTimestamp)
        }
        return best < 0 ? nil : try offset(atOrAfter: best, below: .max)
    }
}

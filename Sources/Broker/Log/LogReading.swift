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

    /// Bytes between `offset` and `limit`, at most `enough` or one segment's worth: what a waiting fetch counts.
    func bytesAvailable(from offset: Int64, to limit: LogPosition) throws(DiskError) -> Int {
        guard offset < limit.offset, failure == nil else { return 0 }
        let start = try locate(offset)
        let segment = segments[start.segment]
        if segment.baseOffset == limit.segmentBase { return max(0, limit.position - start.position) }
        return segment.sizeBytes - start.position
    }

    /// The position that ends what may be read: the high watermark, or the last stable offset.
    func readLimit(isCommittedOnly: Bool) throws(DiskError) -> LogPosition {
        let stable = lastStableOffset
        guard isCommittedOnly, stable < highWatermark.offset else { return highWatermark }
        let place = try locate(stable)
        return LogPosition(
            segmentBase: segments[place.segment].baseOffset, position: place.position, offset: stable)
    }

    /// Appends whole batches from `offset` on to `buffer` and returns one past the last offset read. A
    /// first batch larger than `bytesMax` is read whole when `isFirstWhole`, so that consumers get past it.
    func read(
        from offset: Int64, to limit: LogPosition, bytesMax: Int, isFirstWhole: Bool, into buffer: inout [UInt8]
    ) throws(DiskError) -> Int64 {
        guard offset < limit.offset else { return offset }
        let place = try locate(offset)
        let segment = segments[place.segment]
        let end = segment.baseOffset == limit.segmentBase ? min(limit.position, segment.sizeBytes) : segment.sizeBytes
        guard place.position < end else { return offset }
        let file = try segment.file()
        let start = buffer.count
        try file.read(into: &buffer, at: place.position, count: min(end - place.position, max(bytesMax, 0)))
        var whole = trim(buffer, from: start)
        if whole.end == start, isFirstWhole {
            buffer.removeLast(buffer.count - start)
            try file.read(into: &buffer, at: place.position, count: RecordBatchHeader.size)
            guard let header = RecordBatchHeader(buffer.span, at: start), header.isPlausible,
                header.sizeBytes <= end - place.position
            else { throw damage(segment, place.position) }
            buffer.removeLast(buffer.count - start)
            try file.read(into: &buffer, at: place.position, count: header.sizeBytes)
            whole = trim(buffer, from: start)
        }
        buffer.removeLast(buffer.count - whole.end)
        if place.position < segment.uncheckedBelow, !isSound(buffer, from: start, segment, offset) {
            buffer.removeLast(buffer.count - start)
            throw damage(segment, place.position)
        }
        if whole.end == start { return offset }
        segment.remember(whole.nextOffset, at: place.position + whole.end - start)
        if segment !== active { keepOpen(segment) }
        return whole.nextOffset
    }

    /// Keeps few files of closed segments open: the process may have only so many.
    private func keepOpen(_ segment: LogSegment) {
        guard segmentsInUse.last !== segment else { return }
        segmentsInUse.removeAll { $0 === segment }
        segmentsInUse.append(segment)
        if segmentsInUse.count > 3 { segmentsInUse.removeFirst().close() }
    }

    private func damage(_ segment: LogSegment, _ position: Int) -> DiskError {
        failure = "a checksum or header is wrong from byte \(position) of \(segment.path) on"
        return DiskError(operation: "read a batch in", path: segment.path, code: 74)
    }

    /// The end of the last whole batch in `buffer`, and the offset after it.
    private func trim(_ buffer: [UInt8], from start: Int) -> (end: Int, nextOffset: Int64) {
        var position = start
        var nextOffset: Int64 = 0
        while let header = RecordBatchHeader(buffer.span, at: position), header.isPlausible,
            header.sizeBytes <= buffer.count - position
        {
            position += header.sizeBytes
            nextOffset = header.lastOffset + 1
        }
        return (position, nextOffset)
    }

    /// Whether checksums and offsets of the batches read are what they should be.
    private func isSound(_ buffer: [UInt8], from start: Int, _ segment: LogSegment, _ offset: Int64) -> Bool {
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

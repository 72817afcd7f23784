// Where in a segment file the bytes lie that a fetch may have, found once and used for counting and reading.

import KafkaWire

/// Whole batches of one segment, from the one with the wanted offset up to what may be read.
struct FetchSlice {
    var segment: LogSegment
    var position: Int
    var end: Int
    var count: Int { end - position }
}

extension PartitionLog {
    /// What can be read from `offset` on; nil when there is nothing yet.
    func slice(from offset: Int64, isCommittedOnly: Bool) throws(DiskError) -> FetchSlice? {
        guard offset < (isCommittedOnly ? lastStableOffset : highWatermark.offset) else { return nil }
        let limit = try readLimit(isCommittedOnly: isCommittedOnly)
        let place = try locate(offset)
        let segment = segments[place.segment]
        let end = segment.baseOffset == limit.segmentBase ? min(limit.position, segment.sizeBytes) : segment.sizeBytes
        return place.position < end ? FetchSlice(segment: segment, position: place.position, end: end) : nil
    }

    /// Appends whole batches of the slice to `buffer`, straight from the file. A first batch larger than `bytesMax`
    /// is read whole when `isFirstWhole`, so that consumers get past it.
    func read(
        _ slice: FetchSlice, from offset: Int64, bytesMax: Int, isFirstWhole: Bool, into buffer: inout [UInt8]
    ) throws(DiskError) {
        let file = try slice.segment.file()
        let start = buffer.count
        try file.read(into: &buffer, at: slice.position, count: min(slice.count, max(bytesMax, 0)))
        var end = wholeBatches(buffer, from: start)
        if end.position == start, isFirstWhole {
            buffer.removeLast(buffer.count - start)
            try file.read(into: &buffer, at: slice.position, count: RecordBatchHeader.size)
            guard let header = RecordBatchHeader(buffer.span, at: start), header.isPlausible,
                header.sizeBytes <= slice.count
            else { throw damage(slice.segment, slice.position) }
            buffer.removeLast(buffer.count - start)
            try file.read(into: &buffer, at: slice.position, count: header.sizeBytes)
            end = wholeBatches(buffer, from: start)
        }
        buffer.removeLast(buffer.count - end.position)
        if slice.position < slice.segment.uncheckedBelow, !isSound(buffer, from: start, slice.segment, offset) {
            buffer.removeLast(buffer.count - start)
            throw damage(slice.segment, slice.position)
        }
        guard end.position > start, let last = RecordBatchHeader(buffer.span, at: end.lastBatch) else { return }
        slice.segment.remember(last.lastOffset + 1, at: slice.position + end.position - start)
        if slice.segment !== active { keepOpen(slice.segment) }
    }

    /// The end of the last whole batch in `buffer`, and where that batch begins.
    private func wholeBatches(_ buffer: [UInt8], from start: Int) -> (position: Int, lastBatch: Int) {
        var position = start
        var lastBatch = start
        // The checksum does not cover all of a header: damage there shows as a batch that cannot be.
        while let header = RecordBatchHeader(buffer.span, at: position), header.isPlausible,
            header.sizeBytes <= buffer.count - position
        {
            lastBatch = position
            position += header.sizeBytes
        }
        return (position, lastBatch)
    }

    /// An offset at or after the end of the first `count` bytes of the slice, as exactly as the index tells.
    func offsetBound(_ slice: FetchSlice, count: Int) -> Int64 {
        let position = slice.position + count
        let entries = slice.segment.entries
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return low < entries.count ? entries[low].offset : slice.segment.nextOffset
    }
}

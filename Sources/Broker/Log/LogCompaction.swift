// Compaction (cleanup.policy=compact): of the closed segments, only the last record of each key stays, and a
// tombstone only for delete.retention.ms. Batches keep their base and last offsets, so offsets never step
// back. Left alone are: the active segment, everything from the first open transaction or unsynced record
// on, control batches, and compressed batches, whose keys are not looked into.
// Records of aborted transactions are dropped. A segment is rewritten to a new file that replaces the old one
// by a rename; a crash in between leaves the old one.

import Bytes
import KafkaWire

extension PartitionLog {
    /// Bytes of closed segments that one pass looks at; bounds the pause of the event loop.
    private static let passBytesMax = 256 << 20

    /// One pass, if enough has been written since the last.
    func compact(now: Int64) {
        guard failure == nil else { return }
        let closed = segments.dropLast().prefix { $0.nextOffset <= min(lastStableOffset, synced.offset) }
        let dirty = closed.filter { $0.baseOffset >= cleanedUpTo }.reduce(0) { $0 + $1.sizeBytes }
        let total = closed.reduce(0) { $0 + $1.sizeBytes }
        guard dirty > 0, total <= Self.passBytesMax, Double(dirty) >= settings.cleanableRatioMin * Double(total) else {
            return
        }
        do throws(DiskError) {
            let latest = try latestOffsets(closed)
            for segment in closed { try rewrite(segment, latest, now: now) }
            cleanedUpTo = closed.last?.nextOffset ?? cleanedUpTo
        } catch {
            // The old segments stay as they were; the next pass tries again.
        }
    }

    private func isAborted(_ header: RecordBatchHeader) -> Bool {
        header.isTransactional
            && producers.aborted.contains {
                $0.producerID == header.producerID && $0.firstOffset <= header.baseOffset
                    && header.lastOffset <= $0.lastOffset
            }
    }

    private func latestOffsets(_ closed: ArraySlice<LogSegment>) throws(DiskError) -> [[UInt8]: Int64] {
        var latest: [[UInt8]: Int64] = [:]
        for segment in closed {
            var scanner = BatchScanner(try segment.file(), from: 0, end: segment.sizeBytes)
            while case .batch(let header, _) = try scanner.next() {
                guard !header.isControl, !header.isCompressed, !isAborted(header) else { continue }
                let bytes = scanner.chunk.span
                guard var records = try? RecordIterator(bytes, header: header, at: scanner.start) else { continue }
                while let record = (try? records.next()) ?? nil {
                    guard let key = record.key else { continue }
                    latest[bytes.array(key)] = header.baseOffset + Int64(record.offsetDelta)
                }
            }
        }
        return latest
    }

    private func rewrite(_ segment: LogSegment, _ latest: [[UInt8]: Int64], now: Int64) throws(DiskError) {
        let replacement = LogSegment(
            disk: disk, directory: directory, baseOffset: segment.baseOffset, nextOffset: segment.baseOffset,
            sizeBytes: 0, isNew: true)
        let temporary = segment.path + ".cleaned"
        let file = try disk.open(temporary, creating: true)
        try file.truncate(to: 0)
        var scanner = BatchScanner(try segment.file(), from: 0, end: segment.sizeBytes)
        scan: while true {
            switch try scanner.next() {
            case .batch(let header, _):
                guard let kept = keep(header, scanner, latest, now: now) else { continue }
                try file.write(kept.span, at: replacement.sizeBytes)
                guard let written = RecordBatchHeader(kept.span) else { continue }
                replacement.add(written)
            case .invalid(let position, let reason):
                failure = "\(reason), byte \(position) of \(segment.path)"
                throw DiskError(operation: "compact", path: segment.path, code: 74)
            case .end: break scan
            }
        }
        guard replacement.sizeBytes < segment.sizeBytes else { return try disk.remove(temporary) }
        try file.sync()
        segment.close()
        try disk.remove(segment.indexPath)
        try disk.rename(temporary, to: segment.path)
        try disk.directory(directory).sync()
        replacement.nextOffset = segment.nextOffset
        try? replacement.saveIndex()
        if let place = segments.firstIndex(where: { $0 === segment }) { segments[place] = replacement }
    }

    /// The batch as it stays, or nil when nothing of it does.
    private func keep(
        _ header: RecordBatchHeader, _ scanner: BatchScanner, _ latest: [[UInt8]: Int64], now: Int64
    ) -> [UInt8]? {
        let bytes = scanner.chunk.span
        let whole = scanner.start..<(scanner.start + header.sizeBytes)
        if header.isControl || header.isCompressed { return bytes.array(whole) }
        if isAborted(header) { return nil }
        guard var records = try? RecordIterator(bytes, header: header, at: scanner.start) else {
            return bytes.array(whole)
        }
        var kept = ByteWriter()
        var count: Int32 = 0
        while let record = (try? records.next()) ?? nil {
            guard let key = record.key else { continue }
            let isLatest = latest[bytes.array(key)] == header.baseOffset + Int64(record.offsetDelta)
            let age = now - (header.baseTimestamp &+ record.timestampDelta)
            guard isLatest, record.value != nil || age <= settings.deleteRetentionMilliseconds else { continue }
            kept.append(bytes.extracting(record.range))
            count += 1
        }
        if count == header.recordCount { return bytes.array(whole) }
        return count == 0 ? nil : RecordBatchBuilder.rebuild(header, count: count, records: kept.bytes.span)
    }
}

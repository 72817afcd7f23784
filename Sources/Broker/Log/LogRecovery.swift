// Opening a partition's log: what is trusted, what is read again, what is cut off and what is refused.
//
// - Up to the watermark everything was synced: damage there makes the partition refuse to serve.
// - Between the watermark and a checkpoint that is ahead of it batches are checked; the checkpoint is used if
//   they hold.
// - Behind the checkpoint batches are checked and applied to the producer table.
// - Invalid bytes behind the watermark are what a power cut left of writes that were not synced, in any order:
//   the log is cut before them, and a line says so. If the operating system has run on since, no write was
//   lost: then sound batches behind invalid bytes mean damage.
// - A segment that the checkpoint lists and that retention has not dropped must be there.
// Closed segments before the watermark are not read; their batches are checked when they are fetched.

import KafkaWire
import Runtime

extension PartitionLog {
    /// Loads what the directory holds, or begins an empty log.
    func recover(now: Int64) throws(DiskError) {
        try disk.createDirectory(directory)
        segmentCreatedAt = now
        let bases = try segmentBases()
        let checkpoint = try disk.readAll(directory + "/checkpoint").flatMap { LogCheckpoint($0) }
        let reading = LogWatermark.read(try disk.readAll(directory + "/watermark"))
        var watermark: LogWatermark?
        if case .found(let found) = reading { watermark = found }
        if let last = bases.last { watermark?.synced.keep(below: last) }
        startOffset = max(watermark?.start ?? 0, checkpoint?.logStart ?? 0)
        guard !bases.isEmpty else {
            if let watermark, watermark.synced.offset > 0 {
                failure = "segments are missing: \(watermark.synced.offset) offsets were synced"
            }
            return try begin(at: max(startOffset, watermark?.synced.offset ?? 0), after: watermark)
        }
        try openSegments(bases)
        try openWatermark(after: watermark)
        if watermark == nil, checkpoint == nil { startOffset = bases[0] }
        try recoverTail(checkpoint: usable(checkpoint), watermark: watermark, isDamaged: reading == .damaged)
        if failure == nil, let watermark, watermark.synced.offset > endOffset {
            failure = "the log ends at offset \(endOffset), but was synced up to \(watermark.synced.offset)"
        }
        if failure == nil, let lost = missingSegment(checkpoint, bases) {
            failure = "the segment that begins at offset \(lost) is missing"
        }
        if let failure { Log.error("broker.partition-damaged", ["directory": directory, "reason": failure]) }
        highWatermark = end
        synced = end
        if failure == nil { try settleRecovered(after: watermark) }
    }

    /// What was read may lie in a cache that a power cut would lose: nobody sees it before it is on disk.
    private func settleRecovered(after watermark: LogWatermark?) throws(DiskError) {
        if watermark?.synced != end, isVisibleWhenSynced {
            try rewriteTail(after: watermark?.synced)
            try active.file().sync()
            try disk.directory(directory).sync()
            try? writeWatermark(end)
        }
        dropBelowStart()
    }

    /// Writes again what was not known to be synced: after a failed sync the kernel may take pages for clean that
    /// it could not write, and a sync alone would then promise what it does not keep.
    private func rewriteTail(after synced: LogPosition?) throws(DiskError) {
        let file = try active.file()
        var position = synced?.segmentBase == active.baseOffset ? synced?.position ?? 0 : 0
        var chunk: [UInt8] = []
        while position < active.sizeBytes {
            chunk.removeAll(keepingCapacity: true)
            try file.read(into: &chunk, at: position, count: min(BatchScanner.chunkBytes, active.sizeBytes - position))
            guard !chunk.isEmpty else { return }
            try file.write(chunk.span, at: position)
            position += chunk.count
        }
    }

    /// A segment that should be there: listed, and not below the log's start.
    private func missingSegment(_ checkpoint: LogCheckpoint?, _ bases: [Int64]) -> Int64? {
        guard let checkpoint else { return nil }
        let present = Set(bases)
        for (position, base) in checkpoint.segmentBases.enumerated() where !present.contains(base) {
            let isLast = position + 1 == checkpoint.segmentBases.count
            let next = isLast ? checkpoint.nextOffset : checkpoint.segmentBases[position + 1]
            if next > startOffset { return base }
        }
        return nil
    }

    private func segmentBases() throws(DiskError) -> [Int64] {
        var bases: [Int64] = []
        for name in try disk.list(directory) {
            // Left by a crash in the middle of a replacement.
            if name.hasSuffix(".tmp") || name.hasSuffix(".cleaned") { try? disk.remove(directory + "/" + name) }
            if name.hasSuffix(".log"), let base = Int64(name.dropLast(4)), base >= 0 { bases.append(base) }
        }
        return bases.sorted()
    }

    private func begin(at offset: Int64, after watermark: LogWatermark?) throws(DiskError) {
        let segment = LogSegment(
            disk: disk, directory: directory, baseOffset: offset, nextOffset: offset, sizeBytes: 0, isNew: true)
        unsynced = [try segment.file(), try disk.directory(directory)]
        isDirty = true
        segments = [segment]
        highWatermark = end
        synced = end
        try openWatermark(after: watermark)
        if let file = watermarkFile { unsynced.append(file.target) }
    }

    private func openSegments(_ bases: [Int64]) throws(DiskError) {
        segments = []
        for (position, base) in bases.enumerated() {
            let next = position + 1 < bases.count ? bases[position + 1] : base
            let segment = LogSegment(
                disk: disk, directory: directory, baseOffset: base, nextOffset: next, sizeBytes: 0, isNew: false)
            segment.sizeBytes = try segment.file().sizeBytes
            segment.uncheckedBelow = segment.sizeBytes
            if position + 1 < bases.count { segment.close() }
            segments.append(segment)
        }
    }

    /// The checkpoint if its segment is there and long enough.
    private func usable(_ checkpoint: LogCheckpoint?) -> LogCheckpoint? {
        guard let checkpoint,
            let segment = segments.first(where: { $0.baseOffset == checkpoint.segmentBase }),
            checkpoint.position <= segment.sizeBytes
        else { return nil }
        return checkpoint
    }

    private func recoverTail(
        checkpoint: LogCheckpoint?, watermark: LogWatermark?, isDamaged: Bool
    ) throws(DiskError) {
        guard let checkpoint, let synced = watermark?.synced else {
            return try replay(from: nil, watermark: watermark, isDamaged: isDamaged)
        }
        if synced.isBefore(checkpoint.end), !(try isSound(from: synced, to: checkpoint)) {
            return try replay(from: nil, watermark: watermark, isDamaged: isDamaged)
        }
        checkpointedEnd = checkpoint.end
        try replay(from: checkpoint, watermark: watermark, isDamaged: isDamaged)
    }

    private func isSound(from watermark: LogPosition, to checkpoint: LogCheckpoint) throws(DiskError) -> Bool {
        for segment in segments
        where segment.baseOffset >= watermark.segmentBase && segment.baseOffset <= checkpoint.segmentBase {
            let from = segment.baseOffset == watermark.segmentBase ? watermark.position : 0
            let to = segment.baseOffset == checkpoint.segmentBase ? checkpoint.position : segment.sizeBytes
            var scanner = BatchScanner(try segment.file(), from: from, end: to)
            scan: while true {
                switch try scanner.next() {
                case .batch: continue
                case .invalid: return false
                case .end: break scan
                }
            }
        }
        return true
    }

    /// Reads batches from the checkpoint, or all of them, and takes them in.
    private func replay(
        from checkpoint: LogCheckpoint?, watermark: LogWatermark?, isDamaged: Bool
    ) throws(DiskError) {
        producers = checkpoint?.producers ?? ProducerTable()
        for (number, segment) in segments.enumerated() {
            if let checkpoint, segment.baseOffset < checkpoint.segmentBase { continue }
            let size = segment.sizeBytes
            let isLast = number == segments.count - 1
            let expectedNext = isLast ? nil : segment.nextOffset
            segment.reset()
            if let checkpoint, segment.baseOffset == checkpoint.segmentBase {
                segment.restore(checkpoint)
            }
            if let found = try replay(segment, fileSize: size) {
                try judge(segment, found, fileSize: size, isLast: isLast, watermark: watermark, isDamaged: isDamaged)
            }
            segment.uncheckedBelow = segment.sizeBytes
            if let expectedNext {
                if segment.nextOffset > expectedNext, failure == nil {
                    failure = "\(segment.path) reaches into the next segment, to offset \(segment.nextOffset)"
                }
                segment.nextOffset = expectedNext
            }
            if failure != nil { return }
        }
    }

    /// Takes a segment's batches in, up to invalid bytes if there are any.
    private func replay(_ segment: LogSegment, fileSize: Int) throws(DiskError) -> InvalidBytes? {
        let file = try segment.file()
        var scanner = BatchScanner(file, from: segment.sizeBytes, end: fileSize)
        while true {
            switch try scanner.next() {
            case .batch(let header, let position):
                let isNext = header.baseOffset == segment.nextOffset
                guard isNext || header.baseOffset > segment.nextOffset && !isGapless(segment) else {
                    return InvalidBytes(
                        position: position, reason: "offset \(header.baseOffset) where \(segment.nextOffset) belongs")
                }
                let outcome = header.isControl ? scanner.outcome(header) : nil
                segment.add(header)
                producers.apply(header, outcome: outcome)
            case .invalid(let position, let reason): return InvalidBytes(position: position, reason: reason)
            case .end: return nil
            }
        }
    }

    /// Invalid bytes: a torn tail is cut off, anything else ends the partition's service.
    private func judge(
        _ segment: LogSegment, _ found: InvalidBytes, fileSize: Int, isLast: Bool, watermark: LogWatermark?,
        isDamaged: Bool
    ) throws(DiskError) {
        let place = "byte \(found.position) of \(segment.path), from offset \(segment.nextOffset)"
        let here = LogPosition(segmentBase: segment.baseOffset, position: found.position, offset: segment.nextOffset)
        if !isLast || watermark.map({ here.isBefore($0.synced) }) == true {
            failure = "\(found.reason), \(place), in synced data"
            return
        }
        if isDamaged {
            failure = "\(found.reason), \(place), and the watermark is damaged, so that it may have been synced"
            return
        }
        let file = try segment.file()
        let isFollowed = try BatchScanner.findsBatch(
            in: file, after: found.position, end: fileSize, from: segment.nextOffset)
        if isFollowed, let watermark, watermark.session == disk.session {
            failure = "\(found.reason), \(place), with sound batches behind it"
            return
        }
        Log.warning(
            "broker.log-cut",
            [
                "directory": directory, "offset": "\(segment.nextOffset)", "bytes": "\(fileSize - found.position)",
                "reason": found.reason, "soundBatchesBehind": "\(isFollowed)",
            ])
        try file.truncate(to: found.position)
        try file.sync()
    }
}

/// Where a segment stops making sense.
struct InvalidBytes {
    var position: Int
    var reason: String
}

// When a segment is closed, what a sync covers, and what is written down once it has completed: the watermark
// after each, a checkpoint now and then.

import KafkaWire

extension PartitionLog {
    // MARK: Segments

    /// Closes the active segment when the next batch would make it too large or, by the timestamps of its first
    /// batch and of the next, too old.
    func rollIfDue(adding count: Int, timestamp: Int64, now: Int64) throws(DiskError) {
        guard active.sizeBytes > 0 else {
            segmentCreatedAt = now
            return
        }
        let isFull = active.sizeBytes + count > settings.segmentBytes
        let isWide = active.nextOffset - active.baseOffset > Int64(Int32.max) - 1_000_000
        if isFull || isWide { return try roll(now: now) }
        let first = try active.firstTimestamp()
        let (age, isBeyond) = first < 0 ? (now - segmentCreatedAt, false) : timestamp.subtractingReportingOverflow(first)
        if !isBeyond, age > settings.segmentMillisecondsMax { try roll(now: now) }
    }

    /// Closes the active segment and begins a new one, whose name is made durable with the next sync. The
    /// closed one is synced first, so that a power cut can only tear the last segment.
    func roll(now: Int64) throws(DiskError) {
        let closed = active
        if needsCut {
            try closed.file().truncate(to: closed.sizeBytes)
            needsCut = false
        }
        let names = try disk.directory(directory)
        do throws(DiskError) {
            try closed.file().sync()
        } catch {
            if error.operation == "sync" {
                failure = "\(error)"
                hasLostSync = true
            }
            throw error
        }
        let next = LogSegment(
            disk: disk, directory: directory, baseOffset: closed.nextOffset, nextOffset: closed.nextOffset,
            sizeBytes: 0, isNew: true)
        // The last step that can fail: a new file that is not taken in would end the log too early.
        let file = try next.file()
        unsynced.append(file)
        unsynced.append(names)
        isDirty = true
        segments.append(next)
        segmentCreatedAt = now
        // Advice only; both are rebuilt from the segment when they are missing.
        try? closed.saveIndex()
        try? writeWatermark(LogPosition(segmentBase: next.baseOffset, position: 0, offset: next.baseOffset))
        try? save(checkpoint())
    }

    // MARK: Checkpoints

    /// The state at the end of the log.
    func checkpoint() -> LogCheckpoint {
        LogCheckpoint(
            segmentBase: active.baseOffset, position: active.sizeBytes, nextOffset: active.nextOffset,
            logStart: startOffset, maxTimestamp: active.maxTimestamp, entries: active.entries,
            segmentBases: segments.map(\.baseOffset), producers: producers)
    }

    func save(_ checkpoint: LogCheckpoint, durably: Bool = false) throws(DiskError) {
        guard failure == nil else { return }
        try disk.replace(directory + "/checkpoint", in: directory, with: checkpoint.encode(), durably: durably)
        checkpointedEnd = checkpoint.end
    }

    // MARK: Watermark

    /// Writes how far the log is synced; a place before the last one written is left out.
    func writeWatermark(_ position: LogPosition) throws(DiskError) {
        try openWatermark()
        if let last = watermarkFile?.last, position.isBefore(last.synced) { return }
        try watermarkFile?.write(start: startOffset, synced: position)
    }

    /// Makes the log's start durable, before anything below it is removed.
    func makeStartDurable() throws(DiskError) {
        try openWatermark()
        let position = watermarkFile?.last?.synced ?? synced
        try watermarkFile?.writeDurably(start: startOffset, synced: position)
    }

    /// Whether a segment's batches must follow one another without a gap: all but compacted ones do. The checksum
    /// of a batch does not cover its offset, so this is what shows that one has changed.
    func isGapless(_ segment: LogSegment) -> Bool { segment === segments.last || watermarkFile?.hasGaps == false }

    func openWatermark(after last: LogWatermark? = nil) throws(DiskError) {
        guard watermarkFile == nil else { return }
        watermarkFile = try WatermarkFile(disk, directory + "/watermark", after: last)
        // Without a watermark nobody can tell.
        if last == nil, segments.count > 1 { watermarkFile?.hasGaps = true }
    }

    // MARK: Syncing

    /// What must be synced, and up to where the log is then durable.
    func beginSync(now: Int64) -> (targets: [any SyncTarget], upTo: LogPosition) {
        var targets = unsynced
        unsynced = []
        isDirty = false
        if let file = watermarkFile, now - file.syncedAt >= WatermarkFile.syncIntervalMilliseconds {
            watermarkFile?.syncedAt = now
            targets.append(file.target)
        }
        if bytesSinceCheckpoint >= checkpointBytes {
            checkpointInSync = checkpoint()
            bytesSinceCheckpoint = 0
        }
        return (targets, end)
    }

    /// The sync begun with `upTo` has completed.
    func finishSync(upTo: LogPosition) {
        guard failure == nil else { return }
        if !upTo.isBefore(synced) { synced = upTo }
        if isVisibleWhenSynced, !upTo.isBefore(highWatermark) { highWatermark = upTo }
        // Advice for the next recovery only; an older watermark errs on the careful side.
        try? writeWatermark(upTo)
        if let checkpointInSync { try? save(checkpointInSync) }
        checkpointInSync = nil
    }

    /// Everything on disk and checkpointed, so that the next start reads nothing.
    func settle(now: Int64) throws(DiskError) {
        guard failure == nil else { return }
        let begun = beginSync(now: now)
        for target in begun.targets { try target.sync() }
        try active.file().sync()
        finishSync(upTo: end)
        guard checkpointedEnd != end else { return }
        try save(checkpoint(), durably: true)
        try makeStartDurable()
    }
}

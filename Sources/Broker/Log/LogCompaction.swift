// When a log is compacted (cleanup.policy=compact) and how the result takes the place of what was there.
//
// Left alone are the active segment and everything from the first open transaction, the first record not yet
// synced and the first segment younger than min.compaction.lag.ms on. A pass is due when the part not yet
// compacted is min.cleanable.dirty.ratio of the whole, or waits for longer than max.compaction.lag.ms.
// A segment is replaced by a rename, the oldest first, so that a crash leaves a log in which nothing that was
// dropped for a later record or marker comes back alone.

import KafkaWire
import Runtime

extension PartitionLog {
    /// The closed segments that may be compacted.
    private func cleanable(now: Int64) -> ArraySlice<LogSegment> {
        let stable = min(lastStableOffset, synced.offset)
        return segments.dropLast().prefix { segment in
            guard segment.nextOffset <= stable else { return false }
            guard settings.compactionLagMillisecondsMin > 0 else { return true }
            guard (try? segment.loadIndex()) != nil else { return false }
            return segment.maxTimestamp < now - settings.compactionLagMillisecondsMin
        }
    }

    /// A pass if one is due, with the dirty part of the log: the dirtiest goes first.
    func compactionDue(now: Int64) -> (plan: CompactionPlan, dirtyRatio: Double)? {
        guard failure == nil, settings.isCompacted else { return nil }
        let closed = cleanable(now: now)
        guard let last = closed.last, last.nextOffset > cleanedUpTo else { return nil }
        let dirty = closed.filter { $0.nextOffset > cleanedUpTo }
        let total = closed.reduce(0) { $0 + $1.sizeBytes }
        let ratio = Double(dirty.reduce(0) { $0 + $1.sizeBytes }) / Double(max(1, total))
        guard ratio > settings.cleanableRatioMin || ratio == 1 || isOverdue(dirty, now: now) else { return nil }
        let plan = CompactionPlan(
            directory: directory, segments: closed.map { ($0.baseOffset, $0.sizeBytes) }, end: last.nextOffset,
            dirtyFrom: cleanedUpTo, now: now, deleteRetentionMilliseconds: settings.deleteRetentionMilliseconds,
            producers: producers)
        return (plan, ratio)
    }

    private func isOverdue(_ dirty: [LogSegment], now: Int64) -> Bool {
        guard settings.compactionLagMillisecondsMax < .max, let oldest = dirty.first,
            let time = try? oldest.firstTimestamp(), time >= 0
        else { return false }
        return now - time > settings.compactionLagMillisecondsMax
    }

    /// Puts a pass's results in place; what has gone meanwhile (retention) is left out.
    func finish(_ job: CompactionJob) throws(DiskError) {
        guard failure == nil else { return job.discard() }
        defer { job.discard() }
        if !job.droppedMarkers.isEmpty {
            // An aborted transaction without its marker would hide the producer's next one from readers.
            producers.forgetAborted(markers: job.droppedMarkers)
            try save(checkpoint(), durably: true)
        }
        if !job.results.isEmpty, watermarkFile?.hasGaps != true {
            try openWatermark()
            watermarkFile?.hasGaps = true
            try makeStartDurable()
        }
        for result in job.results {
            guard let place = segments.firstIndex(where: { $0.baseOffset == result.baseOffset }),
                place < segments.count - 1, segments[place].sizeBytes == result.sizeBytesBefore
            else { continue }
            let old = segments[place]
            try disk.remove(old.indexPath)
            try disk.rename(old.path + ".cleaned", to: old.path)
            old.close()
            segmentsInUse.removeAll { $0 === old }
            result.replacement.nextOffset = old.nextOffset
            result.replacement.uncheckedBelow = result.replacement.sizeBytes
            segments[place] = result.replacement
            try? result.replacement.saveIndex()
        }
        try disk.directory(directory).sync()
        cleanedUpTo = max(cleanedUpTo, job.cleanedUpTo)
        try dropEmpty()
    }

    /// Removes segments that compaction has left without batches.
    private func dropEmpty() throws(DiskError) {
        let empty = segments.dropLast().filter { $0.sizeBytes == 0 }
        guard !empty.isEmpty else { return }
        let before = segments
        segments.removeAll { segment in empty.contains { $0 === segment } }
        do throws(DiskError) {
            try makeStartDurable()
            try save(checkpoint(), durably: true)
        } catch {
            segments = before
            throw error
        }
        for segment in empty {
            segment.close()
            try? disk.remove(segment.path)
            try? disk.remove(segment.indexPath)
        }
    }

    /// One pass at once, if one is due.
    func compact(now: Int64) throws(DiskError) {
        guard let due = compactionDue(now: now) else { return }
        let job = CompactionJob(due.plan, disk: disk)
        try job.sync()
        try finish(job)
    }
}

extension BrokerCore {
    /// Begins a pass over the dirtiest log, one at a time; looks again after log.cleaner.backoff.ms.
    func beginCleaning() {
        guard cleaning == nil else { return }
        var chosen: (log: PartitionLog, plan: CompactionPlan, ratio: Double)?
        if settings.isCleanerEnabled {
            for topic in catalog.topics.values {
                for log in topic.partitions where log.settings.isCompacted && log.lastCleaningFailedAt + 60_000 <= now {
                    guard let due = log.compactionDue(now: now), due.dirtyRatio > chosen?.ratio ?? -1 else { continue }
                    chosen = (log, due.plan, due.dirtyRatio)
                }
            }
        }
        guard let chosen else { return deadlines.add(.cleaning, at: now + settings.cleanerBackoffMilliseconds) }
        let job = CompactionJob(chosen.plan, disk: disk)
        cleaning = (chosen.log, job)
        act(.clean(job))
    }

    /// The pass asked for last has ended.
    public func cleaningCompleted(_ error: DiskError?, now: Int64) {
        self.now = now
        guard let cleaning else { return }
        self.cleaning = nil
        deadlines.add(.cleaning, at: now)
        do throws(DiskError) {
            if let error { throw error }
            try cleaning.log.finish(cleaning.job)
        } catch {
            // The segments stay as they were; damage is met, and reported, by whoever reads them.
            cleaning.log.lastCleaningFailedAt = now
            Log.warning(
                "broker.compaction-failed",
                ["topic": cleaning.log.topic, "partition": "\(cleaning.log.index)", "reason": "\(error)"])
        }
    }

    /// Makes a pass under way end early, before the broker stops.
    public func cancelCleaning() { cleaning?.job.cancel() }
}

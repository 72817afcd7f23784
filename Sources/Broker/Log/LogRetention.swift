// Dropping old segments: by age, by size, and below an offset (DeleteRecords). Only whole closed segments
// go, and none that holds records not yet visible or of an open transaction.

extension PartitionLog {
    /// Deletes what the topic's retention allows.
    func enforceRetention(now: Int64) {
        guard failure == nil else { return }
        if settings.deletesOldSegments {
            var excess = settings.retentionBytes < 0 ? 0 : sizeBytes - settings.retentionBytes
            while segments.count > 1, let oldest = segments.first, oldest.nextOffset <= lastStableOffset {
                try? oldest.loadIndex()
                let isExpired =
                    settings.retentionMilliseconds >= 0
                    && oldest.maxTimestamp >= 0 && now - oldest.maxTimestamp > settings.retentionMilliseconds
                let isExcess = excess > 0 && excess >= oldest.sizeBytes
                guard isExpired || isExcess else { break }
                excess -= oldest.sizeBytes
                dropOldest()
            }
        }
        while segments.count > 1, let oldest = segments.first, oldest.nextOffset <= startOffset { dropOldest() }
    }

    private func dropOldest() {
        let oldest = segments.removeFirst()
        startOffset = max(startOffset, segments[0].baseOffset)
        oldest.close()
        // A name that stays behind after a failure is dropped at the next start or the next round.
        try? disk.remove(oldest.path)
        try? disk.remove(oldest.indexPath)
    }

    /// Moves the log's start; the new start survives a crash before this returns.
    func deleteRecords(before offset: Int64) throws(DiskError) {
        guard offset > startOffset else { return }
        startOffset = offset
        try saveCheckpoint(durably: true)
        enforceRetention(now: 0)
    }
}

// Dropping old segments: by age, by size, and below an offset (DeleteRecords). Only whole segments go, and
// none that holds records not yet visible or of an open transaction. When all of them are due, the active one
// is closed first, so that a topic nobody writes to empties too. The log's new start is durable before a file
// is removed; that takes no room, so it also works on a full disk.

import Runtime

extension PartitionLog {
    /// Deletes what the topic's retention allows.
    func enforceRetention(now: Int64) {
        guard failure == nil else { return }
        var count = settings.deletesOldSegments ? expiredSegments(now: now) : 0
        do throws(DiskError) {
            if count > 0, count == segments.count { try roll(now: now) }
        } catch {
            // No room for a new segment: the others still go.
            count -= 1
        }
        if failure == nil { drop(count) }
        dropBelowStart()
    }

    /// How many segments, from the oldest, are too old or too much.
    private func expiredSegments(now: Int64) -> Int {
        var excess = settings.retentionBytes < 0 ? 0 : sizeBytes - settings.retentionBytes
        var count = 0
        for segment in segments where segment.nextOffset <= lastStableOffset && segment.sizeBytes > 0 {
            // A later segment stays when an earlier one does.
            guard segment === segments[count] else { break }
            if (try? segment.loadIndex()) == nil { break }
            let isExpired =
                settings.retentionMilliseconds >= 0
                && segment.maxTimestamp >= 0 && now - segment.maxTimestamp > settings.retentionMilliseconds
            let isExcess = settings.retentionBytes >= 0 && excess >= segment.sizeBytes
            guard isExpired || isExcess else { break }
            excess -= segment.sizeBytes
            count += 1
        }
        return count
    }

    /// Removes segments that lie wholly below the log's start.
    func dropBelowStart() {
        let count = segments.dropLast().prefix { $0.nextOffset <= startOffset }.count
        drop(count)
    }

    private func drop(_ count: Int) {
        guard count > 0, count < segments.count else { return }
        let before = startOffset
        startOffset = max(startOffset, segments[count].baseOffset)
        do throws(DiskError) {
            try makeStartDurable()
        } catch {
            startOffset = before
            return Log.warning("broker.retention-failed", ["topic": topic, "partition": "\(index)", "reason": "\(error)"])
        }
        for segment in segments.prefix(count) {
            segment.close()
            // A name that stays behind after a failure is dropped after the next start.
            try? disk.remove(segment.path)
            try? disk.remove(segment.indexPath)
        }
        segments.removeFirst(count)
    }

    /// Moves the log's start; the new start survives a crash before this returns.
    func deleteRecords(before offset: Int64) throws(DiskError) {
        guard offset > startOffset else { return }
        let before = startOffset
        startOffset = offset
        do throws(DiskError) {
            try makeStartDurable()
        } catch {
            startOffset = before
            throw error
        }
        dropBelowStart()
    }
}

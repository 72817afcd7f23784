// One partition's log: the segments, the producers that write to it, and how far it is durable.
// Appends go to the active segment at once and become visible (high watermark) and acknowledgeable when
// the sync that covers them has completed; with a lazier sync policy, when they are written.
//
// Invariants: offsets only grow; the file beyond `active.sizeBytes` is never read; a failed write cuts
// the file back; a failed sync ends the partition's writing for good (`failure`).

import Bytes
import KafkaWire

/// Why a batch was not appended.
enum AppendError: Error, Equatable {
    case refused(ErrorCode)
}

/// What an append yields.
struct AppendResult: Equatable {
    var baseOffset: Int64
    var timestamp: Int64
    var isDuplicate = false
}

/// One partition.
final class PartitionLog {
    let topic: String
    let index: Int32
    let directory: String
    let disk: any Disk
    var settings: TopicSettings
    /// Whether records become visible only when synced.
    let isVisibleWhenSynced: Bool

    var segments: [LogSegment] = []
    var producers = ProducerTable()
    var startOffset: Int64 = 0
    var highWatermark = LogPosition(segmentBase: 0, position: 0, offset: 0)
    /// Up to where the log is known to be on disk.
    var synced = LogPosition(segmentBase: 0, position: 0, offset: 0)
    /// Set when the partition must not be served: damage found, or a sync failed.
    var failure: String?
    /// Set when that failure is a sync's: then the whole broker must stop acknowledging.
    var hasLostSync = false
    /// Files written since the last sync was begun.
    var unsynced: [any SyncTarget] = []
    var isDirty = false
    /// Whether the core has noted the log for the next sync.
    var isNoted = false
    var bytesSinceCheckpoint = 0
    /// Closed segments below this offset have been compacted.
    var cleanedUpTo: Int64 = 0
    var segmentCreatedAt: Int64 = 0
    var watermarkFile: (any DiskFile)?
    /// Fetches that wait for records here.
    var waitingFetches: [UInt64] = []

    init(
        topic: String, index: Int32, directory: String, disk: any Disk, settings: TopicSettings,
        isVisibleWhenSynced: Bool
    ) {
        self.topic = topic
        self.index = index
        self.directory = directory
        self.disk = disk
        self.settings = settings
        self.isVisibleWhenSynced = isVisibleWhenSynced
    }

    var active: LogSegment { segments[segments.count - 1] }
    var endOffset: Int64 { segments.last?.nextOffset ?? startOffset }
    var end: LogPosition {
        LogPosition(segmentBase: active.baseOffset, position: active.sizeBytes, offset: active.nextOffset)
    }
    var sizeBytes: Int { segments.reduce(0) { $0 + $1.sizeBytes } }

    /// The first offset that a read_committed consumer may not see yet.
    var lastStableOffset: Int64 {
        min(highWatermark.offset, producers.firstOpenOffset ?? .max)
    }

    // MARK: Appending

    /// Appends the batch in `range` of `buffer`, whose header and checksum were verified. The base offset
    /// is written into the buffer: both lie before the checksummed part.
    func append(
        _ buffer: inout [UInt8], range: Range<Int>, header given: RecordBatchHeader, outcome: TransactionOutcome?,
        now: Int64, beginsAtZero: Bool = false
    ) throws(AppendError) -> AppendResult {
        guard failure == nil else { throw .refused(.storageError) }
        if outcome == nil {
            switch producers.verdict(given, beginsAtZero: beginsAtZero) {
            case .append: break
            case .duplicate(let baseOffset, let timestamp):
                return AppendResult(baseOffset: baseOffset, timestamp: timestamp, isDuplicate: true)
            case .refuse(let code): throw .refused(code)
            }
        }
        var header = given
        do throws(DiskError) {
            try rollIfFull(adding: range.count, now: now)
            header.baseOffset = endOffset
            header.leaderEpoch = 0
            buffer.setBigEndian(header.baseOffset, at: range.lowerBound + RecordBatchHeader.baseOffsetAt)
            buffer.setBigEndian(Int32(0), at: range.lowerBound + RecordBatchHeader.leaderEpochAt)
            if settings.usesLogAppendTime { stamp(&buffer, range: range, header: &header, now: now) }
            try write(buffer.span.extracting(range))
        } catch {
            throw .refused(.storageError)
        }
        active.add(header)
        producers.apply(header, outcome: outcome)
        bytesSinceCheckpoint += range.count
        if !isVisibleWhenSynced { highWatermark = end }
        return AppendResult(
            baseOffset: header.baseOffset, timestamp: settings.usesLogAppendTime ? header.maxTimestamp : -1)
    }

    /// Appends a batch that the broker made itself.
    func append(built batch: [UInt8], outcome: TransactionOutcome? = nil, now: Int64) throws(AppendError)
        -> AppendResult
    {
        var buffer = batch
        guard let header = RecordBatchHeader(buffer.span) else { throw .refused(.corruptMessage) }
        return try append(&buffer, range: 0..<buffer.count, header: header, outcome: outcome, now: now)
    }

    private func write(_ bytes: Span<UInt8>) throws(DiskError) {
        let file = try active.file()
        do throws(DiskError) {
            try file.write(bytes, at: active.sizeBytes)
        } catch {
            // What was written of the batch must not stay behind a later, shorter one.
            do throws(DiskError) {
                try file.truncate(to: active.sizeBytes)
            } catch let second {
                failure = "cannot cut back after a failed write: \(second)"
            }
            if !error.isOutOfSpace { failure = "\(error)" }
            throw error
        }
        if !isDirty {
            unsynced.append(file)
            isDirty = true
        }
    }

    /// Sets the broker's time in the batch (message.timestamp.type=LogAppendTime) and its new checksum.
    private func stamp(_ buffer: inout [UInt8], range: Range<Int>, header: inout RecordBatchHeader, now: Int64) {
        header.attributes |= 8
        header.maxTimestamp = now
        buffer.setBigEndian(header.attributes, at: range.lowerBound + 21)
        buffer.setBigEndian(now, at: range.lowerBound + 35)
        header.checksum = header.computedChecksum(buffer.span, at: range.lowerBound)
        buffer.setBigEndian(header.checksum, at: range.lowerBound + RecordBatchHeader.checksumAt)
    }

    // MARK: Segments

    private func rollIfFull(adding count: Int, now: Int64) throws(DiskError) {
        guard active.sizeBytes > 0 else {
            segmentCreatedAt = now
            return
        }
        let isFull = active.sizeBytes + count > settings.segmentBytes
        let isOld = now - segmentCreatedAt > settings.segmentMilliseconds
        let isWide = active.nextOffset - active.baseOffset > Int64(Int32.max) - 1_000_000
        if isFull || isOld || isWide { try roll(now: now) }
    }

    /// Closes the active segment and begins a new one, whose name is made durable with the next sync. The
    /// closed one is synced first, so that a power cut can only tear the last segment.
    func roll(now: Int64) throws(DiskError) {
        let closed = active
        do throws(DiskError) {
            try closed.file().sync()
        } catch {
            failure = "\(error)"
            hasLostSync = true
            throw error
        }
        let next = LogSegment(
            disk: disk, directory: directory, baseOffset: closed.nextOffset, nextOffset: closed.nextOffset,
            sizeBytes: 0, isNew: true)
        let file = try next.file()
        unsynced.append(file)
        unsynced.append(try disk.directory(directory))
        isDirty = true
        segments.append(next)
        segmentCreatedAt = now
        // Advice only; both are rebuilt from the segment when they are missing.
        try? closed.saveIndex()
        try? saveCheckpoint()
    }

    func saveCheckpoint(durably: Bool = false) throws(DiskError) {
        guard failure == nil, let segment = segments.last else { return }
        let checkpoint = LogCheckpoint(
            segmentBase: segment.baseOffset, position: segment.sizeBytes, nextOffset: segment.nextOffset,
            logStart: startOffset, maxTimestamp: segment.maxTimestamp, entries: segment.entries, producers: producers)
        try disk.replace(directory + "/checkpoint", in: directory, with: checkpoint.encode(), durably: durably)
        bytesSinceCheckpoint = 0
    }

    // MARK: Syncing

    /// What must be synced, and up to where the log is then durable.
    func beginSync() -> (targets: [any SyncTarget], upTo: LogPosition) {
        let targets = unsynced
        unsynced = []
        isDirty = false
        return (targets, end)
    }

    /// The sync begun with `upTo` has completed.
    func finishSync(upTo: LogPosition) {
        guard failure == nil else { return }
        synced = upTo
        if isVisibleWhenSynced { highWatermark = upTo }
        do throws(DiskError) {
            if watermarkFile == nil { watermarkFile = try disk.open(directory + "/watermark", creating: true) }
            try watermarkFile?.write(upTo.encode().span, at: 0)
            if bytesSinceCheckpoint >= LogCheckpoint.intervalBytes { try saveCheckpoint() }
        } catch {
            // Advice for the next recovery only; an older watermark errs on the careful side.
        }
    }
}

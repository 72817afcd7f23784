// One partition's log: the segments, the producers that write to it, and how far it is durable.
// Appends go to the active segment at once and become visible (high watermark) and acknowledgeable when
// the sync that covers them has completed; with a lazier sync policy, when they are written.
//
// Invariants: offsets only grow; the file beyond `active.sizeBytes` is never read; a failed write cuts the file
// back, now or before the next one, and the next may succeed (a full disk, an I/O error); a failed sync ends the
// broker, because the kernel may have dropped what it could not write (`failure`, `hasLostSync`).

import Bytes
import KafkaWire
import Runtime

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
    /// Appended bytes after which a new checkpoint is written.
    var checkpointBytes = 16 << 20
    var bytesSinceCheckpoint = 0
    /// Closed segments below this offset have been compacted.
    var cleanedUpTo: Int64 = 0
    /// When a compaction pass failed last; the next waits a minute.
    var lastCleaningFailedAt: Int64 = -60_000
    var segmentCreatedAt: Int64 = 0
    var watermarkFile: WatermarkFile?
    /// State at the position that the sync under way covers, to be written when it has completed.
    var checkpointInSync: LogCheckpoint?
    /// Where the log ended when the last checkpoint was taken.
    var checkpointedEnd: LogPosition?
    /// Set while the disk refuses writes; the next append tries again.
    var refusal: DiskError?
    /// Set while bytes of a failed write may lie behind the end.
    var needsCut = false
    /// What producers and consumers have moved since the start.
    var traffic = TrafficCounts()
    /// Fetches that wait for records here.
    var waitingFetches: [UInt64] = []
    /// Closed segments that are being read, the latest last.
    var segmentsInUse: [LogSegment] = []

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
            try rollIfDue(adding: range.count, timestamp: settings.usesLogAppendTime ? now : given.maxTimestamp, now: now)
            header.baseOffset = endOffset
            header.leaderEpoch = 0
            buffer.setBigEndian(header.baseOffset, at: range.lowerBound + RecordBatchHeader.baseOffsetAt)
            buffer.setBigEndian(Int32(0), at: range.lowerBound + RecordBatchHeader.leaderEpochAt)
            if settings.usesLogAppendTime { stamp(&buffer, range: range, header: &header, now: now) }
            try write(buffer.span.extracting(range))
            noteWritten()
        } catch {
            noteRefused(error)
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
        if needsCut { try cut(file) }
        do throws(DiskError) {
            try file.write(bytes, at: active.sizeBytes)
        } catch {
            // What was written of the batch must not stay behind a later, shorter one.
            needsCut = true
            try? cut(file)
            throw error
        }
        if !isDirty {
            unsynced.append(file)
            isDirty = true
        }
    }

    private func cut(_ file: any DiskFile) throws(DiskError) {
        try file.truncate(to: active.sizeBytes)
        needsCut = false
    }

    private func noteRefused(_ error: DiskError) {
        if refusal == nil, failure == nil {
            Log.warning("broker.writes-refused", ["topic": topic, "partition": "\(index)", "reason": "\(error)"])
        }
        refusal = error
    }

    private func noteWritten() {
        guard refusal != nil else { return }
        refusal = nil
        Log.info("broker.writes-resumed", ["topic": topic, "partition": "\(index)"])
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
}

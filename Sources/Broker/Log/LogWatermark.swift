// How far a partition's log is synced and where it begins, in the file `watermark`: what tells a torn tail
// from damage. The file has two slots of one sector each, written in turn, so that a torn write leaves the
// other. It is written in place, because that needs no room on a full disk; synced once a second and before
// anything is removed that it vouches for.
//
// A slot, version 2, big-endian: "LGWM", version i16, number u64 (the larger is the newer), session u64, log
// start i64, segment base i64, position i64, next offset i64, flags i16 (1: compacted, so that closed segments
// may have gaps between batches), CRC-32C. The session is the run of the operating
// system that wrote it: in the same one nothing written has been lost, whatever became of the broker.

import Bytes

/// A place in a log, by offset and by segment and position.
struct LogPosition: Equatable, Sendable {
    var segmentBase: Int64
    var position: Int
    var offset: Int64

    /// Whether this place lies before `other`. Offsets decide: the end of one segment and the beginning of the next
    /// are the same place, and the next one's file may be gone after a power cut.
    func isBefore(_ other: LogPosition) -> Bool { offset < other.offset }

    /// Names the last segment that there is, where that of this place was made but its name did not survive: what
    /// lies before the place is in an earlier one.
    mutating func keep(below lastBase: Int64) {
        guard segmentBase > lastBase else { return }
        segmentBase = lastBase
        position = 0
    }
}

/// One slot's content.
struct LogWatermark: Equatable, Sendable {
    static let magic: UInt32 = 0x4c47_574d
    static let slotBytes = 512
    static let sizeBytes = 60

    /// What a watermark file says.
    enum Reading: Equatable {
        /// There is no file, or its creation did not survive.
        case absent
        case found(LogWatermark)
        /// There was a watermark and it cannot be read.
        case damaged
    }

    var number: UInt64
    var session: UInt64
    var start: Int64
    var synced: LogPosition
    var hasGaps: Bool

    func encode() -> [UInt8] {
        var writer = ByteWriter(reserving: Self.slotBytes)
        writer.integer(Self.magic)
        writer.int16(2)
        writer.integer(number)
        writer.integer(session)
        writer.int64(start)
        writer.int64(synced.segmentBase)
        writer.int64(Int64(synced.position))
        writer.int64(synced.offset)
        writer.int16(hasGaps ? 1 : 0)
        writer.integer(CRC32C.checksum(writer.bytes))
        return writer.bytes
    }

    init(number: UInt64, session: UInt64, start: Int64, synced: LogPosition, hasGaps: Bool) {
        self.hasGaps = hasGaps
        self.number = number
        self.session = session
        self.start = start
        self.synced = synced
    }

    /// The slot at `place`; nil when it does not verify.
    init?(_ bytes: [UInt8], at place: Int) {
        guard place >= 0, bytes.count >= place + Self.sizeBytes else { return nil }
        let checked = place + Self.sizeBytes - 4
        guard bytes.bigEndian(at: place, as: UInt32.self) == Self.magic, bytes.bigEndian(at: place + 4) == Int16(2),
            CRC32C.checksum(bytes.span.extracting(place..<checked)) == bytes.bigEndian(at: checked)
        else { return nil }
        let position: Int64 = bytes.bigEndian(at: place + 38)
        guard let position = Int(exactly: position), position >= 0 else { return nil }
        self.init(
            number: bytes.bigEndian(at: place + 6), session: bytes.bigEndian(at: place + 14),
            start: bytes.bigEndian(at: place + 22),
            synced: LogPosition(
                segmentBase: bytes.bigEndian(at: place + 30), position: position, offset: bytes.bigEndian(at: place + 46)),
            hasGaps: bytes.bigEndian(at: place + 54, as: Int16.self) & 1 != 0)
    }

    /// The newer of the slots that verify.
    static func read(_ bytes: [UInt8]?) -> Reading {
        // A file that is not whole, or of zeros, was being created when the power went.
        guard let bytes, bytes.count >= 2 * slotBytes, bytes.contains(where: { $0 != 0 }) else { return .absent }
        let slots = [LogWatermark(bytes, at: 0), LogWatermark(bytes, at: slotBytes)].compactMap { $0 }
        guard let newest = slots.max(by: { $0.number < $1.number }) else { return .damaged }
        return .found(newest)
    }
}

/// The watermark file of one partition, for writing.
struct WatermarkFile {
    /// Milliseconds after which the file is synced along with the log.
    static let syncIntervalMilliseconds: Int64 = 1_000
    private let file: any DiskFile
    private let session: UInt64
    private var number: UInt64
    private(set) var last: LogWatermark?
    /// When it was last handed out to be synced.
    var syncedAt: Int64 = 0
    /// Whether compaction has begun to leave gaps between batches.
    var hasGaps: Bool

    /// Opens the file, made whole if it is not.
    init(_ disk: any Disk, _ path: String, after last: LogWatermark?) throws(DiskError) {
        file = try disk.open(path, creating: true)
        session = disk.session
        number = last?.number ?? 0
        self.last = last
        hasGaps = last?.hasGaps ?? false
        if try file.sizeBytes < 2 * LogWatermark.slotBytes {
            try file.write([UInt8](repeating: 0, count: 2 * LogWatermark.slotBytes).span, at: 0)
        }
    }

    var target: any SyncTarget { file }

    mutating func write(start: Int64, synced: LogPosition) throws(DiskError) {
        let next = LogWatermark(number: number + 1, session: session, start: start, synced: synced, hasGaps: hasGaps)
        do throws(DiskError) {
            try file.write(next.encode().span, at: number % 2 == 0 ? 0 : LogWatermark.slotBytes)
        } catch {
            // This slot may be torn now: the other one must not get lost as well.
            try? file.sync()
            throw error
        }
        number += 1
        last = next
    }

    /// Writes both slots, so that no older one can come back, and waits until they are on disk.
    mutating func writeDurably(start: Int64, synced: LogPosition) throws(DiskError) {
        for _ in 0..<2 {
            try write(start: start, synced: synced)
            try file.sync()
        }
    }
}

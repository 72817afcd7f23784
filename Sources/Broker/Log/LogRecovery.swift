// Opening a partition's log: what is trusted, what is read again, what is cut off and what is refused.
//
// - Up to the watermark everything was synced: damage there makes the partition refuse to serve.
// - Between the watermark and the checkpoint batches are checked; the checkpoint is used if they hold.
// - Behind the checkpoint batches are checked and applied to the producer table.
// - Invalid bytes behind the watermark are a torn tail and cut off, unless a sound batch follows them.
// Closed segments before the watermark are not read; their batches are checked when they are fetched.

import KafkaWire

extension PartitionLog {
    /// Loads what the directory holds, or begins an empty log.
    func recover(now: Int64) throws(DiskError) {
        try disk.createDirectory(directory)
        segmentCreatedAt = now
        let bases = try segmentBases()
        let checkpoint = try disk.readAll(directory + "/checkpoint").flatMap { LogCheckpoint($0) }
        let watermark = try disk.readAll(directory + "/watermark").flatMap { LogPosition($0) }
        startOffset = checkpoint?.logStart ?? bases.first ?? 0
        guard !bases.isEmpty else {
            if let watermark, watermark.offset > 0 {
                failure = "segments are missing: \(watermark.offset) offsets were synced"
            }
            return try begin(at: max(startOffset, watermark?.offset ?? 0))
        }
        try openSegments(bases)
        startOffset = max(startOffset, bases[0])
        try recoverTail(checkpoint: usable(checkpoint), watermark: watermark)
        if failure == nil, let watermark, watermark.offset > endOffset {
            failure = "the log ends at offset \(endOffset), but was synced up to \(watermark.offset)"
        }
        highWatermark = end
        synced = end
    }

    private func segmentBases() throws(DiskError) -> [Int64] {
        var bases: [Int64] = []
        for name in try disk.list(directory) where name.hasSuffix(".log") {
            if let base = Int64(name.dropLast(4)), base >= 0 { bases.append(base) }
        }
        return bases.sorted()
    }

    private func begin(at offset: Int64) throws(DiskError) {
        let segment = LogSegment(
            disk: disk, directory: directory, baseOffset: offset, nextOffset: offset, sizeBytes: 0, isNew: true)
        unsynced = [try segment.file(), try disk.directory(directory)]
        isDirty = true
        segments = [segment]
        highWatermark = end
        synced = end
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

    private func recoverTail(checkpoint: LogCheckpoint?, watermark: LogPosition?) throws(DiskError) {
        guard let checkpoint else { return try replay(from: nil, watermark: watermark) }
        if let watermark, isBefore(watermark, checkpoint), !(try isSound(from: watermark, to: checkpoint)) {
            return try replay(from: nil, watermark: watermark)
        }
        try replay(from: checkpoint, watermark: watermark)
    }

    private func isBefore(_ watermark: LogPosition, _ checkpoint: LogCheckpoint) -> Bool {
        watermark.segmentBase < checkpoint.segmentBase
            || watermark.segmentBase == checkpoint.segmentBase && watermark.position < checkpoint.position
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
    private func replay(from checkpoint: LogCheckpoint?, watermark: LogPosition?) throws(DiskError) {
        producers = checkpoint?.producers ?? ProducerTable()
        for (number, segment) in segments.enumerated() {
            if let checkpoint, segment.baseOffset < checkpoint.segmentBase { continue }
            let size = segment.sizeBytes
            let isLast = number == segments.count - 1
            let expectedNext = isLast ? nil : segment.nextOffset
            segment.reset()
            if let checkpoint, segment.baseOffset == checkpoint.segmentBase {
                segment.restore(entries: checkpoint.entries, maxTimestamp: checkpoint.maxTimestamp)
                segment.sizeBytes = checkpoint.position
                segment.nextOffset = checkpoint.nextOffset
            }
            try replay(segment, fileSize: size, isLast: isLast, watermark: watermark)
            segment.uncheckedBelow = segment.sizeBytes
            if let expectedNext { segment.nextOffset = max(segment.nextOffset, expectedNext) }
            if failure != nil { return }
        }
    }

    private func replay(
        _ segment: LogSegment, fileSize: Int, isLast: Bool, watermark: LogPosition?
    ) throws(DiskError) {
        let file = try segment.file()
        var scanner = BatchScanner(file, from: segment.sizeBytes, end: fileSize)
        while true {
            switch try scanner.next() {
            case .batch(let header, let position):
                guard header.baseOffset >= segment.nextOffset else {
                    failure = "offset \(header.baseOffset) at byte \(position) of \(segment.path) steps back"
                    return
                }
                let outcome = header.isControl ? scanner.outcome(header) : nil
                segment.add(header)
                producers.apply(header, outcome: outcome)
            case .invalid(let position, let reason):
                return try judge(
                    segment, file, position, reason, fileSize: fileSize, isLast: isLast, watermark: watermark)
            case .end:
                return
            }
        }
    }

    /// Invalid bytes: a torn tail is cut off, anything else ends the partition's service.
    private func judge(
        _ segment: LogSegment, _ file: any DiskFile, _ position: Int, _ reason: String, fileSize: Int, isLast: Bool,
        watermark: LogPosition?
    ) throws(DiskError) {
        let wasSynced = watermark.map {
            segment.baseOffset < $0.segmentBase || segment.baseOffset == $0.segmentBase && position < $0.position
        }
        let place = "byte \(position) of \(segment.path), from offset \(segment.nextOffset)"
        if wasSynced == true || !isLast {
            failure = "\(reason), \(place), in synced data"
        } else if try BatchScanner.findsBatch(in: file, after: position, end: fileSize, from: segment.nextOffset) {
            failure = "\(reason), \(place), with sound batches behind it"
        } else {
            try file.truncate(to: position)
            try file.sync()
        }
    }
}

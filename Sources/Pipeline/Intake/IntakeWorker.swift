// Looks into the drop folders, reads what is finished and stores it in the raw topics, remembering in the same
// transaction how far each file was read. A crash in the middle of a file goes on behind its last stored record.
public import Bus
import Crypto
import Foundation
public import Mapping
import Records
public import Runtime
import Synchronization

/// Limits of reading files.
public struct IntakeLimits: Sendable {
    /// Bytes read from a file at a time; what they hold in the shortest of records must fit into memory well.
    public var chunkBytes = 256 << 10
    /// A transaction commits after so many bytes of raw records.
    public var transactionBytesMax = 8 << 20
    /// How often the folders are looked into.
    public var scanMilliseconds = 500

    public init() {}
}

/// One feed's folder and how to cut its files.
public struct IntakeSource: Sendable {
    public var folder: SourceFolder
    public var reader: ReaderSpec

    public init(folder: SourceFolder, reader: ReaderSpec) {
        self.folder = folder
        self.reader = reader
    }
}

/// Intake of one hub; there is one writer to the ledger, fenced by its transactional id.
public final class IntakeWorker: Sendable {
    /// What Intake has done since it started, and what it could not do.
    public struct State: Sendable {
        public var filesRead = 0
        /// Files whose bytes had been read before, under whatever name.
        public var filesKnown = 0
        public var records = 0
        /// Finished files not read yet, as of the last look.
        public var filesWaiting = 0
        public var scans = 0
        /// Folder or file → what is wrong and the fix.
        public var faults: [String: String] = [:]
        public var failure: BusError?
    }

    private let sources: [IntakeSource]
    private let bus: BusSettings
    private let limits: IntakeLimits
    private let readerLimits: ReaderLimits
    private let shutdown: ShutdownSignal
    private let gate: StepGate
    private let stateBox = Mutex(State())

    public init(
        sources: [IntakeSource], bus: BusSettings, shutdown: ShutdownSignal, limits: IntakeLimits = .init(),
        readerLimits: ReaderLimits = .init(), gate: StepGate = .open
    ) {
        self.sources = sources
        self.bus = bus
        self.shutdown = shutdown
        self.limits = limits
        self.readerLimits = readerLimits
        self.gate = gate
    }

    public var state: State { stateBox.withLock { $0 } }

    /// Reads until the shutdown is requested.
    public func run() {
        while !shutdown.isRequested {
            do {
                try session()
            } catch {
                Log.warning("intake.session-ended", ["error": "\(error)"])
                if error.disposition == .stop {
                    stateBox.withLock { $0.failure = error }
                    return
                }
                shutdown.wait(until: Deadline(afterMilliseconds: 1_000))
            }
        }
    }

    private func session() throws(BusError) {
        let producer = try Producer(bus, transactionalId: "intake")
        try producer.initTransactions()
        var ledger = try restoredLedger()
        // Files looked at in this session and found read, by everything the directory says of them: their bytes
        // are not digested again at every look.
        var settled: Set<SourceFile> = []
        while !shutdown.isRequested {
            var waiting = 0
            for source in sources {
                let scan = source.folder.scan(now: Date().timeIntervalSince1970)
                note(fault: scan.fault, at: source.folder.path)
                waiting += scan.unfinished.count
                for file in scan.ready where !settled.contains(file) {
                    if shutdown.isRequested { return }
                    if try read(file, of: source, ledger: &ledger, producer: producer) {
                        settled.insert(file)
                    } else {
                        waiting += 1
                    }
                }
            }
            stateBox.withLock {
                $0.filesWaiting = waiting
                $0.scans += 1
            }
            shutdown.wait(until: Deadline(afterMilliseconds: limits.scanMilliseconds))
        }
    }

    private func restoredLedger() throws(BusError) -> IntakeLedger {
        var ledger = IntakeLedger()
        let reader = try AssignedReader(bus, from: [.oldest(TopicName.state(group: "intake"), 0)])
        try reader.readToEnd { batch in
            for slot in batch.slots {
                ledger.restore(key: batch.text(slot.key), value: Array(batch.arena[slot.value.range]))
            }
        }
        return ledger
    }

    /// Reads one file to its end; false where it changed or could not be read and is to be tried again.
    private func read(
        _ file: SourceFile, of source: IntakeSource, ledger: inout IntakeLedger, producer: Producer
    ) throws(BusError) -> Bool {
        let open: OpenSourceFile
        let digest: String
        do throws(SourceFault) {
            open = try OpenSourceFile(file)
            guard let found = try self.digest(of: open) else { return false }
            digest = found
        } catch {
            note(fault: error.isGone ? nil : error.text, at: file.path)
            return false
        }
        let key = IntakeLedger.key(agency: source.folder.agency, feed: source.folder.feed, digest: digest)
        let known = ledger.entries[key]
        if let known, known.isDone {
            stateBox.withLock { $0.filesKnown += 1 }
            note(fault: nil, at: file.path)
            Log.info("intake.file-known", ["file": file.name, "first": known.file, "records": "\(known.records)"])
            return true
        }
        let origin = Intake.Origin(
            agency: source.folder.agency, feed: source.folder.feed, file: file.name, digest: digest,
            arrival: Timestamp.text(SystemClock().wallMilliseconds()))
        var intake = Intake(
            origin: origin, spec: source.reader, limits: readerLimits, recordsToSkip: known?.records ?? 0)
        var out = RecordBatch()
        var progress = IntakeProgress(
            file: file.name, sizeBytes: file.sizeBytes, records: known?.records ?? 0, isDone: false)
        var place: Int64 = 0
        repeat {
            let chunk: [UInt8]
            do throws(SourceFault) {
                chunk = try open.read(at: place, count: limits.chunkBytes)
            } catch {
                note(fault: error.text, at: file.path)
                return false
            }
            place += Int64(chunk.count)
            let isLast = chunk.isEmpty || place >= file.sizeBytes
            intake.feed(chunk, isLast: isLast, into: &out)
            if isLast || out.arena.count >= limits.transactionBytesMax {
                // Asked before each commit: records of two versions of a file never lie in one transaction.
                guard open.isUnchanged else {
                    note(fault: "changed while it was read; write it under another name and rename it", at: file.path)
                    return false
                }
                progress.records = max(progress.records, intake.recordCount)
                progress.isDone = isLast
                try store(&out, progress, key: key, ledger: &ledger, producer: producer)
                // A large file does not hold up the end: the next start goes on behind what is stored.
                if !isLast, shutdown.isRequested { return false }
            }
        } while !progress.isDone
        note(fault: nil, at: file.path)
        stateBox.withLock { $0.filesRead += 1 }
        return true
    }

    private func store(
        _ out: inout RecordBatch, _ progress: IntakeProgress, key: String, ledger: inout IntakeLedger,
        producer: Producer
    ) throws(BusError) {
        let count = out.count
        ledger.note(progress, key: key)
        ledger.write(key: key, into: &out)
        gate.step("intake.read")
        try producer.beginTransaction()
        try producer.produce(out)
        gate.step("intake.appended")
        try producer.commitTransaction()
        gate.step("intake.acked")
        out.removeAll()
        stateBox.withLock { $0.records += count }
    }

    /// SHA-256 of a file's bytes; nil where it changed meanwhile or the hub is to end.
    private func digest(of file: OpenSourceFile) throws(SourceFault) -> String? {
        var hash = SHA256()
        var place: Int64 = 0
        while !shutdown.isRequested {
            let chunk = try file.read(at: place, count: limits.chunkBytes)
            if chunk.isEmpty { return file.isUnchanged ? hash.finish().hex : nil }
            hash.update(chunk)
            place += Int64(chunk.count)
        }
        return nil
    }

    private func note(fault: String?, at path: String) {
        let isNew = stateBox.withLock { state in
            defer { state.faults[path] = fault }
            return fault != nil && state.faults[path] != fault
        }
        if isNew, let fault { Log.warning("intake.fault", ["path": path, "fault": fault]) }
    }
}

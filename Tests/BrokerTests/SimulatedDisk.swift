// A disk that behaves as badly as real ones may: a power cut keeps, drops, cuts or zeroes each write that was not
// synced, by itself and so in any order; names become durable in their order (as journaling file systems do it);
// a failed sync leaves pages that a later sync takes for written; the disk can be full or refuse a write.
// All chance comes from one seeded generator.

import Bytes
import Synchronization

@testable import Broker

/// What goes wrong from now on.
struct DiskFaults {
    var isFull = false
    /// The next writes fail with EIO.
    var failingWrites = 0
    var failsSync = false
}

final class SimulatedDisk: Disk {
    enum NameChange {
        case create(String, SimulatedFile)
        case rename(String, String)
        case remove(String)
    }

    var session: UInt64 = 1
    var faults = DiskFaults()
    var generator: SeededGenerator
    private(set) var names: [String: SimulatedFile] = [:]
    private var durableNames: [String: SimulatedFile] = [:]
    private var changes: [NameChange] = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private static func apply(_ change: NameChange, to names: inout [String: SimulatedFile]) {
        switch change {
        case .create(let path, let file): names[path] = file
        case .rename(let path, let other): names[other] = names.removeValue(forKey: path)
        case .remove(let path): names[path] = nil
        }
    }

    private func change(_ change: NameChange) {
        Self.apply(change, to: &names)
        changes.append(change)
    }

    func open(_ path: String, creating: Bool) throws(DiskError) -> any DiskFile {
        if let file = names[path] { return file }
        guard creating else { throw DiskError(operation: "open", path: path, code: 2) }
        if faults.isFull { throw DiskError(operation: "open", path: path, code: 28) }
        let file = SimulatedFile(self)
        change(.create(path, file))
        return file
    }

    func directory(_ path: String) throws(DiskError) -> any SyncTarget { SimulatedDirectory(self) }

    func list(_ path: String) throws(DiskError) -> [String] {
        Set(
            names.keys.compactMap { file -> String? in
                guard file.hasPrefix(path + "/") else { return nil }
                return file.dropFirst(path.count + 1).split(separator: "/").first.map(String.init)
            }
        ).sorted()
    }

    func createDirectory(_ path: String) throws(DiskError) {}

    func rename(_ path: String, to other: String) throws(DiskError) {
        guard names[path] != nil else { throw DiskError(operation: "rename", path: path, code: 2) }
        change(.rename(path, other))
    }

    func remove(_ path: String) throws(DiskError) {
        if names[path] != nil { change(.remove(path)) }
    }

    fileprivate func syncNames() {
        for change in changes { Self.apply(change, to: &durableNames) }
        changes = []
    }

    /// The power goes and comes back.
    func cutPower() {
        session += 1
        faults = DiskFaults()
        let kept = Int.random(in: 0...changes.count, using: &generator)
        for change in changes.prefix(kept) { Self.apply(change, to: &durableNames) }
        changes = []
        names = durableNames
        for name in names.keys.sorted() { names[name]?.cutPower(&generator) }
    }

    /// One bit of one file at rest changes; the place is returned.
    func flipBit() -> String? {
        let candidates = names.keys.sorted().filter { (names[$0]?.content.isEmpty ?? true) == false }
        guard let path = candidates.randomElement(using: &generator), let file = names[path] else { return nil }
        let place = Int.random(in: 0..<file.content.count, using: &generator)
        let bit = UInt8.random(in: 0..<8, using: &generator)
        file.flip(place, 1 << bit)
        return "\(path) byte \(place) bit \(bit)"
    }
}

/// Names of a directory; all directories are one here.
/// Safe because tests use the disk from one thread.
final class SimulatedDirectory: SyncTarget, @unchecked Sendable {
    private let disk: SimulatedDisk
    init(_ disk: SimulatedDisk) { self.disk = disk }

    func sync() throws(DiskError) {
        if disk.faults.failsSync { throw DiskError(operation: "sync", path: "directory", code: 5) }
        disk.syncNames()
    }
}

/// One file: what programs see, what is on disk, and the changes between them.
/// Safe because tests use the disk from one thread.
final class SimulatedFile: DiskFile, @unchecked Sendable {
    private enum Change {
        case write(Int, [UInt8])
        case truncate(Int)
    }

    private static let sectorBytes = 512
    private unowned let disk: SimulatedDisk
    private(set) var content: [UInt8] = []
    private var durable: [UInt8] = []
    private var changes: [Change] = []

    init(_ disk: SimulatedDisk) { self.disk = disk }

    var sizeBytes: Int { content.count }

    private static func apply(_ change: Change, to bytes: inout [UInt8]) {
        switch change {
        case .write(let offset, let data):
            let end = offset + data.count
            if bytes.count < end { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
            bytes.replaceSubrange(offset..<end, with: data)
        case .truncate(let size):
            if bytes.count > size { bytes.removeLast(bytes.count - size) }
            if bytes.count < size { bytes.append(contentsOf: repeatElement(0, count: size - bytes.count)) }
        }
    }

    private func change(_ change: Change) {
        Self.apply(change, to: &content)
        changes.append(change)
    }

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(DiskError) {
        let data = bytes.array(0..<bytes.count)
        // Overwriting takes no room.
        let needsRoom = offset + data.count > content.count
        let code: Int32 = disk.faults.failingWrites > 0 ? 5 : disk.faults.isFull && needsRoom ? 28 : 0
        guard code != 0 else { return change(.write(offset, data)) }
        disk.faults.failingWrites = max(0, disk.faults.failingWrites - 1)
        let short = Int.random(in: 0...data.count, using: &disk.generator)
        if short > 0, short < data.count { change(.write(offset, Array(data.prefix(short)))) }
        throw DiskError(operation: "write", path: "simulated", code: code)
    }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(DiskError) {
        let start = min(offset, content.count)
        buffer += content[start..<min(content.count, start + max(0, count))]
    }

    func truncate(to sizeBytes: Int) throws(DiskError) { change(.truncate(sizeBytes)) }

    func sync() throws(DiskError) {
        if disk.faults.failsSync {
            // Data that could not be written is taken for clean from now on; sizes are kept by the journal.
            changes = changes.filter { change in
                if case .truncate = change { return true }
                return Bool.random(using: &disk.generator)
            }
            throw DiskError(operation: "sync", path: "simulated", code: 5)
        }
        for change in changes { Self.apply(change, to: &durable) }
        changes = []
    }

    fileprivate func flip(_ place: Int, _ mask: UInt8) {
        content[place] ^= mask
        durable = content
        changes = []
    }

    fileprivate func cutPower(_ generator: inout SeededGenerator) {
        for change in changes {
            guard case .write(let offset, let data) = change else {
                if Bool.random(using: &generator) { Self.apply(change, to: &durable) }
                continue
            }
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: break
            case 1:
                // Cut at the edge of a sector.
                let edge = (offset / Self.sectorBytes + Int.random(in: 1...4, using: &generator)) * Self.sectorBytes
                Self.apply(.write(offset, Array(data.prefix(max(0, edge - offset)))), to: &durable)
            case 2:
                // The file has grown, but the new blocks were never written.
                let isNew = offset >= durable.count
                Self.apply(.write(offset, isNew ? [UInt8](repeating: 0, count: data.count) : data), to: &durable)
            default: Self.apply(change, to: &durable)
            }
        }
        changes = []
        content = durable
    }
}

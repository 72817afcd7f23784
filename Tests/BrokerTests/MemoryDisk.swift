// A file system in memory with the faults that a real one has: content that was not synced can be lost or
// torn by a crash, the disk can be full, a sync can fail.

import Bytes
import Synchronization

@testable import Broker

/// One file: what programs see, and what a power cut leaves.
final class MemoryFile: DiskFile {
    struct State {
        var content: [UInt8] = []
        var synced: [UInt8] = []
    }

    let state = Mutex(State())
    let faults: MemoryFaults

    init(faults: MemoryFaults) { self.faults = faults }

    var sizeBytes: Int { state.withLock { $0.content.count } }

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(DiskError) {
        if faults.isFull { throw DiskError(operation: "write", path: "memory", code: 28) }
        let copy = bytes.array(0..<bytes.count)
        state.withLock { state in
            let end = offset + copy.count
            if state.content.count < end {
                state.content.append(contentsOf: repeatElement(0, count: end - state.content.count))
            }
            state.content.replaceSubrange(offset..<end, with: copy)
        }
    }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(DiskError) {
        buffer += state.withLock { state in
            let start = min(offset, state.content.count)
            return Array(state.content[start..<min(state.content.count, start + max(0, count))])
        }
    }

    func truncate(to sizeBytes: Int) throws(DiskError) {
        state.withLock { $0.content = Array($0.content.prefix(sizeBytes)) }
    }

    func sync() throws(DiskError) {
        if faults.syncFails { throw DiskError(operation: "sync", path: "memory", code: 5) }
        state.withLock { $0.synced = $0.content }
    }
}

/// What goes wrong.
final class MemoryFaults: Sendable {
    private let state = Mutex((isFull: false, syncFails: false))
    var isFull: Bool {
        get { state.withLock { $0.isFull } }
        set { state.withLock { $0.isFull = newValue } }
    }
    var syncFails: Bool {
        get { state.withLock { $0.syncFails } }
        set { state.withLock { $0.syncFails = newValue } }
    }
}

/// A directory's entries; names are taken to be durable at once (the orders that matter are tested by hand).
final class MemoryDirectory: SyncTarget {
    func sync() throws(DiskError) {}
}

final class MemoryDisk: Disk {
    var files: [String: MemoryFile] = [:]
    let faults = MemoryFaults()
    var session: UInt64 = 1

    func open(_ path: String, creating: Bool) throws(DiskError) -> any DiskFile {
        if let file = files[path] { return file }
        guard creating else { throw DiskError(operation: "open", path: path, code: 2) }
        let file = MemoryFile(faults: faults)
        files[path] = file
        return file
    }

    func directory(_ path: String) throws(DiskError) -> any SyncTarget { MemoryDirectory() }

    func list(_ path: String) throws(DiskError) -> [String] {
        Set(
            files.keys.compactMap { file -> String? in
                guard file.hasPrefix(path + "/") else { return nil }
                return file.dropFirst(path.count + 1).split(separator: "/").first.map(String.init)
            }
        ).sorted()
    }

    func createDirectory(_ path: String) throws(DiskError) {}

    func rename(_ path: String, to other: String) throws(DiskError) {
        guard let file = files.removeValue(forKey: path) else {
            throw DiskError(operation: "rename", path: path, code: 2)
        }
        files[other] = file
    }

    func remove(_ path: String) throws(DiskError) { files[path] = nil }

    /// The disk after a power cut: of each file what was synced and, as `keep` says, a part of the rest.
    func crashed(keep: (_ path: String, _ unsynced: Int) -> Int) -> MemoryDisk {
        let image = MemoryDisk()
        image.session = session + 1
        for (path, file) in files {
            let copy = MemoryFile(faults: image.faults)
            let (content, synced) = file.state.withLock { ($0.content, $0.synced) }
            let isAppend = content.count >= synced.count && Array(content.prefix(synced.count)) == synced
            let kept =
                isAppend
                ? Array(content.prefix(synced.count + keep(path, content.count - synced.count)))
                : (keep(path, 1) > 0 ? content : synced)
            copy.state.withLock { $0 = .init(content: kept, synced: kept) }
            image.files[path] = copy
        }
        return image
    }
}

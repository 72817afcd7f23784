// A disk that is a dictionary: as little as a broker needs, for the fuzz targets.

import Broker
import Synchronization

/// Files in memory.
final class VolatileDisk: Disk {
    let session: UInt64 = 1
    private var files: [String: VolatileFile] = [:]

    func replace(_ path: String, with bytes: [UInt8]) { files[path] = VolatileFile(bytes) }

    func open(_ path: String, creating: Bool) throws(DiskError) -> any DiskFile {
        if let file = files[path] { return file }
        guard creating else { throw DiskError(operation: "open", path: path, code: 2) }
        let file = VolatileFile([])
        files[path] = file
        return file
    }

    func directory(_ path: String) throws(DiskError) -> any SyncTarget { VolatileFile([]) }

    func list(_ path: String) throws(DiskError) -> [String] {
        var names: Set<String> = []
        for file in files.keys where file.hasPrefix(path + "/") {
            if let name = file.dropFirst(path.count + 1).split(separator: "/").first { names.insert(String(name)) }
        }
        return names.sorted()
    }

    func createDirectory(_ path: String) throws(DiskError) {}
    func rename(_ path: String, to other: String) throws(DiskError) { files[other] = files.removeValue(forKey: path) }
    func remove(_ path: String) throws(DiskError) { files[path] = nil }
}

/// One of them.
final class VolatileFile: DiskFile {
    private let content: Mutex<[UInt8]>

    init(_ bytes: [UInt8]) { content = Mutex(bytes) }

    var sizeBytes: Int { content.withLock { $0.count } }

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(DiskError) {
        var data: [UInt8] = []
        for index in bytes.indices { data.append(bytes[index]) }
        content.withLock { content in
            let end = offset + data.count
            if content.count < end { content += [UInt8](repeating: 0, count: end - content.count) }
            content.replaceSubrange(offset..<end, with: data)
        }
    }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(DiskError) {
        buffer += content.withLock { content in
            let start = min(max(0, offset), content.count)
            return Array(content[start..<min(content.count, start + max(0, count))])
        }
    }

    func truncate(to sizeBytes: Int) throws(DiskError) { content.withLock { $0 = Array($0.prefix(sizeBytes)) } }
    func sync() throws(DiskError) {}
}

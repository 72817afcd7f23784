// The real file system, through the C library. Files are created 0600 and directories 0700, because
// logs hold personal data.

import Glibc

/// Files below the data directory.
public final class FileDisk: Disk {
    public let session: UInt64

    public init() {
        var hash: UInt64 = 0
        let path = "/proc/sys/kernel/random/boot_id"
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        var text: [UInt8] = []
        if descriptor >= 0 { try? OpenFile(descriptor: descriptor, path: path).read(into: &text, at: 0, count: 36) }
        for byte in text { hash = hash &* 0x100_0000_01b3 ^ UInt64(byte) }
        session = hash
    }

    public func open(_ path: String, creating: Bool) throws(DiskError) -> any DiskFile {
        let flags = O_RDWR | O_CLOEXEC | (creating ? O_CREAT : 0)
        let descriptor = unsafe Glibc.open(path, flags, 0o600)
        guard descriptor >= 0 else { throw DiskError(operation: "open", path: path, code: errno) }
        return OpenFile(descriptor: descriptor, path: path)
    }

    public func directory(_ path: String) throws(DiskError) -> any SyncTarget {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError(operation: "open", path: path, code: errno) }
        return OpenFile(descriptor: descriptor, path: path)
    }

    public func list(_ path: String) throws(DiskError) -> [String] {
        guard let handle = unsafe opendir(path) else { throw DiskError(operation: "list", path: path, code: errno) }
        defer { unsafe _ = closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    public func createDirectory(_ path: String) throws(DiskError) {
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw DiskError(operation: "create", path: path, code: errno)
        }
    }

    public func rename(_ path: String, to other: String) throws(DiskError) {
        guard unsafe Glibc.rename(path, other) == 0 else {
            throw DiskError(operation: "rename", path: path, code: errno)
        }
    }

    public func remove(_ path: String) throws(DiskError) {
        guard unsafe Glibc.remove(path) == 0 || errno == ENOENT else {
            throw DiskError(operation: "remove", path: path, code: errno)
        }
    }
}

/// One file descriptor. Sendable because it is set once and the calls on it are the kernel's to order.
final class OpenFile: DiskFile {
    private let descriptor: Int32
    private let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    var sizeBytes: Int {
        get throws(DiskError) {
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else { throw failure("stat") }
            return Int(status.st_size)
        }
    }

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(DiskError) {
        let code = unsafe bytes.withUnsafeBytes { source -> Int32 in
            var done = 0
            while done < source.count {
                let count = unsafe pwrite(
                    descriptor, source.baseAddress! + done, source.count - done, off_t(offset + done))
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return count == 0 ? ENOSPC : errno }
                done += count
            }
            return 0
        }
        guard code == 0 else { throw DiskError(operation: "write", path: path, code: code) }
    }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(DiskError) {
        guard count > 0 else { return }
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: count))
        var done = 0
        let code = unsafe buffer.withUnsafeMutableBytes { target -> Int32 in
            while done < count {
                let result = unsafe pread(
                    descriptor, target.baseAddress! + start + done, count - done, off_t(offset + done))
                if result < 0, errno == EINTR { continue }
                if result < 0 { return errno }
                if result == 0 { break }
                done += result
            }
            return 0
        }
        buffer.removeLast(count - done)
        guard code == 0 else { throw DiskError(operation: "read", path: path, code: code) }
    }

    func truncate(to sizeBytes: Int) throws(DiskError) {
        guard ftruncate(descriptor, off_t(sizeBytes)) == 0 else { throw failure("truncate") }
    }

    func sync() throws(DiskError) {
        guard fdatasync(descriptor) == 0 else { throw failure("sync") }
    }

    private func failure(_ operation: String) -> DiskError {
        DiskError(operation: operation, path: path, code: errno)
    }
}

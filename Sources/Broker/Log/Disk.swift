// What the log needs of a file system. The real one is FileDisk; tests use one in memory that can lose
// what was not synced, tear writes, fill up and fail.

/// A file-system failure, with the C library's error number.
public struct DiskError: Error, Equatable, Sendable, CustomStringConvertible {
    public var operation: String
    public var path: String
    public var code: Int32

    public init(operation: String, path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// ENOSPC or EDQUOT: refuse writes, keep serving reads, try again later.
    public var isOutOfSpace: Bool { code == 28 || code == 122 }
    /// ENOENT.
    public var isMissing: Bool { code == 2 }
    public var description: String { "\(operation) \(path): error \(code)" }
}

/// Something that can be made durable; called on threads of the sync pool.
public protocol SyncTarget: AnyObject, Sendable {
    func sync() throws(DiskError)
}

/// An open file. All calls but `sync` come from the broker's one thread.
public protocol DiskFile: SyncTarget {
    var sizeBytes: Int { get throws(DiskError) }
    /// Writes all of `bytes` at `offset`.
    func write(_ bytes: Span<UInt8>, at offset: Int) throws(DiskError)
    /// Appends up to `count` bytes from `offset` to `buffer`; fewer only at the end of the file.
    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(DiskError)
    func truncate(to sizeBytes: Int) throws(DiskError)
}

/// A file system below one directory.
public protocol Disk: AnyObject {
    /// Tells one run of the operating system from another: within one, what was written is there, synced or not.
    var session: UInt64 { get }
    func open(_ path: String, creating: Bool) throws(DiskError) -> any DiskFile
    /// A directory's entries, for `sync`: makes created, renamed and removed names durable.
    func directory(_ path: String) throws(DiskError) -> any SyncTarget
    func list(_ path: String) throws(DiskError) -> [String]
    func createDirectory(_ path: String) throws(DiskError)
    func rename(_ path: String, to other: String) throws(DiskError)
    func remove(_ path: String) throws(DiskError)
}

extension Disk {
    /// The whole file; nil when it does not exist.
    func readAll(_ path: String, sizeBytesMax: Int = 256 << 20) throws(DiskError) -> [UInt8]? {
        let file: any DiskFile
        do throws(DiskError) {
            file = try open(path, creating: false)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        var bytes: [UInt8] = []
        try file.read(into: &bytes, at: 0, count: min(try file.sizeBytes, sizeBytesMax))
        return bytes
    }

    /// Replaces a file so that a crash leaves the old or the new content, whole. With `durably` the new
    /// content also survives a power cut.
    func replace(_ path: String, in directoryPath: String, with bytes: [UInt8], durably: Bool) throws(DiskError) {
        let temporary = path + ".tmp"
        do throws(DiskError) {
            let file = try open(temporary, creating: true)
            try file.truncate(to: 0)
            try file.write(bytes.span, at: 0)
            if durably { try file.sync() }
            try rename(temporary, to: path)
        } catch {
            // On a full disk the half-written copy is in the way of what comes next.
            try? remove(temporary)
            throw error
        }
        if durably { try directory(directoryPath).sync() }
    }
}

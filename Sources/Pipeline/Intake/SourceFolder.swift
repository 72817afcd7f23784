// A folder into which an agency drops its exports: which files are there, and which of them are finished.
import Glibc

/// A file in a source folder, as the directory tells.
public struct SourceFile: Sendable, Hashable {
    public var path: String
    /// For people; bytes that are not UTF-8 stand as `%XX`.
    public var name: String
    /// The path's bytes as the directory has them: a name need not be UTF-8.
    public var place: [UInt8]
    public var sizeBytes: Int64
    /// Seconds since 1970.
    public var modified: Double
    public var inode: UInt64
}

/// What a look into a folder found.
public struct FolderScan: Sendable {
    /// Finished files, oldest first and then by name: the order in which they are read.
    public var ready: [SourceFile] = []
    /// Files that are still being written.
    public var unfinished: [SourceFile] = []
    /// Why the folder, or a file in it, could not be looked at; nil: nothing wrong.
    public var fault: String?
}

/// A drop folder. A writer announces a finished file by renaming it into place; one who cannot, by leaving it
/// alone for the quiet period.
public struct SourceFolder: Sendable {
    public var agency: String
    public var feed: String
    public var path: String
    /// How long a file must have been left alone.
    public var quietSeconds: Double

    public init(agency: String, feed: String, path: String, quietSeconds: Double = 2) {
        self.agency = agency
        self.feed = feed
        self.path = path
        self.quietSeconds = quietSeconds
    }

    /// Endings that transfer programs give to files under way.
    static let unfinishedSuffixes = [".part", ".tmp", ".filepart", ".crdownload", ".swp"]

    /// Looks into the folder. Hidden files are not exports; folders below it are not entered.
    ///
    /// - Parameter now: seconds since 1970, by the clock that stamps the files.
    public func scan(now: Double) -> FolderScan {
        var scan = FolderScan()
        guard let directory = unsafe opendir(path) else {
            scan.fault = "\(path) cannot be listed (\(Self.words(of: errno))); give the hub's user read and search permission"
            return scan
        }
        defer { unsafe _ = closedir(directory) }
        let descriptor = unsafe dirfd(directory)
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            guard name.first != UInt8(ascii: ".") else { continue }
            var status = stat()
            let code = unsafe fstatat(descriptor, name.map { CChar(bitPattern: $0) } + [0], &status, AT_SYMLINK_NOFOLLOW)
            if code != 0 {
                // Taken away since it was listed: nothing to say. Else nobody would know why it is never read.
                if errno != ENOENT {
                    scan.fault = "\(path)/\(Self.text(name)) cannot be looked at (\(Self.words(of: errno))); "
                        + "give the hub's user search permission on the folder"
                }
                continue
            }
            guard status.st_mode & S_IFMT == S_IFREG else { continue }
            let text = Self.text(name)
            let file = SourceFile(
                path: path + "/" + text, name: text, place: Array(path.utf8) + [UInt8(ascii: "/")] + name,
                sizeBytes: Int64(status.st_size), modified: Self.modified(status), inode: UInt64(status.st_ino))
            let isNamedUnfinished = Self.unfinishedSuffixes.contains { text.lowercased().hasSuffix($0) }
            // A file dated in the future (a clock that was set back) is not held up for ever: it is taken by name.
            let age = now - file.modified
            let isQuiet = age >= quietSeconds || age < -60
            if isNamedUnfinished || !isQuiet { scan.unfinished.append(file) } else { scan.ready.append(file) }
        }
        scan.ready.sort { ($0.modified, $0.name) < ($1.modified, $1.name) }
        return scan
    }

    /// A name for people: itself where it is UTF-8, else with every byte that is not ASCII as `%XX`.
    static func text(_ name: [UInt8]) -> String {
        if let text = String(validating: name, as: UTF8.self) { return text }
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        var text = ""
        for byte in name {
            if byte < 0x80 {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text.unicodeScalars.append(contentsOf: ["%", digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return text
    }

    /// Seconds since 1970, as exact as the file system has them.
    static func modified(_ status: stat) -> Double {
        Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1_000_000_000
    }

    /// The system's words for one of its error codes.
    static func words(of code: Int32) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}

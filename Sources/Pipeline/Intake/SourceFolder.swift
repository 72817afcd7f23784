// A folder into which an agency drops its exports: which files are there, and which of them are finished.
import Foundation

/// A file in a source folder, as the directory tells.
public struct SourceFile: Sendable, Hashable {
    public var path: String
    public var name: String
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
        let manager = FileManager.default
        let names: [String]
        do {
            names = try manager.contentsOfDirectory(atPath: path)
        } catch {
            scan.fault = "\(path) cannot be listed (\(error.localizedDescription)); give the hub's user read and search permission"
            return scan
        }
        for name in names where !name.hasPrefix(".") {
            let full = path + "/" + name
            guard let attributes = try? manager.attributesOfItem(atPath: full) else { continue }
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            let file = SourceFile(
                path: full, name: name, sizeBytes: (attributes[.size] as? NSNumber)?.int64Value ?? 0,
                modified: (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0,
                inode: (attributes[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0)
            let isNamedUnfinished = Self.unfinishedSuffixes.contains { name.lowercased().hasSuffix($0) }
            // A file dated in the future (a clock that was set back) is not held up for ever: it is taken by name.
            let age = now - file.modified
            let isQuiet = age >= quietSeconds || age < -60
            if isNamedUnfinished || !isQuiet { scan.unfinished.append(file) } else { scan.ready.append(file) }
        }
        scan.ready.sort { ($0.modified, $0.name) < ($1.modified, $1.name) }
        return scan
    }
}

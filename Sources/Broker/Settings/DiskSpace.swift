// How much room the file system of the data directory has.

import Glibc

/// The size of a file system.
struct DiskSpace {
    var totalBytes: Int64
    /// What the program may still write.
    var usableBytes: Int64

    /// Nil when the directory cannot be looked at.
    static func of(_ directory: String) -> DiskSpace? {
        var found = statvfs()
        guard unsafe statvfs(directory, &found) == 0 else { return nil }
        let unit = Int64(clamping: found.f_frsize)
        return DiskSpace(
            totalBytes: Int64(clamping: found.f_blocks).multipliedReportingOverflow(by: unit).partialValue,
            usableBytes: Int64(clamping: found.f_bavail).multipliedReportingOverflow(by: unit).partialValue)
    }
}

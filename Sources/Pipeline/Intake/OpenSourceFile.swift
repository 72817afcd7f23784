// A source file while it is read. One descriptor from the digest to the last record, so that a file renamed over it
// does not mix with it; what is written into it meanwhile shows in its size or time, and nothing of it is stored.
import Glibc

/// Why a source file could not be read, in words for whoever runs the hub.
struct SourceFault: Error {
    var text: String
    /// It is gone: nothing to report, the folder tells.
    var isGone = false
}

/// An open source file, closed with its last use.
final class OpenSourceFile {
    private let descriptor: Int32
    private let file: SourceFile

    init(_ file: SourceFile) throws(SourceFault) {
        // Neither a link put in the file's place nor a pipe is followed or waited for.
        let path = file.place.map { CChar(bitPattern: $0) } + [0]
        descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        self.file = file
        guard descriptor >= 0 else {
            let code = errno
            throw SourceFault(
                text: "cannot be opened (\(SourceFolder.words(of: code))); give the hub's user read permission",
                isGone: code == ENOENT)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Up to `count` bytes from a place on; empty at the end of the file.
    func read(at place: Int64, count: Int) throws(SourceFault) -> [UInt8] {
        var code: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let result = unsafe pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(place) + filled)
                if result < 0, errno == EINTR { continue }
                if result < 0 { code = errno }
                if result <= 0 { break }
                filled += result
            }
        }
        guard code == 0 else {
            throw SourceFault(text: "cannot be read (\(SourceFolder.words(of: code))); check the disk")
        }
        return bytes
    }

    /// Whether the file is still the one that the directory showed.
    var isUnchanged: Bool {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        return SourceFolder.modified(status) == file.modified && Int64(status.st_size) == file.sizeBytes
            && UInt64(status.st_ino) == file.inode
    }
}

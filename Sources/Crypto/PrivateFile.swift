// Files that hold keys: written whole or not at all, readable by their owner only, and refused when others
// can read them.

import Glibc

/// Reading and writing of files of mode 0600.
public enum PrivateFile {
    /// The largest key file that is read, in bytes.
    public static let sizeBytesMax = 1 << 20

    /// Writes a file of mode 0600 beside the path and renames it into place.
    public static func write(_ bytes: [UInt8], to path: String) throws(CryptoError) {
        let draft = "\(path).\(getpid()).draft"
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CryptoError(.file, "cannot create \(draft): error \(errno)") }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress! + written, buffer.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        let synced = written == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard synced, unsafe rename(draft, path) == 0 else {
            let code = errno
            unsafe unlink(draft)
            throw CryptoError(.file, "cannot write \(path): error \(code)")
        }
    }

    /// Reads a key file; refused when group or others may read or write it.
    public static func read(_ path: String) throws(CryptoError) -> [UInt8] { try read(path, isShared: false) }

    /// Reads a file of certificates, which others may read.
    public static func readShared(_ path: String) throws(CryptoError) -> [UInt8] { try read(path, isShared: true) }

    private static func read(_ path: String, isShared: Bool) throws(CryptoError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CryptoError(.file, "cannot open \(path): error \(errno)") }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw CryptoError(.file, "cannot examine \(path)") }
        guard isShared || status.st_mode & 0o077 == 0 else {
            throw CryptoError(.file, "\(path) is open to others; set its mode to 0600")
        }
        guard let size = Int(exactly: status.st_size), size <= sizeBytesMax else {
            throw CryptoError(.file, "\(path) is too large for a key file")
        }
        var bytes = [UInt8](repeating: 0, count: size)
        var count = 0
        while count < size {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
            }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { throw CryptoError(.file, "cannot read \(path)") }
            count += got
        }
        return bytes
    }
}

// The hub's own secret: the key of the subject references. Made once, kept in a file only the hub's user can
// read; with it lost, references no longer join with what was published before.
import Crypto
import Foundation

enum HubSecrets {
    static let keyBytes = 32

    /// The key of the subject references, made on first use.
    static func subjectKey(data: String) throws(CommandFailure) -> [UInt8] {
        let folder = data + "/keys"
        let path = folder + "/subject-reference.key"
        let manager = FileManager.default
        do {
            try manager.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(
                .unreachable,
                "\(folder) cannot be made (\(error.localizedDescription)); --data names a folder that the hub may write")
        }
        if let known = manager.contents(atPath: path) {
            guard known.count == keyBytes else {
                throw CommandFailure(.integrity, "\(path) has \(known.count) bytes, a key has \(keyBytes); put the backup back")
            }
            return [UInt8](known)
        }
        guard let key = try? RandomBytes.make(count: keyBytes) else {
            throw CommandFailure(.unreachable, "the system's random generator gives nothing; is the machine starting up?")
        }
        // Written aside and renamed: a crash leaves the whole key or none.
        let draft = path + ".draft"
        guard manager.createFile(atPath: draft, contents: Data(key), attributes: [.posixPermissions: 0o600]),
            unsafe rename(draft, path) == 0
        else {
            throw CommandFailure(.unreachable, "\(path) cannot be written; check the disk and the folder's permission")
        }
        return key
    }
}

// Reads Adapters, Contracts and Routes below a root into a FileTree: the only place that opens them.
import Foundation
import Records

enum FileRoot {
    static let folders = ["Adapters", "Contracts", "Routes"]
    /// One configuration file; samples below Adapters may be larger and are left out.
    static let fileBytesMax = 4 << 20

    /// Every configuration file below the root.
    static func load(_ root: String) throws(CommandFailure) -> FileTree {
        var tree = FileTree()
        let manager = FileManager.default
        for folder in folders {
            let base = root + "/" + folder
            guard let walk = manager.enumerator(atPath: base) else {
                throw CommandFailure(.usage, "\(base) is missing; --root names the folder that holds Adapters, Contracts and Routes")
            }
            for case let name as String in walk {
                guard name.hasSuffix(".json") || name.hasSuffix(".csv"), !name.contains("/samples/") else { continue }
                let path = base + "/" + name
                guard let bytes = manager.contents(atPath: path) else {
                    throw CommandFailure(.usage, "\(path) cannot be read; give the hub's user read permission")
                }
                guard bytes.count <= fileBytesMax else {
                    throw CommandFailure(.usage, "\(path) has \(bytes.count) bytes; a configuration file has at most \(fileBytesMax)")
                }
                tree.files[folder + "/" + name] = [UInt8](bytes)
            }
        }
        return tree
    }

    /// A file's bytes, `-` for standard input.
    static func bytes(of path: String) throws(CommandFailure) -> [UInt8] {
        if path == "-" { return [UInt8](FileHandle.standardInput.readDataToEndOfFile()) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.usage, "\(path) cannot be read; is the path right, and may this user read it?")
        }
        return [UInt8](data)
    }

    /// The files below a folder by path relative to it; `suffix` is the end of the names wanted.
    static func files(below folder: String, suffix: String) throws(CommandFailure) -> [String: [UInt8]] {
        guard isFolder(folder), let walk = FileManager.default.enumerator(atPath: folder) else {
            throw CommandFailure(.usage, "\(folder) is no folder that can be read; is the path right?")
        }
        var files: [String: [UInt8]] = [:]
        for case let name as String in walk where name.hasSuffix(suffix) {
            files[name] = try bytes(of: folder + "/" + name)
        }
        return files
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        // Safe because the flag outlives the call.
        return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// The path as a `file:` URI, under which documents that lie side by side refer to each other.
    static func uri(of path: String) -> String {
        URL(filePath: path).standardizedFileURL.absoluteString
    }
}

// Where the conformance suites lie: beside the package, outside the repository.

import Glibc

enum SharedSuites {
    /// `../shared/suites` from the package's root, or nil with a line that says so.
    static func folder(_ name: String) -> String? {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        while let last = parts.last, last != "Tests" { parts.removeLast() }
        // A worktree may lie one level deeper than the package itself.
        for above in 2...3 where parts.count > above {
            let path = parts.dropLast(above).joined(separator: "/") + "/shared/suites/" + name
            if unsafe access(path, R_OK) == 0 { return path }
        }
        print("skipped: ../shared/suites/\(name) is not there")
        return nil
    }

    static func read(_ path: String) -> [UInt8] {
        guard let file = unsafe fopen(path, "rb") else { return [] }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Files below a folder by path relative to it.
    static func files(_ folder: String, suffix: String, under prefix: String = "") -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        guard let directory = unsafe opendir(folder + "/" + prefix) else { return found }
        defer { unsafe closedir(directory) }
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(".") { continue }
            let path = prefix.isEmpty ? name : prefix + "/" + name
            if name.hasSuffix(suffix) {
                found[path] = read(folder + "/" + path)
            } else {
                found.merge(files(folder, suffix: suffix, under: path)) { first, _ in first }
            }
        }
        return found
    }
}

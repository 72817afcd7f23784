// The source tree as the tidy tests see it.
import Foundation

enum Tree {
    /// The package's root, found from this file's own place.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct SourceFile {
        var path: String
        var text: String
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var imports: [String] {
            lines.compactMap { line in
                guard let match = line.firstMatch(of: /^(?:@\w+ )*(?:public |internal |package )?import (?:\w+ )?(\w+)/) else {
                    return nil
                }
                return String(match.1)
            }
        }
    }

    static func files(below folder: String, suffix: String) throws -> [SourceFile] {
        let base = root.appending(path: folder)
        guard let walk = FileManager.default.enumerator(atPath: base.path) else { return [] }
        return try walk.compactMap { $0 as? String }.filter { $0.hasSuffix(suffix) }.sorted().map { name in
            SourceFile(
                path: folder + "/" + name, text: String(decoding: try Data(contentsOf: base.appending(path: name)), as: UTF8.self))
        }
    }

    static func swiftFiles(below folder: String) throws -> [SourceFile] { try files(below: folder, suffix: ".swift") }
}

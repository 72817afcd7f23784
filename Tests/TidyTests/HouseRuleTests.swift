// House rules that are tests: sizes, banned words, places where a trap may stand, paths named in the README.
import Foundation
import Testing

@Suite struct HouseRuleTests {
    /// Tables of constants, longer than a concept's file may be, each with its reason.
    static let longFiles: [String: String] = [:]

    @Test func filesStayBelowFourHundredLines() throws {
        for file in try Tree.swiftFiles(below: "Sources") + Tree.swiftFiles(below: "Tests") {
            guard Self.longFiles[file.path] == nil else { continue }
            #expect(file.lines.count <= 401, "\(file.path) has \(file.lines.count) lines: is it two concepts?")
        }
    }

    @Test func linesFitTheColumn() throws {
        for file in try Tree.swiftFiles(below: "Sources") {
            for (index, line) in file.lines.enumerated() {
                #expect(line.count <= 140, "\(file.path):\(index + 1) is \(line.count) wide")
            }
        }
    }

    @Test func everyFileSaysWhatItOwns() throws {
        for file in try Tree.swiftFiles(below: "Sources") {
            #expect(file.text.hasPrefix("//"), "\(file.path) starts without a header comment")
        }
    }

    @Test func nothingTrapsOrIsLeftOver() throws {
        // Built from parts so that this file does not find itself.
        let banned = [" fatal" + "Error(\"", "try" + "!", " as" + "! ", "TO" + "DO", "FIX" + "ME", "XX" + "X:"]
        for file in try Tree.swiftFiles(below: "Sources") {
            for (index, line) in file.lines.enumerated() {
                for word in banned {
                    #expect(!line.contains(word), "\(file.path):\(index + 1) has \(word)")
                }
            }
        }
    }

    @Test func everyUncheckedSendableSaysWhyItIsSafe() throws {
        for file in try Tree.swiftFiles(below: "Sources") {
            let lines = file.lines
            for (index, line) in lines.enumerated() where line.contains("@unchecked Sendable") {
                let nearby = lines[max(0, index - 8)...min(lines.count - 1, index + 2)].joined(separator: "\n")
                #expect(nearby.lowercased().contains("safe because"), "\(file.path):\(index + 1) does not say why it is safe")
            }
        }
    }

    @Test func theReadmeNamesOnlyWhatExists() throws {
        let readme = try String(contentsOf: Tree.root.appending(path: "README.md"), encoding: .utf8)
        let path = /`((?:Sources|Scripts|Adapters|Contracts|Routes|Docs|Tests)\/[A-Za-z0-9_.\/-]+)`/
        let named = Set(readme.matches(of: path).map { String($0.1) })
        #expect(!named.isEmpty)
        for name in named.sorted() {
            #expect(FileManager.default.fileExists(atPath: Tree.root.appending(path: name).path), "README names \(name)")
        }
    }

    @Test func noMachinePathStandsInTheTree() throws {
        let places = ["/wo" + "rk/", "/ro" + "ot/", "bash_" + "jobs"]
        for folder in ["Sources", "Tests", "Scripts", "Docs", "Adapters", "Contracts", "Routes"] {
            for suffix in [".swift", ".sh", ".md", ".json", ".py"] {
                for file in try Tree.files(below: folder, suffix: suffix) {
                    for place in places {
                        #expect(!file.text.contains(place), "\(file.path) holds a path of one machine")
                    }
                }
            }
        }
    }
}

// The fuzz targets for a moment: a few thousand mutations of sound inputs, the same in every run. The long form
// is Scripts/soak.sh fuzz.
import Foundation
import Fuzzing
import Testing

@testable import Broker

@Suite struct FuzzTests {
    @Test(arguments: FuzzGroup.allCases) func mutatedInputTrapsNothing(_ group: FuzzGroup) {
        var random = SeededGenerator(seed: UInt64(group.rawValue))
        let rounds: Int =
            switch group {
            case .messages, .stored: 1_500
            case .documents, .patterns, .schemas: 600
            case .frames, .batches, .recovery: 100
            }
        for seed in group.seeds { group.run(seed) }
        for _ in 0..<rounds { group.run(group.mutation(&random)) }
    }

    /// A message that is not in the list is not fuzzed.
    @Test func everyMessageOfTheWireFormatIsFuzzed() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let list = try String(contentsOf: root.appending(path: "Sources/Fuzzing/MessageList.swift"), encoding: .utf8)
        let folder = root.appending(path: "Sources/KafkaWire")
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /struct (\w+): WireMessage/) {
                #expect(list.contains(" \(match.1).self"), "add \(match.1).self to Sources/Fuzzing/MessageList.swift")
            }
        }
    }
}

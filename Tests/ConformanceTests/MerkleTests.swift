// transparency-dev's RFC 6962 proofs, run where the suite is present: every one marked as an error must be
// refused, every other accepted.

import Audit
import Foundation
import JSON
import Testing

@Suite struct MerkleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let suite = root.deletingLastPathComponent().appending(path: "shared/suites/merkle/testdata")

    /// The suite's folder beside the project, or beside the folder that holds its work trees.
    private static func folder() -> URL? {
        [
            suite,
            root.deletingLastPathComponent().deletingLastPathComponent().appending(
                path: "shared/suites/merkle/testdata"),
        ]
        .first { FileManager.default.fileExists(atPath: $0.path) }
    }

    @Test(arguments: ProofVector.Kind.allCases)
    func proofsOfTheSuite(_ kind: ProofVector.Kind) throws {
        guard let folder = Self.folder()?.appending(path: kind.rawValue) else {
            print("skipped: the Merkle suite is not present")
            return
        }
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var acceptedCount = 0
        var refusedCount = 0
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "json" else { continue }
            let document = try JSONValue(parsing: Array(try Data(contentsOf: file)))
            guard case .bool(let mustFail)? = document["wantErr"] else { continue }
            // A vector whose hash is no hash is refused before it is checked.
            let holds = (try? ProofVector(document, kind: kind))?.holds ?? false
            #expect(holds == !mustFail, "\(file.lastPathComponent)")
            if holds { acceptedCount += 1 } else { refusedCount += 1 }
        }
        #expect(acceptedCount + refusedCount > 50)
        print("Merkle suite, \(kind.rawValue): \(acceptedCount) accepted, \(refusedCount) refused")
    }
}

// `lgsp audit`: proofs about the release log, checked without trusting who made them.
import Audit
import JSON

enum AuditCommands {
    static let all: [Command] = [verifyProof]

    static let verifyProof = Command(
        words: ["audit", "verify-proof"], summary: "whether one proof of an RFC 6962 log holds",
        options: [
            .value("kind", "inclusion|consistency", "what the proof is of (required)"),
            .value("vector", "FILE", "the proof as JSON: leafIdx, treeSize, root, leafHash, proof, or size1, size2, root1, root2, proof (required)"),
        ],
        example: "lgsp audit verify-proof --kind inclusion --vector proof.json"
    ) { arguments in
        guard let word = arguments.value("kind"), let kind = ProofVector.Kind(rawValue: word) else {
            throw CommandFailure(.usage, "--kind must be \(ProofVector.Kind.allCases.map(\.rawValue).joined(separator: " or "))")
        }
        guard let file = arguments.value("vector") else { throw CommandFailure(.usage, "--vector FILE is missing: the proof") }
        let bytes = try FileRoot.bytes(of: file)
        var holds = false
        var reason = "the proof does not lead to the root"
        do {
            holds = try ProofVector(try JSONValue(parsing: bytes), kind: kind).holds
        } catch {
            // A hash that is no hash proves nothing: the answer is no, not that the question was wrong.
            reason = "\(error)"
        }
        if arguments.json {
            Output.json(holds ? ["holds": true] : ["holds": false, "reason": .string(reason)])
        } else {
            Output.line(holds ? "\(file): the proof holds" : "\(file): the proof does not hold: \(reason)")
        }
        return holds ? .done : .doesNotHold
    }
}

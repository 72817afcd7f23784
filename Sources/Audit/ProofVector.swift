// One proof as a JSON file, for `lgsp audit verify-proof`: made by this hub or by anybody's RFC 6962 log.

import Bytes
public import Crypto
public import JSON

/// Why a file is no proof that could be checked.
public struct ProofVectorError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The member that is missing or of another form.
    public var member: String
    public var description: String { "\(member): missing, or not of the form that a proof has" }
}

/// A proof with what it is to be checked against; hashes are base64.
public enum ProofVector: Sendable, Equatable {
    /// What a file is said to hold.
    public enum Kind: String, Sendable, CaseIterable {
        case inclusion, consistency
    }

    /// `{leafIdx, treeSize, root, leafHash, proof}`.
    case inclusion(leaf: Digest, index: UInt64, size: UInt64, root: Digest, proof: [Digest])
    /// `{size1, size2, root1, root2, proof}`.
    case consistency(oldSize: UInt64, newSize: UInt64, oldRoot: Digest, newRoot: Digest, proof: [Digest])

    /// Reads a proof; members that are not needed are ignored.
    public init(_ value: JSONValue, kind: Kind) throws(ProofVectorError) {
        var proof: [Digest] = []
        switch value["proof"] {
        case .array(let steps)?:
            // A path is as long as the tree is high; more is not a proof but a burden.
            guard steps.count <= 128 else { throw ProofVectorError(member: "proof") }
            for step in steps { proof.append(try ProofVector.hash(step, "proof")) }
        case .null?, nil: break
        default: throw ProofVectorError(member: "proof")
        }
        switch kind {
        case .inclusion:
            self = .inclusion(
                leaf: try ProofVector.hash(value["leafHash"], "leafHash"),
                index: try ProofVector.number(value["leafIdx"], "leafIdx"),
                size: try ProofVector.number(value["treeSize"], "treeSize"),
                root: try ProofVector.hash(value["root"], "root"), proof: proof)
        case .consistency:
            self = .consistency(
                oldSize: try ProofVector.number(value["size1"], "size1"),
                newSize: try ProofVector.number(value["size2"], "size2"),
                oldRoot: try ProofVector.hash(value["root1"], "root1"),
                newRoot: try ProofVector.hash(value["root2"], "root2"), proof: proof)
        }
    }

    /// Whether the proof holds.
    public var holds: Bool {
        switch self {
        case .inclusion(let leaf, let index, let size, let root, let proof):
            MerkleProof.verifyInclusion(leaf: leaf, index: index, size: size, proof: proof, root: root)
        case .consistency(let oldSize, let newSize, let oldRoot, let newRoot, let proof):
            MerkleProof.verifyConsistency(
                oldSize: oldSize, newSize: newSize, oldRoot: oldRoot, newRoot: newRoot, proof: proof)
        }
    }

    /// The proof as a file, to hand out.
    public var json: JSONValue {
        func text(_ digest: Digest) -> JSONValue { .string(Base64.encode(digest.bytes)) }
        switch self {
        case .inclusion(let leaf, let index, let size, let root, let proof):
            return .object([
                JSONMember("leafIdx", .number(String(index))), JSONMember("treeSize", .number(String(size))),
                JSONMember("root", text(root)), JSONMember("leafHash", text(leaf)),
                JSONMember("proof", .array(proof.map(text))),
            ])
        case .consistency(let oldSize, let newSize, let oldRoot, let newRoot, let proof):
            return .object([
                JSONMember("size1", .number(String(oldSize))), JSONMember("size2", .number(String(newSize))),
                JSONMember("root1", text(oldRoot)), JSONMember("root2", text(newRoot)),
                JSONMember("proof", .array(proof.map(text))),
            ])
        }
    }

    private static func hash(_ value: JSONValue?, _ member: String) throws(ProofVectorError) -> Digest {
        guard let text = value?.stringValue, let bytes = try? Base64.decode(text), let digest = Digest(bytes: bytes)
        else { throw ProofVectorError(member: member) }
        return digest
    }

    private static func number(_ value: JSONValue?, _ member: String) throws(ProofVectorError) -> UInt64 {
        guard case .number(let text)? = value, let number = UInt64(text) else { throw ProofVectorError(member: member) }
        return number
    }
}

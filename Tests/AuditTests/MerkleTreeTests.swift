// The tree against RFC 6962's own words, and proofs against every way to bend them.

import Crypto
import Testing

@testable import Audit

@Suite struct MerkleTreeTests {
    private static let entries = (0..<40).map { Array("entry \($0 * 7919 % 101)".utf8) }

    private static func tree(_ entries: ArraySlice<[UInt8]>) -> MerkleTree {
        var tree = MerkleTree()
        for entry in entries { tree.append(entry: entry) }
        return tree
    }

    @Test func rootsAreThoseOfTheDefinitionAtEverySize() {
        var range = CompactRange()
        var tree = MerkleTree()
        #expect(range.root == ReferenceTree.root([]))
        for size in 1...Self.entries.count {
            range.append(entry: Self.entries[size - 1])
            tree.append(entry: Self.entries[size - 1])
            let expected = ReferenceTree.root(Self.entries[..<size])
            #expect(range.root == expected)
            #expect(tree.root() == expected)
            #expect(range.peaks.count == size.nonzeroBitCount)
        }
        let resumed = CompactRange(size: range.size, peaks: range.peaks)
        #expect(resumed == range)
        #expect(CompactRange(size: range.size + 1, peaks: range.peaks) == nil)
    }

    @Test func inclusionProofsAreThoseOfTheDefinitionAndVerify() throws {
        let tree = Self.tree(Self.entries[...])
        for size in 1...Self.entries.count {
            let root = try #require(tree.root(size: size))
            for index in 0..<size {
                let proof = try #require(tree.inclusionProof(index: index, size: size))
                #expect(proof == ReferenceTree.path(index, Self.entries[..<size]))
                let leaf = MerkleHash.leaf(Self.entries[index])
                func verify(_ index: Int, _ size: Int, _ proof: [Digest]) -> Bool {
                    MerkleProof.verifyInclusion(
                        leaf: leaf, index: UInt64(index), size: UInt64(size), proof: proof, root: root)
                }
                #expect(verify(index, size, proof))
                #expect(!verify(index + 1, size, proof))
                #expect(!verify(index, size, proof + [root]))
                if !proof.isEmpty { #expect(!verify(index, size, Array(proof.dropLast()))) }
            }
        }
        #expect(tree.inclusionProof(index: 40, size: 40) == nil)
        #expect(tree.inclusionProof(index: -1, size: 40) == nil)
        #expect(tree.inclusionProof(index: 0, size: 41) == nil)
    }

    @Test func consistencyProofsAreThoseOfTheDefinitionAndVerify() throws {
        let tree = Self.tree(Self.entries[...])
        for new in 1...Self.entries.count {
            let newRoot = try #require(tree.root(size: new))
            for old in 1...new {
                let oldRoot = try #require(tree.root(size: old))
                let proof = try #require(tree.consistencyProof(old: old, new: new))
                #expect(proof == ReferenceTree.subproof(old, Self.entries[..<new], true))
                func verify(_ proof: [Digest], _ oldRoot: Digest, _ newRoot: Digest) -> Bool {
                    MerkleProof.verifyConsistency(
                        oldSize: UInt64(old), newSize: UInt64(new), oldRoot: oldRoot, newRoot: newRoot, proof: proof)
                }
                #expect(verify(proof, oldRoot, newRoot))
                #expect(!verify(proof + [newRoot], oldRoot, newRoot))
                #expect(!verify(proof, oldRoot, MerkleHash.ofNothing))
                #expect(!verify(proof, MerkleHash.ofNothing, newRoot))
                if !proof.isEmpty { #expect(!verify(Array(proof.dropLast()), oldRoot, newRoot)) }
            }
        }
        #expect(tree.consistencyProof(old: 0, new: 5) == nil)
        #expect(tree.consistencyProof(old: 6, new: 5) == nil)
    }

    @Test func numbersFromOutsideNeverTrap() {
        let hash = MerkleHash.ofNothing
        let long = [Digest](repeating: hash, count: 200)
        for (index, size) in [(UInt64.max, UInt64.max), (0, .max), (.max - 1, .max), (0, 0), (5, 3)]
            as [(UInt64, UInt64)]
        {
            #expect(!MerkleProof.verifyInclusion(leaf: hash, index: index, size: size, proof: long, root: hash))
            #expect(
                !MerkleProof.verifyConsistency(oldSize: index, newSize: size, oldRoot: hash, newRoot: hash, proof: long)
            )
        }
    }
}

// Tampering with a log must show against the heads that somebody else keeps.

import Crypto
import Testing

@testable import Audit

@Suite struct LogVerificationTests {
    private static let entries = (0..<300).map { Array("{\"id\":\"\($0)\",\"decision\":\"permit\"}".utf8) }

    private static func heads(_ sizes: [Int]) -> [TreeHead] {
        var range = CompactRange()
        var heads: [TreeHead] = []
        for (place, entry) in entries.enumerated() {
            range.append(entry: entry)
            if sizes.contains(place + 1) {
                heads.append(TreeHead(log: "test", size: range.size, root: range.root, timestampMilliseconds: 0))
            }
        }
        return heads
    }

    private static func verdict(_ entries: [[UInt8]], _ heads: [TreeHead]) -> LogVerdict {
        var verification = LogVerification(heads: heads)
        for entry in entries { verification.add(entry) }
        return verification.finish()
    }

    @Test func anUntouchedLogIsIntact() {
        let heads = Self.heads([100, 200, 300])
        #expect(Self.verdict(Self.entries, heads) == .intact(size: 300, pastLastHead: 0))
        #expect(Self.verdict(Self.entries, Array(heads.prefix(2))) == .intact(size: 300, pastLastHead: 100))
        #expect(Self.verdict(Self.entries, []) == .intact(size: 300, pastLastHead: 300))
    }

    @Test func everyFlippedBitShowsBetweenTheHeadsAroundIt() {
        let heads = Self.heads([100, 200, 300])
        var state: UInt64 = 42
        for _ in 0..<1_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let place = Int(state >> 33) % Self.entries.count
            var tampered = Self.entries
            let byte = Int(state >> 20) % tampered[place].count
            tampered[place][byte] ^= 1 << UInt8(state >> 50 & 7)
            let after = UInt64(place / 100 * 100)
            #expect(Self.verdict(tampered, heads) == .altered(after: after, headSize: after + 100))
        }
    }

    @Test func deletionInsertionReorderCutAndRewriteShow() {
        let heads = Self.heads([100, 200, 300])
        var deleted = Self.entries
        deleted.remove(at: 150)
        #expect(Self.verdict(deleted, heads) == .altered(after: 100, headSize: 200))
        var inserted = Self.entries
        inserted.insert(Self.entries[3], at: 250)
        #expect(Self.verdict(inserted, heads) == .altered(after: 200, headSize: 300))
        var swapped = Self.entries
        swapped.swapAt(10, 11)
        #expect(Self.verdict(swapped, heads) == .altered(after: 0, headSize: 100))
        #expect(Self.verdict(Array(Self.entries.dropLast()), heads) == .cut(size: 299, headSize: 300))
        let rewritten = Self.entries.map { $0 + [0x20] }
        #expect(Self.verdict(rewritten, heads) == .altered(after: 0, headSize: 100))
        var forged = heads
        forged.append(TreeHead(log: "test", size: 200, root: MerkleHash.ofNothing, timestampMilliseconds: 0))
        #expect(Self.verdict(Self.entries, forged) == .forked(headSize: 200))
    }

    @Test func aSignedHeadCoversEveryMember() throws {
        let head = Self.heads([100])[0]
        let key = try PrivateKey.generate(.ed25519)
        let signed = try SignedTreeHead.sign(head, key: "k1") { bytes throws(CryptoError) in try key.sign(bytes) }
        let checker = try key.publicKey()
        #expect(checker.isValid(signature: signed.signature, of: signed.head.signedBytes))
        var other = head
        other.size += 1
        #expect(!checker.isValid(signature: signed.signature, of: other.signedBytes))
        other = head
        other.timestampMilliseconds += 1
        #expect(!checker.isValid(signature: signed.signature, of: other.signedBytes))
        other = head
        other.log = "test2"
        #expect(!checker.isValid(signature: signed.signature, of: other.signedBytes))
    }
}

// Digests and keyed digests against the published vectors of FIPS 180-4 and RFC 4231.

import Crypto
import Testing

@Suite struct DigestTests {
    @Test func `SHA-256 agrees with the published vectors`() {
        #expect(SHA256.hash("").hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(SHA256.hash("abc").hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
        #expect(SHA256.hash(twoBlocks).hex == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    }

    @Test func `a hasher is as new after finish and a copy forks the hash`() {
        var hasher = SHA256()
        hasher.update("ab")
        var fork = hasher
        hasher.update(byte: 0x63)
        #expect(hasher.finish() == SHA256.hash("abc"))
        fork.update("d")
        #expect(fork.finish() == SHA256.hash("abd"))
        hasher.update("abc")
        #expect(hasher.finish() == SHA256.hash("abc"))
    }

    @Test func `a digest survives bytes and hex and orders as its bytes do`() throws {
        let digest = SHA256.hash("abc")
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(Digest(hex: Array(digest.hex.utf8)) == digest)
        #expect(Digest(bytes: digest.bytes.dropLast()) == nil)
        #expect(Digest(hex: Array("zz".utf8)) == nil)
        let others = (0..<200).map { SHA256.hash("\($0)") }
        #expect(others.sorted().map(\.hex) == others.map(\.hex).sorted())
    }

    @Test func `HMAC agrees with RFC 4231 for short, ordinary and over-long keys`() {
        let short = HMACSHA256(key: Array("Jefe".utf8)).code(of: Array("what do ya want for nothing?".utf8))
        #expect(short.hex == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let ordinary = HMACSHA256(key: [UInt8](repeating: 0x0b, count: 20)).code(of: Array("Hi There".utf8))
        #expect(ordinary.hex == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        let long = HMACSHA256(key: [UInt8](repeating: 0xaa, count: 131)).code(
            of: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        #expect(long.hex == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test func `a subject reference depends on the key, the scope and the number and on nothing else`() {
        let key = SubjectReferenceKey(secret: [UInt8](repeating: 7, count: 32))
        let number = Array("052090000001".utf8)
        var reference: [UInt8] = []
        key.appendReference(of: number, to: &reference)
        #expect(reference.count == SubjectReferenceKey.characterCount)
        #expect(String(decoding: reference, as: UTF8.self) == key.reference(of: "052090000001"))
        #expect(key.reference(of: "052090000001", scope: "health") != key.reference(of: "052090000001"))
        #expect(key.reference(of: "052090000002") != key.reference(of: "052090000001"))
        // The separator keeps scope and number apart.
        #expect(key.reference(of: "12", scope: "a") != key.reference(of: "2", scope: "a1"))
        let other = SubjectReferenceKey(secret: [UInt8](repeating: 8, count: 32))
        #expect(other.reference(of: "052090000001") != key.reference(of: "052090000001"))
        let expected = HMACSHA256(key: [UInt8](repeating: 7, count: 32)).code(of: [0] + number)
        #expect(key.reference(of: "052090000001") == String(expected.hex.prefix(32)))
    }

    @Test func `random bytes differ and comparison in constant time sees one changed bit`() throws {
        let bytes = try RandomBytes.make(count: 32)
        #expect(try RandomBytes.make(count: 32) != bytes)
        var changed = bytes
        #expect(ConstantTime.equal(bytes, changed))
        changed[31] ^= 1
        #expect(!ConstantTime.equal(bytes, changed))
        #expect(!ConstantTime.equal(bytes, Array(bytes.dropLast())))
        #expect(throws: CryptoError.self) { try RandomBytes.make(count: -1) }
    }
}

// Sealing: the round trip, and that every changed bit shows.

import Crypto
import Testing

@Suite struct SealingKeyTests {
    @Test(arguments: [0, 1, 16, 1000])
    func `what is sealed opens with its key and context alone`(count: Int) throws {
        let key = try SealingKey.generate()
        let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try key.seal(plain, context: [1, 2])
        #expect(try key.open(sealed, context: [1, 2]) == plain)
        #expect(try key.seal(plain, context: [1, 2]) != sealed, "the nonce is fresh")
        #expect(throws: CryptoError.self) { try key.open(sealed, context: [1]) }
        #expect(throws: CryptoError.self) { try SealingKey.generate().open(sealed, context: [1, 2]) }
        for place in sealed.indices {
            var bent = sealed
            bent[place] ^= 1
            #expect(throws: CryptoError.self) { try key.open(bent, context: [1, 2]) }
        }
        #expect(throws: CryptoError.self) { try key.open(Array(sealed.dropLast(count + 1)), context: [1, 2]) }
        #expect(throws: CryptoError.self) { try SealingKey(secret: [1]) }
    }
}

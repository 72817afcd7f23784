import Bytes
import Testing

@Suite struct CRC32CTests {
    /// RFC 3720 appendix B.4 and the usual check string.
    @Test func agreesWithPublishedVectors() {
        #expect(CRC32C.checksum([UInt8]("123456789".utf8)) == 0xe306_9283)
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(CRC32C.checksum([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
        #expect(CRC32C.checksum([UInt8](0..<32)) == 0x46dd_794e)
    }

    @Test func agreesWithTheBitwiseDefinitionAtEveryLength() {
        var generator = SystemRandomNumberGenerator()
        for length in 0..<100 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(CRC32C.checksum(bytes) == bitwise(bytes))
        }
    }

    @Test func goesOnFromASeed() {
        let bytes = [UInt8]("the quick brown fox jumps over".utf8)
        let first = CRC32C.checksum([UInt8](bytes[..<11]))
        #expect(CRC32C.checksum([UInt8](bytes[11...]), seed: first) == CRC32C.checksum(bytes))
    }

    private func bitwise(_ bytes: [UInt8]) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0x82f6_3b78 : 0) }
        }
        return ~crc
    }
}

// CRC-32C (Castagnoli, RFC 3720 appendix B.4): the checksum of Kafka's record batches. Sixteen bytes a
// step through sixteen tables of 256 entries, laid out one after another in one block of memory.

/// The Castagnoli checksum.
public enum CRC32C {
    /// The checksum of `bytes`, going on from `seed`, the checksum of what came before.
    public static func checksum(_ bytes: Span<UInt8>, seed: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { unsafe update(~seed, UnsafeRawBufferPointer($0)) }
    }

    public static func checksum(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
        checksum(bytes.span, seed: seed)
    }

    private static func update(_ start: UInt32, _ input: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = input.baseAddress else { return ~start }
        let table = unsafe tables.words
        var crc = start
        var pointer = unsafe base
        var left = input.count
        while left >= 16 {
            let low = unsafe UInt64(littleEndian: pointer.loadUnaligned(as: UInt64.self)) ^ UInt64(crc)
            let high = unsafe UInt64(littleEndian: pointer.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            // Byte k of the sixteen goes through table 15 - k.
            let first = unsafe table[3840 &+ Int(low & 0xff)] ^ table[3584 &+ Int(low >> 8 & 0xff)]
            let second = unsafe table[3328 &+ Int(low >> 16 & 0xff)] ^ table[3072 &+ Int(low >> 24 & 0xff)]
            let third = unsafe table[2816 &+ Int(low >> 32 & 0xff)] ^ table[2560 &+ Int(low >> 40 & 0xff)]
            let fourth = unsafe table[2304 &+ Int(low >> 48 & 0xff)] ^ table[2048 &+ Int(low >> 56)]
            let fifth = unsafe table[1792 &+ Int(high & 0xff)] ^ table[1536 &+ Int(high >> 8 & 0xff)]
            let sixth = unsafe table[1280 &+ Int(high >> 16 & 0xff)] ^ table[1024 &+ Int(high >> 24 & 0xff)]
            let seventh = unsafe table[768 &+ Int(high >> 32 & 0xff)] ^ table[512 &+ Int(high >> 40 & 0xff)]
            let eighth = unsafe table[256 &+ Int(high >> 48 & 0xff)] ^ table[Int(high >> 56)]
            crc = (first ^ second) ^ (third ^ fourth) ^ (fifth ^ sixth) ^ (seventh ^ eighth)
            unsafe pointer += 16
            left &-= 16
        }
        while left > 0 {
            let byte = unsafe pointer.load(as: UInt8.self)
            crc = unsafe crc >> 8 ^ table[Int((crc ^ UInt32(byte)) & 0xff)]
            unsafe pointer += 1
            left &-= 1
        }
        return ~crc
    }

    /// Safe because the block is filled before it is published and never written or freed afterwards.
    @safe private struct Tables: @unchecked Sendable {
        let words: UnsafePointer<UInt32>

        init() {
            let block = UnsafeMutablePointer<UInt32>.allocate(capacity: 16 * 256)
            for value in 0..<256 {
                var crc = UInt32(value)
                for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0x82f6_3b78 : 0) }
                unsafe block[value] = crc
            }
            for index in 256..<(16 * 256) {
                let previous = unsafe block[index - 256]
                unsafe block[index] = unsafe previous >> 8 ^ block[Int(previous & 0xff)]
            }
            unsafe words = UnsafePointer(block)
        }
    }

    private static let tables = Tables()
}

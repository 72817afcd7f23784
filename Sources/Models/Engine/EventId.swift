// Ids of the events that a model makes: the same cause gives the same id, so a replay repeats no event.

enum EventId {
    /// 128 bits of FNV-1a in hex. The parts are ids that Conform made with SHA-256 and small numbers of ours, so
    /// no agency can choose what is hashed.
    static func make(_ parts: [ArraySlice<UInt8>]) -> [UInt8] {
        let hash = hash(parts)
        let digits = Array("0123456789abcdef".utf8)
        return stride(from: 124, through: 0, by: -4).map { digits[Int(truncatingIfNeeded: hash >> UInt128($0)) & 0xF] }
    }

    /// 8 bytes that tell the versions of one record apart.
    static func mark(_ event: ArraySlice<UInt8>) -> [UInt8] {
        let hash = hash([event])
        return stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: hash >> UInt128($0)) }
    }

    private static func hash(_ parts: [ArraySlice<UInt8>]) -> UInt128 {
        var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
        let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013B
        for part in parts {
            for byte in part { hash = (hash ^ UInt128(byte)) &* prime }
            hash = (hash ^ 0xFF) &* prime
        }
        return hash
    }
}

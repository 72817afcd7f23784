// Dense numbers for byte strings (record ids, links, units), so that the tables of a model index arrays
// instead of hashing text again. Hashes are seeded per process: an agency cannot choose colliding keys.

/// Byte strings numbered from 0 in the order of their first appearance; nothing is ever taken out.
public struct InternTable: Sendable {
    private var arena: [UInt8] = []
    private var ends: ContiguousArray<Int> = []
    /// Open addressing with linear probing; -1 is free. The count is a power of two, at most half full.
    private var buckets: ContiguousArray<Int32>

    public init() { buckets = ContiguousArray(repeating: -1, count: 64) }

    public var count: Int { ends.count }

    /// The bytes with that number.
    public func bytes(of number: Int32) -> ArraySlice<UInt8> {
        let index = Int(number)
        return arena[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    public func text(of number: Int32) -> String { String(decoding: bytes(of: number), as: UTF8.self) }

    /// The number of bytes already known.
    public func find(_ bytes: ArraySlice<UInt8>) -> Int32? {
        let found = buckets[bucket(of: bytes)]
        return found < 0 ? nil : found
    }

    /// The number of these bytes, given on first sight.
    public mutating func intern(_ bytes: ArraySlice<UInt8>) -> Int32 {
        var place = bucket(of: bytes)
        if buckets[place] >= 0 { return buckets[place] }
        if (ends.count + 1) * 2 > buckets.count {
            grow()
            place = bucket(of: bytes)
        }
        let number = Int32(ends.count)
        arena.append(contentsOf: bytes)
        ends.append(arena.count)
        buckets[place] = number
        return number
    }

    public mutating func intern(_ text: String) -> Int32 { intern(ArraySlice(text.utf8)) }

    private func bucket(of bytes: ArraySlice<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes)
        let mask = buckets.count - 1
        var place = hasher.finalize() & mask
        while buckets[place] >= 0, self.bytes(of: buckets[place]) != bytes { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        buckets = ContiguousArray(repeating: -1, count: buckets.count * 2)
        for number in 0..<Int32(ends.count) { buckets[bucket(of: bytes(of: number))] = number }
    }
}

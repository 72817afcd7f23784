// A fixed set of names, looked up by the hash that the tape carries for every key.

/// Names to their numbers in order of insertion: open addressing, a quarter full at most.
struct NameTable: Sendable {
    private(set) var count = 0
    private var bytes: [UInt8] = []
    private var starts: ContiguousArray<Int32> = [0]
    private var hashes: ContiguousArray<UInt32> = []
    private var slots: ContiguousArray<Int32> = ContiguousArray(repeating: -1, count: 4)
    private var mask: UInt32 = 3

    init() {}

    /// The name's number, new or known.
    mutating func insert(_ name: [UInt8]) -> Int {
        let hash = KeyHash.hash(name)
        let known = find(hash, name.span, 0..<name.count)
        if known >= 0 { return known }
        if (count + 1) * 4 > slots.count { grow() }
        place(hash, Int32(truncatingIfNeeded: count))
        hashes.append(hash)
        bytes += name
        starts.append(Int32(truncatingIfNeeded: bytes.count))
        count += 1
        return count - 1
    }

    private mutating func place(_ hash: UInt32, _ number: Int32) {
        var slot = hash & mask
        while slots[Int(slot)] >= 0 { slot = (slot &+ 1) & mask }
        slots[Int(slot)] = number
    }

    private mutating func grow() {
        slots = ContiguousArray(repeating: -1, count: slots.count * 4)
        mask = UInt32(truncatingIfNeeded: slots.count - 1)
        for (number, hash) in hashes.enumerated() { place(hash, Int32(truncatingIfNeeded: number)) }
    }

    func name(_ number: Int) -> ArraySlice<UInt8> { bytes[Int(starts[number])..<Int(starts[number + 1])] }

    /// The number of the name that lies in `range` of `text`, or -1. `guess` is looked at first: records of one
    /// feed mostly have their members in one order.
    @inline(__always)
    func find(_ hash: UInt32, _ text: Span<UInt8>, _ range: Range<Int>, guess: Int = -1) -> Int {
        if guess >= 0, guess < count, isName(guess, hash, text, range) { return guess }
        var slot = hash & mask
        while true {
            let number = Int(slots[Int(slot)])
            if number < 0 { return -1 }
            if isName(number, hash, text, range) { return number }
            slot = (slot &+ 1) & mask
        }
    }

    @inline(__always)
    private func isName(_ number: Int, _ hash: UInt32, _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard hashes[number] == hash else { return false }
        let start = Int(starts[number])
        return Int(starts[number &+ 1]) &- start == range.count && KeyHash.isSame(text, range, bytes.span, from: start)
    }
}

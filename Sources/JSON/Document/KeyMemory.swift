// Keys that a tape has met, so that the records of one feed, which have the same keys in mostly the same order, cost
// three word comparisons a key instead of a scan, a hash and a search for duplicates.
//
// Each known key has a number. It remembers its bytes with the closing quote as up to three overlapping words, and
// the two keys that came after it most lately: those are tried first when the next key is read. Numbers also make
// the search for duplicates exact: an object keeps one bit per known key.

/// A key of at most 23 bytes without escapes.
struct KnownKey: Sendable {
    /// Bytes 0..., the bytes from `middleOffset` and those from `lastOffset`, the quote after the key the last of them.
    var first: UInt64 = 0
    var middle: UInt64 = 0
    var last: UInt64 = 0
    /// What of each word counts: all of it, but for keys under 8 bytes.
    var mask = UInt64.max
    var middleOffset: Int32 = 0
    var lastOffset: Int32 = 0
    /// Bytes of the key; in element 0, which stands for the document's start, how many keys are known.
    var count: Int32 = 0
    var hash: UInt32 = 0
    var follower: Int32 = 0
    var secondFollower: Int32 = 0

    static let bytesMax = 23
    /// Known keys, element 0 among them: a bit each in two words.
    static let numbersMax = 128
    static let slotCount = 256

    /// Whether the bytes at `place` are this key and a quote; 24 bytes must be readable there.
    @inline(__always)
    func isAt(_ place: UnsafeRawPointer) -> Bool {
        let one = unsafe place.loadUnaligned(as: UInt64.self) ^ first
        let two = unsafe place.loadUnaligned(fromByteOffset: Int(middleOffset), as: UInt64.self) ^ middle
        let three = unsafe place.loadUnaligned(fromByteOffset: Int(lastOffset), as: UInt64.self) ^ last
        return (one | two | three) & mask == 0
    }
}

/// A tape's known keys and the table that finds them by hash; the parser works on the memory of both.
struct KeyMemory: Sendable {
    var known: ContiguousArray<KnownKey> = []
    var slots: ContiguousArray<UInt8> = []

    /// Room for the keys of a document of that size. Forgets all where the memory is full, so that objects whose
    /// keys are data do not hold it forever; the numbers of a document's keys stand while it is parsed.
    mutating func prepare(forBytes count: Int) {
        let wanted = min(max(count / 16, 15), KnownKey.numbersMax - 1) + 1
        if slots.isEmpty {
            slots = ContiguousArray(repeating: 0, count: KnownKey.slotCount)
            known = [KnownKey()]
        } else if known[0].count >= KnownKey.numbersMax - 1 {
            for slot in slots.indices { slots[slot] = 0 }
            known[0] = KnownKey()
        }
        if known.count < wanted {
            known.append(contentsOf: repeatElement(KnownKey(), count: wanted - known.count))
        }
    }
}

/// The same while a document is parsed.
///
/// Safe because it lives only inside `TapeParser.parse`'s closures; numbers in `slots` and followers are under
/// `capacity`, and keys are at most 23 bytes within the document.
@safe struct KeyMemoryAccess {
    let known: UnsafeMutablePointer<KnownKey>
    let slots: UnsafeMutablePointer<UInt8>
    let capacity: Int

    init(known: UnsafeMutablePointer<KnownKey>, slots: UnsafeMutablePointer<UInt8>, capacity: Int) {
        unsafe self.known = known
        unsafe self.slots = slots
        self.capacity = capacity
    }

    /// The number of the key at `bytes`, noted as what follows `before`; 0 where it cannot be remembered.
    func number(_ bytes: UnsafePointer<UInt8>, count: Int, hash: UInt32, after before: Int) -> Int {
        if count > KnownKey.bytesMax { return 0 }
        let key = unsafe KeyMemoryAccess.key(bytes, count: count, hash: hash)
        var slot = Int(hash & 0xFF)
        var number = 0
        while true {
            number = unsafe Int(slots[slot])
            if number == 0 { break }
            let other = unsafe known[number]
            if other.hash == hash, other.count == key.count, other.first == key.first, other.middle == key.middle,
                other.last == key.last
            {
                break
            }
            slot = (slot + 1) & (KnownKey.slotCount - 1)
        }
        if number == 0 {
            number = unsafe Int(known[0].count) + 1
            if number >= capacity { return 0 }
            unsafe known[number] = key
            unsafe known[0].count = Int32(truncatingIfNeeded: number)
            unsafe slots[slot] = UInt8(truncatingIfNeeded: number)
        }
        unsafe known[before].secondFollower = known[before].follower
        unsafe known[before].follower = Int32(truncatingIfNeeded: number)
        return number
    }

    private static func key(_ bytes: UnsafePointer<UInt8>, count: Int, hash: UInt32) -> KnownKey {
        unsafe KnownKey(bytes, count: count, hash: hash)
    }
}

extension KnownKey {
    /// Reads only the key: the words that `isAt` reads in one go are put together byte by byte.
    init(_ bytes: UnsafePointer<UInt8>, count: Int, hash: UInt32) {
        func word(_ offset: Int) -> UInt64 {
            var word: UInt64 = 0
            for place in offset..<min(offset + 8, count + 1) {
                word |= UInt64(place == count ? 0x22 : unsafe bytes[place]) << UInt64((place - offset) * 8)
            }
            return word
        }
        self.count = Int32(truncatingIfNeeded: count)
        self.hash = hash
        if count < 8 {
            mask = count == 7 ? UInt64.max : 1 << UInt64((count + 1) * 8) - 1
        } else {
            middleOffset = count < 16 ? 0 : 8
            lastOffset = Int32(truncatingIfNeeded: count - 7)
        }
        first = word(0)
        middle = word(Int(middleOffset))
        last = word(Int(lastOffset))
    }
}

extension KnownKey {
    /// The key of a name in a schema. One that is too long matches nothing, nor does one that a document can only
    /// write with escapes: its quote must not be taken for the end of a key.
    init(name: [UInt8]) {
        self.init()
        guard name.count <= KnownKey.bytesMax, !name.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else {
            return
        }
        self = unsafe name.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return KnownKey() }
            return unsafe KnownKey(base, count: buffer.count, hash: KeyHash.hash(name))
        }
    }
}

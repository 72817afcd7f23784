// The storage behind the view: dense entries in chunks, an open-addressing index by person, and a pool of
// evidence bytes. About 90 bytes a grant with 28 bytes of evidence; nothing is copied when it grows but the
// index, 4 bytes a place.

/// One consent of one person. Plain data: ten million of them lie in chunks without a pointer.
struct ConsentEntry {
    var person: PersonReference
    var validFrom: Int64
    /// Exclusive.
    var validTo: Int64
    var changedAt: Int64
    var evidenceStart: UInt32
    /// The next entry of the same person, or of the free list; `ConsentTable.noEntry` at the end.
    var next: UInt32
    var scope: UInt16
    var evidenceCount: UInt8
    var state: State

    enum State: UInt8 {
        case granted, grantedByGuardian, withdrawn
        /// The last record for this key could not be read: fail closed until a readable one comes.
        case unreadable
    }
}

/// Entries by person.
struct ConsentTable {
    static let noEntry = UInt32.max
    private static let entriesPerChunk = 16_384
    private static let evidenceChunkBytes = 1 << 20

    private var chunks: ContiguousArray<ContiguousArray<ConsentEntry>> = []
    private var entryCount: UInt32 = 0
    private var firstFree = ConsentTable.noEntry
    /// The first entry of a person by hash, or `noEntry`; linear probing, at most three quarters full.
    private var index: ContiguousArray<UInt32> = ContiguousArray(repeating: ConsentTable.noEntry, count: 64)
    private(set) var personCount = 0
    private(set) var liveCount = 0
    private var evidence: ContiguousArray<ContiguousArray<UInt8>> = []

    subscript(entry: UInt32) -> ConsentEntry {
        get { chunks[Int(entry) / ConsentTable.entriesPerChunk][Int(entry) % ConsentTable.entriesPerChunk] }
        set { chunks[Int(entry) / ConsentTable.entriesPerChunk][Int(entry) % ConsentTable.entriesPerChunk] = newValue }
    }

    /// Bytes held, without the allocator's own.
    var byteCount: Int {
        index.capacity * MemoryLayout<UInt32>.stride
            + chunks.reduce(0) { $0 + $1.capacity * MemoryLayout<ConsentEntry>.stride }
            + evidence.reduce(0) { $0 + $1.capacity }
    }

    // References are keyed hashes, but consent may be written for any: one multiplication spreads the rest.
    private func home(_ person: PersonReference) -> Int {
        let mixed = (person.low ^ (person.high &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: mixed >> 32) & (index.count - 1)
    }

    /// The first of a person's entries, or `noEntry`.
    func first(_ person: PersonReference) -> UInt32 {
        var place = home(person)
        while index[place] != ConsentTable.noEntry {
            if self[index[place]].person == person { return index[place] }
            place = (place + 1) & (index.count - 1)
        }
        return ConsentTable.noEntry
    }

    /// The entry of a person for a scope, or `noEntry`.
    func find(_ person: PersonReference, scope: UInt16) -> UInt32 {
        var entry = first(person)
        while entry != ConsentTable.noEntry, self[entry].scope != scope { entry = self[entry].next }
        return entry
    }

    /// Adds an entry for a person and scope that has none; nil when the numbers run out.
    mutating func insert(_ entry: ConsentEntry) -> UInt32? {
        let number: UInt32
        var entry = entry
        if firstFree != ConsentTable.noEntry {
            number = firstFree
            firstFree = self[number].next
            // The forgotten entry's evidence bytes are zeroed and used again.
            entry.evidenceStart = self[number].evidenceStart
            entry.evidenceCount = self[number].evidenceCount
        } else {
            guard entryCount < ConsentTable.noEntry - 1 else { return nil }
            number = entryCount
            entryCount += 1
            if Int(number) % ConsentTable.entriesPerChunk == 0 {
                var chunk = ContiguousArray<ConsentEntry>()
                // Small hubs stay small; only later chunks are taken whole.
                if number > 0 { chunk.reserveCapacity(ConsentTable.entriesPerChunk) }
                chunks.append(chunk)
            }
            chunks[chunks.count - 1].append(entry)
        }
        if (personCount + 1) * 4 > index.count * 3 { grow() }
        var place = home(entry.person)
        while index[place] != ConsentTable.noEntry, self[index[place]].person != entry.person {
            place = (place + 1) & (index.count - 1)
        }
        if index[place] == ConsentTable.noEntry { personCount += 1 }
        entry.next = index[place]
        self[number] = entry
        index[place] = number
        liveCount += 1
        return number
    }

    private mutating func grow() {
        let old = index
        index = ContiguousArray(repeating: ConsentTable.noEntry, count: old.count * 2)
        for first in old where first != ConsentTable.noEntry {
            var place = home(self[first].person)
            while index[place] != ConsentTable.noEntry { place = (place + 1) & (index.count - 1) }
            index[place] = first
        }
    }

    /// Forgets an entry and, with the last one, the person.
    mutating func remove(_ number: UInt32) {
        let removed = self[number]
        var place = home(removed.person)
        while index[place] != ConsentTable.noEntry, self[index[place]].person != removed.person {
            place = (place + 1) & (index.count - 1)
        }
        if index[place] == number {
            index[place] = removed.next
            if removed.next == ConsentTable.noEntry {
                personCount -= 1
                closeGap(at: place)
            }
        } else {
            var previous = index[place]
            while previous != ConsentTable.noEntry, self[previous].next != number { previous = self[previous].next }
            if previous != ConsentTable.noEntry { self[previous].next = removed.next }
        }
        // What was known of the person goes at once, not when the place is used again.
        if removed.evidenceCount > 0 {
            let chunk = Int(removed.evidenceStart) / ConsentTable.evidenceChunkBytes
            let offset = Int(removed.evidenceStart) % ConsentTable.evidenceChunkBytes
            for place in offset..<offset + Int(removed.evidenceCount) { evidence[chunk][place] = 0 }
        }
        self[number] = ConsentEntry(
            person: PersonReference(high: 0, low: 0), validFrom: 0, validTo: 0, changedAt: 0,
            evidenceStart: removed.evidenceStart, next: firstFree, scope: 0, evidenceCount: removed.evidenceCount,
            state: .withdrawn)
        firstFree = number
        liveCount -= 1
    }

    /// Moves later entries of the same probe run up, so that no marker of a deletion is needed.
    private mutating func closeGap(at start: Int) {
        let mask = index.count - 1
        var gap = start
        var place = (start + 1) & mask
        while index[place] != ConsentTable.noEntry {
            let distanceFromHome = (place - home(self[index[place]].person)) & mask
            if distanceFromHome >= (place - gap) & mask {
                index[gap] = index[place]
                index[place] = ConsentTable.noEntry
                gap = place
            }
            place = (place + 1) & mask
        }
    }

    /// Writes an entry's evidence, over the old one where it fits; false when the pool is full (4 GiB).
    mutating func setEvidence(_ bytes: Span<UInt8>, of number: UInt32) -> Bool {
        let old = self[number]
        var start = Int(old.evidenceStart)
        if bytes.count > Int(old.evidenceCount) {
            if evidence.isEmpty || evidence[evidence.count - 1].count + bytes.count > ConsentTable.evidenceChunkBytes {
                guard evidence.count < 4_096 else { return false }
                evidence.append([])
                if evidence.count > 1 { evidence[evidence.count - 1].reserveCapacity(ConsentTable.evidenceChunkBytes) }
            }
            start = (evidence.count - 1) * ConsentTable.evidenceChunkBytes + evidence[evidence.count - 1].count
            for place in 0..<bytes.count { evidence[evidence.count - 1].append(bytes[place]) }
        } else {
            let chunk = start / ConsentTable.evidenceChunkBytes
            let offset = start % ConsentTable.evidenceChunkBytes
            for place in 0..<bytes.count { evidence[chunk][offset + place] = bytes[place] }
        }
        self[number].evidenceStart = UInt32(start)
        self[number].evidenceCount = UInt8(bytes.count)
        return true
    }

    /// Appends stored evidence bytes.
    func appendEvidence(start: UInt32, count: UInt8, to output: inout [UInt8]) {
        guard count > 0 else { return }
        let chunk = Int(start) / ConsentTable.evidenceChunkBytes
        let offset = Int(start) % ConsentTable.evidenceChunkBytes
        output.append(contentsOf: evidence[chunk][offset..<offset + Int(count)])
    }
}

// The hot loop: RFC 8259 over bytes without recursion. Everything it reads lies in `bytes ..< bytes + count`
// and everything it writes in the memory the tape reserved by the document's length.
//
// Methods that change the parser are inlined into one loop, so that its place lives in a register; what is rare is
// in functions of the bytes alone (ByteSource.swift), which two registers carry.

/// One parse.
///
/// Safe because it lives only inside `parse`'s closures, every read is preceded by a comparison with
/// `count`, and `JSONTape.reserve` made room for every entry that the document's bytes can produce.
@safe struct TapeParser {
    private let source: ByteSource
    private let entries: UnsafeMutablePointer<TapeEntry>
    private let frames: UnsafeMutablePointer<TapeFrame>
    private let keys: KeyMemoryAccess
    private let limits: JSONLimits
    private var place = 0
    private var entryCount = 0
    private var depth = 0
    /// The number of the key before, known or 0.
    private var lastKey = 0

    @inline(__always) private var count: Int { source.count }

    @inline(__always)
    private func byte(_ place: Int) -> UInt8 { unsafe source.bytes[place] }

    /// Fills the tape and returns how many entries it has.
    static func parse(
        _ source: Span<UInt8>, entries: inout ContiguousArray<TapeEntry>, frames: inout ContiguousArray<TapeFrame>,
        keys: inout KeyMemory, limits: JSONLimits
    ) throws(JSONError) -> Int {
        try unsafe source.withUnsafeBufferPointer { (buffer) throws(JSONError) -> Int in
            try unsafe entries.withUnsafeMutableBufferPointer { (tape) throws(JSONError) -> Int in
                try unsafe frames.withUnsafeMutableBufferPointer { (open) throws(JSONError) -> Int in
                    try unsafe keys.known.withUnsafeMutableBufferPointer { (known) throws(JSONError) -> Int in
                        try unsafe keys.slots.withUnsafeMutableBufferPointer { (slots) throws(JSONError) -> Int in
                            guard let bytes = buffer.baseAddress, let entries = tape.baseAddress,
                                let frames = open.baseAddress, let first = known.baseAddress, let slot = slots.baseAddress
                            else { throw JSONError(.empty, at: 0) }
                            let memory = unsafe KeyMemoryAccess(known: first, slots: slot, capacity: known.count)
                            var parser = unsafe TapeParser(
                                source: ByteSource(bytes: bytes, count: buffer.count), entries: entries, frames: frames,
                                keys: memory, limits: limits)
                            return try parser.document()
                        }
                    }
                }
            }
        }
    }

    private init(
        source: ByteSource, entries: UnsafeMutablePointer<TapeEntry>, frames: UnsafeMutablePointer<TapeFrame>,
        keys: KeyMemoryAccess, limits: JSONLimits
    ) {
        self.source = source
        unsafe self.entries = entries
        unsafe self.frames = frames
        self.keys = keys
        self.limits = limits
    }

    @inline(__always)
    private mutating func document() throws(JSONError) -> Int {
        if count >= 3, byte(0) == 0xEF, byte(1) == 0xBB, byte(2) == 0xBF { throw JSONError(.byteOrderMark, at: 0) }
        skipSpace()
        if place == count { throw JSONError(.empty, at: count) }
        try values()
        skipSpace()
        if place < count { throw JSONError(.trailingData, at: place) }
        return entryCount
    }

    /// Values until the outermost one is closed. Each kind of work stands in one place, so that all of it fits into
    /// one function of the compiled program.
    @inline(__always)
    private mutating func values() throws(JSONError) {
        var wantsKey = false
        while true {
            if wantsKey { try key() }
            if place >= count { throw JSONError(.unexpectedEnd, at: count) }
            let first = byte(place)
            var isEmptyContainer = false
            if first == 0x22 {
                try string()
            } else if first &- 0x30 < 10 || first == 0x2D {
                let (end, flags) = try source.number(at: place, bytesMax: limits.numberBytesMax)
                emit(start: place, end: end, tag: TapeEntry.numberTag | flags)
                place = end
            } else if first == 0x7B || first == 0x5B {
                try open(first == 0x7B ? TapeEntry.objectTag : TapeEntry.arrayTag)
                skipSpace()
                isEmptyContainer = place < count && byte(place) == first &+ 2
                if !isEmptyContainer {
                    wantsKey = first == 0x7B
                    continue
                }
            } else {
                let (tag, length) = try source.literal(at: place)
                emit(start: place, end: place &+ length, tag: tag)
                place &+= length
            }
            // After a value: containers that end here, then a comma, or the end of the outermost value.
            while true {
                if depth == 0 { return }
                let frame = unsafe frames + depth
                if !isEmptyContainer { unsafe frame.pointee.count &+= 1 }
                isEmptyContainer = false
                skipSpace()
                if place >= count { throw JSONError(.unexpectedEnd, at: count) }
                let next = byte(place)
                let isObject = unsafe frame.pointee.isObject
                if next == 0x2C {
                    place &+= 1
                    skipSpace()
                    wantsKey = isObject
                    break
                }
                guard next == (isObject ? 0x7D : 0x5D) else { throw JSONError(.unexpectedByte, at: place) }
                try close()
            }
        }
    }

    @inline(__always)
    private mutating func skipSpace() {
        if place < count, byte(place) <= 0x20 { place = source.afterSpace(place) }
    }

    @inline(__always)
    private mutating func emit(start: Int, end: Int, detail: UInt32 = 0, tag: UInt32) {
        let next = UInt32(truncatingIfNeeded: entryCount &+ 1) << 5
        unsafe entries[entryCount] = TapeEntry(start: start, end: end, detail: detail, tag: tag | next)
        entryCount &+= 1
    }

    // MARK: Containers

    @inline(__always)
    private mutating func open(_ tag: UInt32) throws(JSONError) {
        if depth == limits.depthMax { throw JSONError(.tooDeep, at: place) }
        depth &+= 1
        unsafe frames[depth] = TapeFrame(
            index: Int32(truncatingIfNeeded: entryCount), isObject: tag == TapeEntry.objectTag)
        unsafe entries[entryCount] = TapeEntry(start: place, end: place, tag: tag)
        entryCount &+= 1
        place &+= 1
    }

    /// At the closing bracket.
    @inline(__always)
    private mutating func close() throws(JSONError) {
        place &+= 1
        let frame = unsafe frames[depth]
        let index = Int(frame.index)
        let start = unsafe Int(entries[index].start)
        let tag = frame.isObject ? TapeEntry.objectTag : TapeEntry.arrayTag
        unsafe entries[index] = TapeEntry(
            start: start, end: place, detail: UInt32(bitPattern: frame.count),
            tag: tag | UInt32(truncatingIfNeeded: entryCount) << 5)
        if frame.hasUnknown, frame.count > TapeParser.membersCheckedInline, limits.refusesDuplicateKeys {
            try unsafe source.checkKeys(entries, of: index)
        }
        depth &-= 1
    }

    /// Objects up to here have each key compared as it comes; longer ones are sorted once they are closed.
    static let membersCheckedInline: Int32 = 64

    /// A key and its colon.
    @inline(__always)
    private mutating func key() throws(JSONError) {
        let index = entryCount
        var number = 0
        if place &+ 32 <= count, byte(place) == 0x22 { number = expectedKey() }
        if number != 0 {
            let known = unsafe keys.known + number
            let length = unsafe Int(known.pointee.count)
            unsafe emit(
                start: place &+ 1, end: place &+ 1 &+ length, detail: known.pointee.hash, tag: TapeEntry.keyTag)
            place &+= length &+ 2
        } else {
            let (entry, found) = try source.key(at: place, after: lastKey, keys)
            emit(start: Int(entry.start), end: Int(entry.start &+ entry.count), detail: entry.detail, tag: entry.tag)
            place = Int(entry.start &+ entry.count) &+ 1
            number = found
        }
        lastKey = number
        let frame = unsafe frames + depth
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: number)
        let low = number < 64 ? bit : 0
        let high = number < 64 ? 0 : bit
        let isSeen = unsafe frame.pointee.seenLow & low | frame.pointee.seenHigh & high != 0
        if unsafe number == 0 || isSeen || frame.pointee.hasUnknown { try checkKey(index, isSeen: isSeen) }
        unsafe frame.pointee.seenLow |= low
        unsafe frame.pointee.seenHigh |= high
        skipSpace()
        guard place < count else { throw JSONError(.unexpectedEnd, at: count) }
        guard byte(place) == 0x3A else { throw JSONError(.unexpectedByte, at: place) }
        place &+= 1
        skipSpace()
    }

    /// A key whose number does not show that the object has it for the first time.
    @inline(__always)
    private func checkKey(_ index: Int, isSeen: Bool) throws(JSONError) {
        let frame = unsafe frames + depth
        let hadUnknown = unsafe frame.pointee.hasUnknown
        if lastKey == 0 { unsafe frame.pointee.hasUnknown = true }
        if !limits.refusesDuplicateKeys { return }
        if lastKey != 0, !hadUnknown {
            throw JSONError(.duplicateKey, at: unsafe Int(entries[index].start) &- 1)
        }
        if unsafe frame.pointee.count < TapeParser.membersCheckedInline {
            try unsafe source.compareKey(entries, index, of: Int(frame.pointee.index))
        }
    }

    /// The number of the key at the quote where it is one of the two that came after the last key before; else 0.
    @inline(__always)
    private func expectedKey() -> Int {
        let text = unsafe UnsafeRawPointer(source.bytes + (place &+ 1))
        let first = unsafe Int(keys.known[lastKey].follower)
        if first != 0, unsafe (keys.known + first).pointee.isAt(text) { return first }
        let second = unsafe Int(keys.known[lastKey].secondFollower)
        return unsafe second != 0 && (keys.known + second).pointee.isAt(text) ? second : 0
    }

    /// At the opening quote of a value; ends after the closing one.
    @inline(__always)
    private mutating func string() throws(JSONError) {
        let start = place &+ 1
        if start &+ 32 <= count {
            let block = unsafe UnsafeRawPointer(source.bytes + start)
            let length = unsafe ByteRuns.firstStop(block)
            if length < 32, byte(start &+ length) == 0x22 {
                if unsafe ByteRuns.hasHigh(block, count: length) { try source.checkText(start, start &+ length) }
                emit(start: start, end: start &+ length, tag: TapeEntry.stringTag)
                place = start &+ length &+ 1
                return
            }
        }
        let (end, flags) = try source.anyString(from: start)
        emit(start: start, end: end, tag: TapeEntry.stringTag | flags)
        place = end &+ 1
    }
}

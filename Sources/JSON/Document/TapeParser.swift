// The hot loop: RFC 8259 over bytes without recursion. Everything it reads lies in `bytes ..< bytes + count`
// and everything it writes in the memory the tape reserved by the document's length.
//
// Methods that change the parser are inlined into one loop, so that its place lives in a register; what is rare is
// in methods that change nothing (TapeParserRare.swift).

/// One parse.
///
/// Safe because it lives only inside `parse`'s closures, every read is preceded by a comparison with
/// `count`, and `JSONTape.reserve` made room for every entry that the document's bytes can produce.
@safe struct TapeParser {
    let bytes: UnsafePointer<UInt8>
    let count: Int
    let entries: UnsafeMutablePointer<TapeEntry>
    let frames: UnsafeMutablePointer<TapeFrame>
    let keys: KeyMemoryAccess
    let limits: JSONLimits
    private var place = 0
    private var entryCount = 0
    private var depth = 0
    /// The number of the key before, known or 0.
    private var lastKey = 0

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
                                bytes: bytes, count: buffer.count, entries: entries, frames: frames, keys: memory,
                                limits: limits)
                            return try parser.document()
                        }
                    }
                }
            }
        }
    }

    private init(
        bytes: UnsafePointer<UInt8>, count: Int, entries: UnsafeMutablePointer<TapeEntry>,
        frames: UnsafeMutablePointer<TapeFrame>, keys: KeyMemoryAccess, limits: JSONLimits
    ) {
        unsafe self.bytes = bytes
        self.count = count
        unsafe self.entries = entries
        unsafe self.frames = frames
        self.keys = keys
        self.limits = limits
    }

    @inline(__always)
    private mutating func document() throws(JSONError) -> Int {
        if count >= 3, unsafe bytes[0] == 0xEF, unsafe bytes[1] == 0xBB, unsafe bytes[2] == 0xBF {
            throw JSONError(.byteOrderMark, at: 0)
        }
        skipSpace()
        if place == count { throw JSONError(.empty, at: count) }
        try values()
        skipSpace()
        if place < count { throw JSONError(.trailingData, at: place) }
        return entryCount
    }

    /// Values until the outermost one is closed.
    @inline(__always)
    private mutating func values() throws(JSONError) {
        while true {
            // At the first byte of a value.
            if place >= count { throw JSONError(.unexpectedEnd, at: count) }
            let byte = unsafe bytes[place]
            if byte == 0x22 {
                try string(tag: TapeEntry.stringTag)
            } else if byte &- 0x30 < 10 || byte == 0x2D {
                let (end, flags) = try number(at: place)
                emit(start: place, end: end, tag: TapeEntry.numberTag | flags)
                place = end
            } else if byte == 0x7B || byte == 0x5B {
                try open(byte == 0x7B ? TapeEntry.objectTag : TapeEntry.arrayTag)
                skipSpace()
                if next(is: byte &+ 2) {
                    try close()
                } else {
                    if byte == 0x7B { try key() }
                    continue
                }
            } else {
                try literal(byte)
            }
            // After a value: what its container wants next.
            if try !advance() { return }
        }
    }

    /// Closes containers and steps over one comma; false at the end of the outermost value.
    @inline(__always)
    private mutating func advance() throws(JSONError) -> Bool {
        while depth > 0 {
            let frame = unsafe frames + depth
            unsafe frame.pointee.count &+= 1
            skipSpace()
            if place >= count { throw JSONError(.unexpectedEnd, at: count) }
            let byte = unsafe bytes[place]
            let isObject = unsafe frame.pointee.isObject
            if byte == 0x2C {
                place &+= 1
                skipSpace()
                if isObject { try key() }
                return true
            }
            guard byte == (isObject ? 0x7D : 0x5D) else { throw JSONError(.unexpectedByte, at: place) }
            try close()
        }
        return false
    }

    @inline(__always)
    private func next(is byte: UInt8) -> Bool { unsafe place < count && bytes[place] == byte }

    @inline(__always)
    private mutating func skipSpace() {
        if place < count, unsafe bytes[place] <= 0x20 { place = afterSpace(place) }
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
            try checkKeys(of: index)
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
        if place &+ 32 <= count, unsafe bytes[place] == 0x22 { number = expectedKey() }
        if number != 0 {
            let known = unsafe keys.known[number]
            emit(start: place &+ 1, end: place &+ 1 &+ Int(known.count), detail: known.hash, tag: TapeEntry.keyTag)
            place &+= Int(known.count) &+ 2
        } else {
            let (entry, found) = try readKey(at: place, after: lastKey)
            emit(start: Int(entry.start), end: Int(entry.start &+ entry.count), detail: entry.detail, tag: entry.tag)
            place = Int(entry.start &+ entry.count) &+ 1
            number = found
        }
        lastKey = number
        let frame = unsafe frames + depth
        let low: UInt64 = number < 64 ? 1 &<< UInt64(truncatingIfNeeded: number) : 0
        let high: UInt64 = number < 64 ? 0 : 1 &<< UInt64(truncatingIfNeeded: number)
        if unsafe frame.pointee.hasUnknown || number == 0 {
            unsafe frame.pointee.hasUnknown = true
            let isShort = unsafe frame.pointee.count < TapeParser.membersCheckedInline
            if isShort, limits.refusesDuplicateKeys {
                try compareKey(index, of: unsafe Int(frame.pointee.index))
            }
        } else if unsafe frame.pointee.seenLow & low | frame.pointee.seenHigh & high != 0 {
            if limits.refusesDuplicateKeys { throw JSONError(.duplicateKey, at: unsafe Int(entries[index].start) &- 1) }
        }
        unsafe frame.pointee.seenLow |= low
        unsafe frame.pointee.seenHigh |= high
        skipSpace()
        guard place < count else { throw JSONError(.unexpectedEnd, at: count) }
        guard unsafe bytes[place] == 0x3A else { throw JSONError(.unexpectedByte, at: place) }
        place &+= 1
        skipSpace()
    }

    /// The number of the key at the quote where it is one of the two that came after the last key before; else 0.
    @inline(__always)
    private func expectedKey() -> Int {
        let text = unsafe UnsafeRawPointer(bytes + (place &+ 1))
        let first = unsafe Int(keys.known[lastKey].follower)
        if first != 0, unsafe keys.known[first].isAt(text) { return first }
        let second = unsafe Int(keys.known[lastKey].secondFollower)
        return unsafe second != 0 && keys.known[second].isAt(text) ? second : 0
    }

    // MARK: Scalars

    /// At the opening quote; ends after the closing one.
    @inline(__always)
    private mutating func string(tag: UInt32) throws(JSONError) {
        let start = place &+ 1
        if start &+ 32 <= count {
            let block = unsafe UnsafeRawPointer(bytes + start)
            let length = unsafe ByteRuns.firstStop(block)
            if length < 32, unsafe bytes[start &+ length] == 0x22 {
                let end = start &+ length
                if unsafe ByteRuns.hasHigh(block, count: length),
                    let invalid = unsafe TextCheck.firstInvalid(bytes, start, end, count: count)
                {
                    throw JSONError(.invalidUTF8, at: invalid)
                }
                emit(start: start, end: end, tag: tag)
                place = end &+ 1
                return
            }
        }
        let (end, flags) = try anyString(from: start)
        emit(start: start, end: end, tag: tag | flags)
        place = end &+ 1
    }

    /// The end of the number at `start`, and whether it has a fraction or an exponent.
    @inline(__always)
    private func number(at start: Int) throws(JSONError) -> (end: Int, flags: UInt32) {
        var end = start
        var flags: UInt32 = 0
        if unsafe bytes[end] == 0x2D { end &+= 1 }
        if end < count, unsafe bytes[end] == 0x30 {
            end &+= 1
        } else {
            end = try digits(from: end)
        }
        if end < count, unsafe bytes[end] == 0x2E {
            flags = TapeEntry.flag
            end = try digits(from: end &+ 1)
        }
        if end < count, unsafe bytes[end] | 0x20 == 0x65 {
            flags = TapeEntry.flag
            end &+= 1
            if end < count, unsafe bytes[end] == 0x2B || bytes[end] == 0x2D { end &+= 1 }
            end = try digits(from: end)
        }
        // "01", "1a" and "-NaN" stop at the byte that follows what was a number so far.
        if end < count, unsafe bytes[end] &- 0x30 < 10 { throw JSONError(.invalidNumber, at: end) }
        if end &- start > limits.numberBytesMax { throw JSONError(.numberTooLong, at: start) }
        return (end, flags)
    }

    /// One digit or more.
    @inline(__always)
    private func digits(from start: Int) throws(JSONError) -> Int {
        var end = start
        if end &+ 8 <= count {
            end &+= unsafe ByteRuns.digits(UnsafeRawPointer(bytes + end))
            if end < start &+ 8 {
                if end == start { throw JSONError(.invalidNumber, at: end) }
                return end
            }
        }
        while end < count, unsafe bytes[end] &- 0x30 < 10 { end &+= 1 }
        if end == start { throw JSONError(end < count ? .invalidNumber : .unexpectedEnd, at: end) }
        return end
    }

    @inline(__always)
    private mutating func literal(_ first: UInt8) throws(JSONError) {
        var tag = TapeEntry.nullTag
        var length = 4
        if place &+ 5 <= count {
            let word = unsafe UnsafeRawPointer(bytes + place).loadUnaligned(as: UInt32.self)
            if word == 0x6C6C_756E {
                emit(start: place, end: place &+ 4, tag: tag)
                place &+= 4
                return
            }
            if word == 0x6575_7274 {
                emit(start: place, end: place &+ 4, tag: TapeEntry.boolTag | TapeEntry.flag)
                place &+= 4
                return
            }
        }
        (tag, length) = try spelled(first, at: place)
        emit(start: place, end: place &+ length, tag: tag)
        place &+= length
    }
}

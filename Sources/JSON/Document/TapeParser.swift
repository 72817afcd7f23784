// The hot loop: RFC 8259 over bytes without recursion. Everything it reads lies in `bytes ..< bytes + count`
// and everything it writes in the memory the tape reserved by the document's length.

/// One parse.
///
/// Safe because it lives only inside `parse`'s closures, every read is preceded by a comparison with
/// `count`, and `JSONTape.reserve` made room for every entry that the document's bytes can produce.
@safe struct TapeParser {
    private let bytes: UnsafePointer<UInt8>
    private let count: Int
    private let entries: UnsafeMutablePointer<TapeEntry>
    private let frames: UnsafeMutablePointer<TapeFrame>
    private let limits: JSONLimits
    private var place = 0
    private var entryCount = 0
    private var depth = 0

    /// Fills the tape and returns how many entries it has.
    static func parse(
        _ source: Span<UInt8>, entries: inout ContiguousArray<TapeEntry>, frames: inout ContiguousArray<TapeFrame>,
        limits: JSONLimits
    ) throws(JSONError) -> Int {
        try unsafe source.withUnsafeBufferPointer { (buffer) throws(JSONError) -> Int in
            try unsafe entries.withUnsafeMutableBufferPointer { (tape) throws(JSONError) -> Int in
                try unsafe frames.withUnsafeMutableBufferPointer { (open) throws(JSONError) -> Int in
                    guard let bytes = buffer.baseAddress, let entries = tape.baseAddress, let frames = open.baseAddress
                    else { throw JSONError(.empty, at: 0) }
                    var parser = unsafe TapeParser(
                        bytes: bytes, count: buffer.count, entries: entries, frames: frames, limits: limits)
                    return try parser.document()
                }
            }
        }
    }

    private init(
        bytes: UnsafePointer<UInt8>, count: Int, entries: UnsafeMutablePointer<TapeEntry>,
        frames: UnsafeMutablePointer<TapeFrame>, limits: JSONLimits
    ) {
        unsafe self.bytes = bytes
        self.count = count
        unsafe self.entries = entries
        unsafe self.frames = frames
        self.limits = limits
    }

    private mutating func document() throws(JSONError) -> Int {
        if count >= 3, unsafe bytes[0] == 0xEF, unsafe bytes[1] == 0xBB, unsafe bytes[2] == 0xBF {
            throw JSONError(.byteOrderMark, at: 0)
        }
        if let invalid = unsafe TextCheck.firstInvalid(bytes, count: count) {
            throw JSONError(.invalidUTF8, at: invalid)
        }
        skipSpace()
        if place == count { throw JSONError(.empty, at: count) }
        try values()
        skipSpace()
        if place < count { throw JSONError(.trailingData, at: place) }
        return entryCount
    }

    /// Values until the outermost one is closed.
    private mutating func values() throws(JSONError) {
        while true {
            // At the first byte of a value.
            if place >= count { throw JSONError(.unexpectedEnd, at: count) }
            switch unsafe bytes[place] {
            case 0x22: try string(tag: TapeEntry.stringTag)
            case 0x7B:
                try open(TapeEntry.objectTag)
                skipSpace()
                if next(is: 0x7D) {
                    try close()
                } else {
                    try key()
                    continue
                }
            case 0x5B:
                try open(TapeEntry.arrayTag)
                skipSpace()
                if next(is: 0x5D) { try close() } else { continue }
            case 0x2D, 0x30...0x39: try number()
            case 0x74: try literal("true", TapeEntry.boolTag | TapeEntry.flag)
            case 0x66: try literal("false", TapeEntry.boolTag)
            case 0x6E: try literal("null", TapeEntry.nullTag)
            default: throw JSONError(.unexpectedByte, at: place)
            }
            // After a value: what its container wants next.
            if try !advance() { return }
        }
    }

    /// Closes containers and steps over one comma; false at the end of the outermost value.
    @inline(__always)
    private mutating func advance() throws(JSONError) -> Bool {
        while depth > 0 {
            unsafe frames[depth].count &+= 1
            skipSpace()
            if place >= count { throw JSONError(.unexpectedEnd, at: count) }
            let byte = unsafe bytes[place]
            let container = unsafe entries[Int(frames[depth].index)].kindTag
            if byte == 0x2C {
                place &+= 1
                skipSpace()
                if container == TapeEntry.objectTag { try key() }
                return true
            }
            guard byte == (container == TapeEntry.objectTag ? 0x7D : 0x5D) else {
                throw JSONError(.unexpectedByte, at: place)
            }
            try close()
        }
        return false
    }

    @inline(__always)
    private func next(is byte: UInt8) -> Bool { unsafe place < count && bytes[place] == byte }

    @inline(__always)
    private mutating func skipSpace() {
        while place < count {
            let byte = unsafe bytes[place]
            if byte > 0x20 { return }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            place &+= 1
        }
    }

    // MARK: Containers

    @inline(__always)
    private mutating func open(_ tag: UInt32) throws(JSONError) {
        if depth == limits.depthMax { throw JSONError(.tooDeep, at: place) }
        depth &+= 1
        unsafe frames[depth] = TapeFrame(index: Int32(truncatingIfNeeded: entryCount))
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
        let entry = unsafe entries[index]
        let tag = entry.kindTag
        unsafe entries[index] = TapeEntry(
            start: Int(entry.start), end: place, detail: UInt32(bitPattern: frame.count),
            tag: tag | UInt32(truncatingIfNeeded: entryCount) << 5)
        if tag == TapeEntry.objectTag, frame.count > TapeParser.membersCheckedInline, limits.refusesDuplicateKeys {
            try checkKeys(of: index)
        }
        depth &-= 1
    }

    /// Objects up to here have each key compared as it comes; longer ones are sorted once they are closed.
    private static let membersCheckedInline: Int32 = 64

    /// A key and its colon.
    private mutating func key() throws(JSONError) {
        guard place < count else { throw JSONError(.unexpectedEnd, at: count) }
        guard unsafe bytes[place] == 0x22 else { throw JSONError(.unexpectedByte, at: place) }
        let index = entryCount
        try string(tag: TapeEntry.keyTag)
        let entry = unsafe entries[index]
        let hash: UInt32
        if entry.isFlagged {
            hash = KeyHash.hash(decoded(entry))
        } else {
            hash = unsafe KeyHash.hash(bytes + Int(entry.start), count: Int(entry.count))
        }
        unsafe entries[index].detail = hash
        let low: UInt64 = hash & 64 == 0 ? 1 << UInt64(hash & 63) : 0
        let high: UInt64 = hash & 64 == 0 ? 0 : 1 << UInt64(hash & 63)
        let frame = unsafe frames + depth
        if unsafe frame.pointee.seenLow & low | frame.pointee.seenHigh & high != 0 {
            if unsafe frame.pointee.count < TapeParser.membersCheckedInline, limits.refusesDuplicateKeys {
                try compareKey(index)
            }
        } else {
            unsafe frame.pointee.seenLow |= low
            unsafe frame.pointee.seenHigh |= high
        }
        skipSpace()
        guard place < count else { throw JSONError(.unexpectedEnd, at: count) }
        guard unsafe bytes[place] == 0x3A else { throw JSONError(.unexpectedByte, at: place) }
        place &+= 1
        skipSpace()
    }

    /// Compares the new key with its object's earlier ones.
    private func compareKey(_ index: Int) throws(JSONError) {
        let new = unsafe entries[index]
        var earlier = unsafe Int(frames[depth].index) &+ 1
        while earlier < index {
            let entry = unsafe entries[earlier]
            if entry.detail == new.detail, isSameKey(entry, new) {
                throw JSONError(.duplicateKey, at: Int(new.start) - 1)
            }
            earlier = unsafe entries[earlier &+ 1].next
        }
    }

    /// Finds duplicates in a long object by sorting its keys: n log n whatever their hashes are.
    private func checkKeys(of object: Int) throws(JSONError) {
        var keys: [Int] = []
        let end = unsafe entries[object].next
        var index = object + 1
        while index < end {
            keys.append(index)
            index = unsafe entries[index + 1].next
        }
        keys.sort { left, right in
            let (first, second) = unsafe (entries[left], entries[right])
            if first.detail != second.detail { return first.detail < second.detail }
            return compareKeys(first, second) < 0
        }
        var duplicate: Int?
        for (left, right) in zip(keys, keys.dropFirst()) {
            let (first, second) = unsafe (entries[left], entries[right])
            guard first.detail == second.detail, isSameKey(first, second) else { continue }
            let later = max(Int(first.start), Int(second.start)) - 1
            duplicate = min(duplicate ?? later, later)
        }
        if let duplicate { throw JSONError(.duplicateKey, at: duplicate) }
    }

    private func isSameKey(_ left: TapeEntry, _ right: TapeEntry) -> Bool {
        if !left.isFlagged, !right.isFlagged, left.count != right.count { return false }
        return compareKeys(left, right) == 0
    }

    private func compareKeys(_ left: TapeEntry, _ right: TapeEntry) -> Int {
        let (first, second) = (decoded(left), decoded(right))
        if first.count != second.count { return first.count - second.count }
        for (a, b) in zip(first, second) where a != b { return Int(a) - Int(b) }
        return 0
    }

    private func decoded(_ entry: TapeEntry) -> [UInt8] {
        var text: [UInt8] = []
        let raw = unsafe UnsafeBufferPointer(start: bytes + Int(entry.start), count: Int(entry.count))
        unsafe StringEscapes.append(Span(_unsafeElements: raw), to: &text)
        return text
    }

    // MARK: Scalars

    /// At the opening quote; ends after the closing one. Words without quote, backslash or control
    /// character are passed eight bytes at a time.
    @inline(__always)
    private mutating func string(tag: UInt32) throws(JSONError) {
        let start = place &+ 1
        var end = start
        var high: UInt64 = 0
        var flags: UInt32 = 0
        let raw = unsafe UnsafeRawPointer(bytes)
        while true {
            if end &+ 8 <= count {
                let word = unsafe raw.loadUnaligned(fromByteOffset: end, as: UInt64.self)
                let stop = TapeParser.stops(word)
                if stop == 0 {
                    high |= word
                    end &+= 8
                    continue
                }
                let bits = UInt64(truncatingIfNeeded: stop.trailingZeroBitCount) & ~7
                high |= word & ((1 << bits) &- 1)
                end &+= Int(truncatingIfNeeded: bits >> 3)
            } else if end >= count {
                throw JSONError(.unexpectedEnd, at: count)
            }
            let byte = unsafe bytes[end]
            if byte == 0x22 { break }
            if byte == 0x5C {
                flags = TapeEntry.flag
                end = try escape(at: end)
            } else if byte < 0x20 {
                throw JSONError(.controlCharacter, at: end)
            } else {
                high |= UInt64(byte)
                end &+= 1
            }
        }
        if high & 0x8080_8080_8080_8080 != 0 { flags |= TapeEntry.nonASCII }
        let next = UInt32(truncatingIfNeeded: entryCount &+ 1) << 5
        unsafe entries[entryCount] = TapeEntry(start: start, end: end, tag: tag | flags | next)
        entryCount &+= 1
        place = end &+ 1
    }

    /// The high bit of each byte that ends a plain run; exact up to the first one.
    @inline(__always)
    private static func stops(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ 0x2222_2222_2222_2222
        let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let found = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- (ones << 5)) & ~word)
        return found & 0x8080_8080_8080_8080
    }

    /// At a backslash; the place after the escape (after both halves of a surrogate pair).
    private func escape(at place: Int) throws(JSONError) -> Int {
        guard place + 1 < count else { throw JSONError(.unexpectedEnd, at: count) }
        switch unsafe bytes[place + 1] {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return place + 2
        case 0x75: break
        default: throw JSONError(.invalidEscape, at: place)
        }
        let unit = try hexadecimal(at: place + 2)
        if unit & 0xF800 != 0xD800 { return place + 6 }
        guard unit < 0xDC00, place + 8 <= count, unsafe bytes[place + 6] == 0x5C, unsafe bytes[place + 7] == 0x75,
            try hexadecimal(at: place + 8) & 0xFC00 == 0xDC00
        else { throw JSONError(.loneSurrogate, at: place) }
        return place + 12
    }

    private func hexadecimal(at place: Int) throws(JSONError) -> UInt32 {
        guard place + 4 <= count else { throw JSONError(.unexpectedEnd, at: count) }
        var value: UInt32 = 0
        for offset in place..<place + 4 {
            guard let digit = StringEscapes.hexadecimalDigit(unsafe bytes[offset]) else {
                throw JSONError(.invalidEscape, at: offset)
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    @inline(__always)
    private mutating func number() throws(JSONError) {
        let start = place
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
        let next = UInt32(truncatingIfNeeded: entryCount &+ 1) << 5
        unsafe entries[entryCount] = TapeEntry(start: start, end: end, tag: TapeEntry.numberTag | flags | next)
        entryCount &+= 1
        place = end
    }

    /// One digit or more.
    @inline(__always)
    private func digits(from start: Int) throws(JSONError) -> Int {
        var end = start
        while end < count, unsafe bytes[end] &- 0x30 < 10 { end &+= 1 }
        if end == start { throw JSONError(end < count ? .invalidNumber : .unexpectedEnd, at: end) }
        return end
    }

    @inline(__always)
    private mutating func literal(_ word: StaticString, _ tag: UInt32) throws(JSONError) {
        let length = word.utf8CodeUnitCount
        var matched = 0
        while matched < length {
            guard place &+ matched < count else { throw JSONError(.unexpectedEnd, at: count) }
            guard unsafe bytes[place &+ matched] == word.utf8Start[matched] else {
                throw JSONError(.invalidLiteral, at: place &+ matched)
            }
            matched &+= 1
        }
        let next = UInt32(truncatingIfNeeded: entryCount &+ 1) << 5
        unsafe entries[entryCount] = TapeEntry(start: place, end: place &+ length, tag: tag | next)
        entryCount &+= 1
        place &+= length
    }
}

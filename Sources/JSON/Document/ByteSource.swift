// What a document has now and then: white space, escapes, long strings, keys that are new. Functions of the bytes and
// a place, so that calling them costs the parser's hot loop nothing of what it keeps in registers.

/// A document's bytes.
///
/// Safe because it lives only as long as the parse that makes it, and every read is preceded by a comparison with `count`.
@safe struct ByteSource {
    let bytes: UnsafePointer<UInt8>
    let count: Int

    init(bytes: UnsafePointer<UInt8>, count: Int) {
        unsafe self.bytes = bytes
        self.count = count
    }

    @inline(never)
    func afterSpace(_ start: Int) -> Int {
        var place = start
        while place < count {
            let byte = unsafe bytes[place]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
            place &+= 1
        }
        return place
    }

    /// The closing quote of a string from its first byte on, its UTF-8 checked, and whether it has escapes.
    @inline(never)
    func anyString(from start: Int) throws(JSONError) -> (end: Int, flags: UInt32) {
        var place = start
        while place &+ 32 <= count {
            let length = unsafe ByteRuns.firstStop(UnsafeRawPointer(bytes + place))
            place &+= length
            if length < 32 { break }
        }
        let (end, flags) = unsafe place < count && bytes[place] == 0x22 ? (place, 0) : try endOfString(from: place)
        try checkText(start, end)
        return (end, flags)
    }

    /// The inside of a string must be UTF-8.
    @inline(never)
    func checkText(_ start: Int, _ end: Int) throws(JSONError) {
        if let invalid = unsafe TextCheck.firstInvalid(bytes, start, end, count: count) {
            throw JSONError(.invalidUTF8, at: invalid)
        }
    }

    /// The closing quote of a string that is plain up to `start`, and whether it has escapes.
    @inline(never)
    func endOfString(from start: Int) throws(JSONError) -> (end: Int, flags: UInt32) {
        var end = start
        var flags: UInt32 = 0
        let raw = unsafe UnsafeRawPointer(bytes)
        while true {
            if end &+ 8 <= count {
                let stop = ByteSource.stops(unsafe raw.loadUnaligned(fromByteOffset: end, as: UInt64.self))
                if stop == 0 {
                    end &+= 8
                    continue
                }
                end &+= stop.trailingZeroBitCount &>> 3
            } else if end >= count {
                throw JSONError(.unexpectedEnd, at: count)
            }
            let byte = unsafe bytes[end]
            if byte == 0x22 { return (end, flags) }
            if byte == 0x5C {
                flags = TapeEntry.flag
                end = try escape(at: end)
            } else if byte < 0x20 {
                throw JSONError(.controlCharacter, at: end)
            } else {
                end &+= 1
            }
        }
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

    /// A key that is not the expected one: its entry, and its number where it could be remembered.
    @inline(never)
    func key(at place: Int, after lastKey: Int, _ keys: KeyMemoryAccess) throws(JSONError) -> (
        entry: TapeEntry, number: Int
    ) {
        guard place < count else { throw JSONError(.unexpectedEnd, at: count) }
        guard unsafe bytes[place] == 0x22 else { throw JSONError(.unexpectedByte, at: place) }
        let (end, flags) = try anyString(from: place + 1)
        var entry = TapeEntry(start: place + 1, end: end, tag: TapeEntry.keyTag | flags)
        if entry.isFlagged {
            entry.detail = KeyHash.hash(decoded(entry))
            return (entry, 0)
        }
        let text = unsafe bytes + (place + 1)
        entry.detail = unsafe KeyHash.hash(text, count: Int(entry.count))
        return unsafe (entry, keys.number(text, count: Int(entry.count), hash: entry.detail, after: lastKey))
    }

    /// `true`, `false` or `null`: tag and length.
    @inline(never)
    func literal(at place: Int) throws(JSONError) -> (UInt32, Int) {
        if place &+ 5 <= count {
            let text = unsafe UnsafeRawPointer(bytes + place).loadUnaligned(as: UInt32.self)
            if text == 0x6C6C_756E { return (TapeEntry.nullTag, 4) }
            if text == 0x6575_7274 { return (TapeEntry.boolTag | TapeEntry.flag, 4) }
        }
        let word: StaticString
        let tag: UInt32
        switch unsafe bytes[place] {
        case 0x74: (word, tag) = ("true", TapeEntry.boolTag | TapeEntry.flag)
        case 0x66: (word, tag) = ("false", TapeEntry.boolTag)
        case 0x6E: (word, tag) = ("null", TapeEntry.nullTag)
        default: throw JSONError(.unexpectedByte, at: place)
        }
        for position in 0..<word.utf8CodeUnitCount {
            guard place &+ position < count else { throw JSONError(.unexpectedEnd, at: count) }
            guard unsafe bytes[place &+ position] == word.utf8Start[position] else {
                throw JSONError(.invalidLiteral, at: place &+ position)
            }
        }
        return (tag, word.utf8CodeUnitCount)
    }

    /// Compares the new key with its object's earlier ones.
    @inline(never)
    func compareKey(_ entries: UnsafeMutablePointer<TapeEntry>, _ index: Int, of object: Int) throws(JSONError) {
        let new = unsafe entries[index]
        var earlier = object &+ 1
        while earlier < index {
            let entry = unsafe entries[earlier]
            if entry.detail == new.detail, isSameKey(entry, new) {
                throw JSONError(.duplicateKey, at: Int(new.start) - 1)
            }
            earlier = unsafe entries[earlier &+ 1].next
        }
    }

    /// Finds duplicates in a long object by sorting its keys: n log n whatever their hashes are.
    @inline(never)
    func checkKeys(_ entries: UnsafeMutablePointer<TapeEntry>, of object: Int) throws(JSONError) {
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

    /// The end of the number at `start`, and whether it has a fraction or an exponent.
    @inline(never)
    func number(at start: Int, bytesMax: Int) throws(JSONError) -> (end: Int, flags: UInt32) {
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
        if end &- start > bytesMax { throw JSONError(.numberTooLong, at: start) }
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
}

// What a document has now and then: white space, escapes, literals at its end, keys that are new. These methods
// change nothing of the parser, so that its hot loop keeps its state in registers.

extension TapeParser {
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
        if let invalid = unsafe TextCheck.firstInvalid(bytes, start, end, count: count) {
            throw JSONError(.invalidUTF8, at: invalid)
        }
        return (end, flags)
    }

    /// The closing quote of a string that is plain up to `start`, and whether it has escapes.
    @inline(never)
    func endOfString(from start: Int) throws(JSONError) -> (end: Int, flags: UInt32) {
        var end = start
        var flags: UInt32 = 0
        let raw = unsafe UnsafeRawPointer(bytes)
        while true {
            if end &+ 8 <= count {
                let stop = TapeParser.stops(unsafe raw.loadUnaligned(fromByteOffset: end, as: UInt64.self))
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
    func readKey(at place: Int, after lastKey: Int) throws(JSONError) -> (entry: TapeEntry, number: Int) {
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

    /// `true`, `false` or `null` by its first byte: tag and length.
    @inline(never)
    func spelled(_ first: UInt8, at place: Int) throws(JSONError) -> (UInt32, Int) {
        let word: StaticString
        let tag: UInt32
        switch first {
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
    func compareKey(_ index: Int, of object: Int) throws(JSONError) {
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
    func checkKeys(of object: Int) throws(JSONError) {
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
}

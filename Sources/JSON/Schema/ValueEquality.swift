// When two JSON values are the same (JSON Schema core §4.2.2): numbers by value, strings by code points, objects
// whatever the order. And the hash that agrees with it.

extension JSONView {
    /// Whether two values, possibly of two documents, are equal. Takes what it costs from `steps`.
    static func equal(
        _ left: borrowing JSONView, _ leftIndex: Int, _ right: borrowing JSONView, _ rightIndex: Int, steps: inout Int
    ) -> Bool {
        steps -= 1
        if steps < 0 { return false }
        let first = left.entries[leftIndex]
        let second = right.entries[rightIndex]
        guard first.kindTag == second.kindTag else { return false }
        switch first.kindTag {
        case TapeEntry.nullTag: return true
        case TapeEntry.boolTag: return first.isFlagged == second.isFlagged
        case TapeEntry.numberTag:
            return ExactDecimal.compare(
                ExactDecimal(left.bytes, first.range), left.bytes, ExactDecimal(right.bytes, second.range), right.bytes)
                == 0
        case TapeEntry.stringTag: return equalText(left, first, right, second)
        case TapeEntry.arrayTag:
            guard first.detail == second.detail else { return false }
            var (leftPlace, rightPlace) = (leftIndex + 1, rightIndex + 1)
            while leftPlace < first.next {
                if !equal(left, leftPlace, right, rightPlace, steps: &steps) { return false }
                leftPlace = left.entries[leftPlace].next
                rightPlace = right.entries[rightPlace].next
            }
            return true
        default: return equalObjects(left, leftIndex, right, rightIndex, steps: &steps)
        }
    }

    private static func equalObjects(
        _ left: borrowing JSONView, _ leftIndex: Int, _ right: borrowing JSONView, _ rightIndex: Int, steps: inout Int
    ) -> Bool {
        let first = left.entries[leftIndex]
        let second = right.entries[rightIndex]
        guard first.detail == second.detail else { return false }
        var place = leftIndex + 1
        // Members mostly come in the same order: look at the same position first.
        var guess = rightIndex + 1
        while place < first.next {
            let key = left.entries[place]
            var found = -1
            if guess < second.next, isSameKey(left, key, right, right.entries[guess]) {
                found = guess
            } else {
                var other = rightIndex + 1
                while other < second.next {
                    steps -= 1
                    if steps < 0 { return false }
                    if isSameKey(left, key, right, right.entries[other]) {
                        found = other
                        break
                    }
                    other = right.entries[other + 1].next
                }
            }
            guard found >= 0, equal(left, place + 1, right, found + 1, steps: &steps) else { return false }
            guess = right.entries[found + 1].next
            place = left.entries[place + 1].next
        }
        return true
    }

    private static func isSameKey(
        _ left: borrowing JSONView, _ first: TapeEntry, _ right: borrowing JSONView, _ second: TapeEntry
    ) -> Bool {
        first.detail == second.detail && equalText(left, first, right, second)
    }

    static func equalText(
        _ left: borrowing JSONView, _ first: TapeEntry, _ right: borrowing JSONView, _ second: TapeEntry
    ) -> Bool {
        if !first.isFlagged { return right.matches(second, left.bytes.extracting(first.range)) }
        if !second.isFlagged { return left.matches(first, right.bytes.extracting(second.range)) }
        var decoded: [UInt8] = []
        left.appendDecoded(first, to: &decoded)
        return right.matches(second, decoded.span)
    }

    /// A hash that is the same for equal values.
    func hash(_ index: Int, steps: inout Int) -> UInt64 {
        steps -= 1
        if steps < 0 { return 0 }
        let entry = entries[index]
        let seed = UInt64(entry.kindTag) &* 0x9E37_79B9_7F4A_7C15
        switch entry.kindTag {
        case TapeEntry.numberTag: return seed ^ ExactDecimal(bytes, entry.range).hash(bytes)
        case TapeEntry.stringTag: return seed ^ UInt64(textHash(entry))
        case TapeEntry.boolTag: return entry.isFlagged ? seed ^ 1 : seed
        case TapeEntry.arrayTag:
            var hash = seed
            var place = index + 1
            while place < entry.next {
                hash = KeyHash.fold(
                    hash ^ 0xA076_1D64_78BD_642F, self.hash(place, steps: &steps) ^ 0xE703_7ED1_A0B4_28DB)
                place = entries[place].next
            }
            return hash
        case TapeEntry.objectTag:
            var hash = seed
            var place = index + 1
            while place < entry.next {
                let key = UInt64(entries[place].detail)
                hash =
                    hash
                    &+ KeyHash.fold(
                        key ^ 0xA076_1D64_78BD_642F, self.hash(place + 1, steps: &steps) ^ 0xE703_7ED1_A0B4_28DB)
                place = entries[place + 1].next
            }
            return hash
        default: return seed
        }
    }

    func textHash(_ entry: TapeEntry) -> UInt32 {
        if !entry.isFlagged { return KeyHash.hash(bytes, entry.range) }
        var decoded: [UInt8] = []
        appendDecoded(entry, to: &decoded)
        return KeyHash.hash(decoded)
    }
}

// RFC 6962 §2.1 word for word: slow, recursive, over whole lists of entries.

import Crypto

enum ReferenceTree {
    /// The largest power of two below a count of at least 2.
    static func split(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }

    /// MTH(D[n]).
    static func root(_ entries: ArraySlice<[UInt8]>) -> Digest {
        if entries.isEmpty { return SHA256.hash([]) }
        if entries.count == 1 { return SHA256.hash([0] + entries[entries.startIndex]) }
        let middle = entries.startIndex + split(entries.count)
        return SHA256.hash([1] + root(entries[..<middle]).bytes + root(entries[middle...]).bytes)
    }

    /// PATH(m, D[n]).
    static func path(_ index: Int, _ entries: ArraySlice<[UInt8]>) -> [Digest] {
        if entries.count == 1 { return [] }
        let middle = entries.startIndex + split(entries.count)
        if index < middle {
            return path(index, entries[..<middle]) + [root(entries[middle...])]
        }
        return path(index, entries[middle...]) + [root(entries[..<middle])]
    }

    /// SUBPROOF(m, D[n], b); PROOF(m, D[n]) with `isComplete` true.
    static func subproof(_ old: Int, _ entries: ArraySlice<[UInt8]>, _ isComplete: Bool) -> [Digest] {
        if old == entries.endIndex { return isComplete ? [] : [root(entries)] }
        let middle = entries.startIndex + split(entries.count)
        if old <= middle {
            return subproof(old, entries[..<middle], isComplete) + [root(entries[middle...])]
        }
        return subproof(old, entries[middle...], false) + [root(entries[..<middle])]
    }
}

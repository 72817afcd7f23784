// The check of a whole log against heads kept outside it: any changed, missing, added or moved entry gives
// another root at the first head that covers it.

import Crypto

/// What the check of a log found.
public enum LogVerdict: Sendable, Equatable {
    /// The entries are exactly those of every head; so many entries lie past the last head.
    case intact(size: UInt64, pastLastHead: UInt64)
    /// The log ends before a head that was once published.
    case cut(size: UInt64, headSize: UInt64)
    /// The first head whose root differs: what was tampered with lies in `after ..< headSize`.
    case altered(after: UInt64, headSize: UInt64)
    /// Two heads of one size have different roots: the log was shown in two versions.
    case forked(headSize: UInt64)
}

/// Runs over a log's entries in order and compares the root at each known head.
public struct LogVerification: Sendable {
    private var range = CompactRange()
    private var heads: [TreeHead]
    private var nextHead = 0
    private var lastGood: UInt64 = 0
    private var verdict: LogVerdict?

    /// Heads in any order; their signatures have been checked by the caller.
    public init(heads: [TreeHead]) {
        self.heads = heads.sorted { $0.size < $1.size }
        for (earlier, later) in zip(self.heads, self.heads.dropFirst())
        where earlier.size == later.size && earlier.root != later.root && verdict == nil {
            verdict = .forked(headSize: earlier.size)
        }
        compare()
    }

    /// Takes the next entry of the log.
    public mutating func add(_ entry: Span<UInt8>) {
        range.append(entry: entry)
        compare()
    }

    /// Takes the next entry of the log.
    public mutating func add(_ entry: [UInt8]) { add(entry.span) }

    private mutating func compare() {
        while nextHead < heads.count, heads[nextHead].size == range.size {
            if verdict == nil {
                if heads[nextHead].root == range.root {
                    lastGood = range.size
                } else {
                    verdict = .altered(after: lastGood, headSize: range.size)
                }
            }
            nextHead += 1
        }
    }

    /// The verdict after the last entry.
    public func finish() -> LogVerdict {
        if let verdict { return verdict }
        if let last = heads.last, last.size > range.size { return .cut(size: range.size, headSize: last.size) }
        return .intact(size: range.size, pastLastHead: range.size - lastGood)
    }

    /// The tree over the entries taken so far.
    public var tree: CompactRange { range }
}

// How a consumer group fares on one partition, by the rules that Burrow made usual: not by a threshold on the
// lag, but by what the last commits show.

/// Burrow's states of a partition, the worst last.
public enum LagStatus: String, Sendable, Comparable {
    /// The group never committed here.
    case notFound = "NOTFOUND"
    case ok = "OK"
    /// The group moves, and falls behind all the time.
    case warning = "WARN"
    /// The group commits the same offset again and again while records wait.
    case stall = "STALL"
    /// The group stopped committing while records wait.
    case stop = "STOP"
    /// The group went back and has not caught up with where it was.
    case rewind = "REWIND"

    private var rank: Int {
        switch self {
        case .ok: 0
        case .notFound: 1
        case .warning: 2
        case .stall: 3
        case .stop: 4
        case .rewind: 5
        }
    }
    public static func < (left: LagStatus, right: LagStatus) -> Bool { left.rank < right.rank }
}

/// One look at a group's committed offset.
public struct LagSample: Sendable, Equatable {
    public var committed: Int64
    /// The partition's end when the sample was taken.
    public var end: Int64
    public var atMilliseconds: Int64

    public init(committed: Int64, end: Int64, atMilliseconds: Int64) {
        self.committed = committed
        self.end = end
        self.atMilliseconds = atMilliseconds
    }

    /// Records that wait; a commit beyond the end seen a moment before counts as none.
    public var lag: Int64 { max(0, end - committed) }
}

/// The rules over a window of samples, oldest first.
public enum LagRules {
    /// - Parameters:
    ///   - allowedLag: records that may wait without a word (0: none).
    ///   - now: milliseconds since 1970, for the rule on silence.
    public static func status(of window: [LagSample], allowedLag: Int64 = 0, now: Int64) -> LagStatus {
        guard let first = window.first, let last = window.last else { return .notFound }
        if last.lag <= allowedLag { return .ok }
        // Silence longer than the whole window, and records arrived since the last commit.
        if window.count > 1, now - last.atMilliseconds > last.atMilliseconds - first.atMilliseconds, last.end > last.committed {
            return .stop
        }
        for place in window.indices.dropFirst() where window[place].committed < window[place - 1].committed {
            let before = window[place - 1].committed
            if !window[place...].contains(where: { $0.committed >= before }) { return .rewind }
        }
        if window.contains(where: { $0.lag <= allowedLag }) { return .ok }
        guard window.count > 1 else { return .ok }
        if window.allSatisfy({ $0.committed == first.committed }) { return .stall }
        if zip(window, window.dropFirst()).allSatisfy({ $0.lag <= $1.lag }) { return .warning }
        return .ok
    }
}

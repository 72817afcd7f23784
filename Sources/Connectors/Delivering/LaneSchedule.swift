// The order of work of one lane: records of equal keys in order, one after another; a key whose record has to
// wait is parked with everything behind it, and the other keys go on.

/// Which record of a lane goes next. Pure: every call is told the time in milliseconds.
public struct LaneSchedule: Sendable {
    public enum Next: Sendable, Equatable {
        case run(Int)
        /// Every key that is left is parked until then.
        case wait(until: Int64)
        case empty
    }

    private struct KeyQueue: Sendable {
        var items: [Int] = []
        var first = 0
        var notBefore = Int64.min
    }

    private var queues: [KeyQueue] = []
    private var placeOfKey: [[UInt8]: Int] = [:]
    /// Keys with work, in the order of their turn.
    private var turns: [Int] = []
    private var running: Int?

    public init() {}

    /// Adds a record behind those of its key.
    public mutating func add(_ item: Int, key: [UInt8]) {
        if let place = placeOfKey[key] {
            if queues[place].first == queues[place].items.count { turns.append(place) }
            queues[place].items.append(item)
        } else {
            placeOfKey[key] = queues.count
            turns.append(queues.count)
            queues.append(KeyQueue(items: [item]))
        }
    }

    /// The next record; it must be reported by `finished` or `postponed` before the next call.
    public mutating func next(at now: Int64) -> Next {
        precondition(running == nil, "A lane does one thing at a time.")
        var earliest = Int64.max
        for (turn, place) in turns.enumerated() {
            if queues[place].notBefore <= now {
                turns.remove(at: turn)
                running = place
                return .run(queues[place].items[queues[place].first])
            }
            earliest = min(earliest, queues[place].notBefore)
        }
        return turns.isEmpty ? .empty : .wait(until: earliest)
    }

    /// The record is done with, one way or the other.
    public mutating func finished() {
        guard let place = running else { return }
        running = nil
        queues[place].first += 1
        if queues[place].first < queues[place].items.count { turns.append(place) }
    }

    /// The record must wait; its key is parked. It keeps its turn before the keys that came after it.
    public mutating func postponed(until moment: Int64) {
        guard let place = running else { return }
        running = nil
        queues[place].notBefore = moment
        turns.insert(place, at: 0)
    }

    /// What has not been finished, in order of keys.
    public var remaining: [Int] { queues.flatMap { $0.items[$0.first...] } }
}

// What is due when: a binary heap of deadlines. Entries are never removed early; whoever handles one
// looks whether it still holds and, if the true deadline has moved, puts it in again.

/// Something that becomes due.
enum DueEvent: Equatable {
    case fetch(UInt64)
    /// A refused authentication is answered.
    case refusal(Int)
    case groupMember(group: GroupName, memberID: String)
    case groupRebalance(group: GroupName)
    case groupSync(group: GroupName, generation: Int32)
    case groupExpiry
    case transaction(GroupName)
    case producerExpiration
    case transactionExpiration
    case retention
    case cleaning
    case sync
}

/// Deadlines, the earliest first.
struct DeadlineQueue {
    private var heap: [(at: Int64, event: DueEvent)] = []

    var earliest: Int64? { heap.first?.at }

    mutating func add(_ event: DueEvent, at deadline: Int64) {
        heap.append((deadline, event))
        var child = heap.count - 1
        while child > 0, heap[(child - 1) / 2].at > heap[child].at {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The next event that is due at `now`.
    mutating func next(now: Int64) -> DueEvent? {
        guard let first = heap.first, first.at <= now else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first.event }
        heap[0] = last
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].at < heap[smallest].at
            {
                smallest = child
            }
            guard smallest != parent else { return first.event }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}

/// A name from a client, compared byte by byte: `String` takes canonically equivalent texts for equal,
/// and two groups must not become one because of it.
struct GroupName: Hashable, Sendable, CustomStringConvertible {
    let text: String
    init(_ text: String) { self.text = text }
    static func == (left: GroupName, right: GroupName) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8(0xff))
    }
    var description: String { text }
}

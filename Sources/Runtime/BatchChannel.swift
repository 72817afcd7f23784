// The only queue inside the process: bounded, and full means that the sender waits. One element is one
// batch, so the cost of the hand-over is spread over its records.

/// A bounded first-in first-out channel between threads.
public final class BatchChannel<Element: Sendable>: Sendable {
    private struct State {
        var waiting: ContiguousArray<Element> = []
        var first = 0
        var isClosed = false
        var count: Int { waiting.count - first }
    }
    private let monitor = Monitor(State())
    /// How many batches it holds before a sender waits.
    public let capacity: Int

    public init(capacity: Int) {
        precondition(capacity > 0, "A channel that holds nothing would never pass anything on.")
        self.capacity = capacity
    }

    /// Hands a batch over, waiting while the channel is full.
    /// - Returns: false when the channel is closed or the deadline passed: the batch was not taken.
    public func send(_ element: Element, until deadline: Deadline? = nil) -> Bool {
        let taken: Bool? = monitor.wait(until: deadline) { state in
            if state.isClosed { return false }
            if state.count >= capacity { return nil }
            state.waiting.append(element)
            return true
        }
        return taken ?? false
    }

    /// The next batch, waiting for one.
    /// - Returns: nil when the channel is closed and empty, or the deadline passed.
    public func receive(until deadline: Deadline? = nil) -> Element? {
        let received: Element?? = monitor.wait(until: deadline) { state in
            if state.count == 0 { return state.isClosed ? .some(nil) : nil }
            let element = state.waiting[state.first]
            state.first += 1
            if state.first > 64, state.first * 2 > state.waiting.count {
                state.waiting.removeFirst(state.first)
                state.first = 0
            }
            if state.count == 0 {
                state.waiting.removeAll(keepingCapacity: true)
                state.first = 0
            }
            return .some(element)
        }
        return received ?? nil
    }

    /// Nothing more is taken; what is inside can still be received.
    public func close() { monitor.with { $0.isClosed = true } }

    public var count: Int { monitor.with { $0.count } }
    public var isClosed: Bool { monitor.with { $0.isClosed } }
}

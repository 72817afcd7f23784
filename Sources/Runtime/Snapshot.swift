// Tables that many threads read and a change replaces whole: contracts, routes, consent.

import Synchronization

/// An immutable value that is swapped whole. Read it once per batch and use that for all its records.
public final class Snapshot<Value: Sendable>: Sendable {
    private struct State: Sendable {
        var value: Value
        var version: Int
    }
    private let state: Mutex<State>

    public init(_ value: Value) { state = Mutex(State(value: value, version: 1)) }

    public func load() -> Value { state.withLock { $0.value } }

    /// The value and how many times it was replaced, plus one; the two belong together.
    public func loadWithVersion() -> (value: Value, version: Int) { state.withLock { ($0.value, $0.version) } }

    /// Puts another value in its place and returns its version.
    @discardableResult public func store(_ value: Value) -> Int {
        state.withLock {
            $0.value = value
            $0.version += 1
            return $0.version
        }
    }

    /// Replaces the value by one made from it. Others see the old one until `change` has returned; two
    /// changes never run at once.
    public func update(_ change: (inout Value) -> Void) {
        state.withLock {
            change(&$0.value)
            $0.version += 1
        }
    }
}

// A bearer token's life: reused until shortly before its end, thrown away when the platform refuses it.

/// The token in use. Pure: every call is told the time in milliseconds.
public struct TokenState: Sendable, Equatable {
    private var text: String?
    private var renewAt: Int64 = 0

    public init() {}

    /// The token while it is good for use; nil where a new one must be fetched.
    public func usable(at now: Int64) -> String? { now < renewAt ? text : nil }

    /// Stores a fetched token. It is renewed a tenth of its life, at most a minute, before its end.
    public mutating func store(_ token: String, lifetimeMilliseconds: Int64, at now: Int64) {
        let lifetime = max(0, min(lifetimeMilliseconds, 86_400_000))
        text = token
        renewAt = now + lifetime - min(60_000, lifetime / 10)
    }

    /// Throws the token away if it is still the one that was refused: another thread may have renewed it.
    public mutating func refuse(_ used: String) {
        if let text, text.utf8.elementsEqual(used.utf8) { self.text = nil }
    }
}

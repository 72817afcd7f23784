// What can go wrong with a call over the network, and what the caller may do about it.

/// A failed call: no response was had.
public struct HTTPError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Closed: it can label a metric.
    public enum Kind: String, Sendable {
        /// No connection came about; nothing was sent.
        case unreachable
        /// The handshake failed or the peer is not who it should be; no payload was sent.
        case untrusted
        /// The deadline passed.
        case timedOut = "timed-out"
        /// The connection ended before a whole answer had come.
        case cutOff = "cut-off"
        /// The answer broke the protocol or a limit.
        case malformed
        /// The request itself cannot be sent, now or ever.
        case unsendable
    }

    public var kind: Kind
    public var detail: String
    /// Whether any byte of the request had left: the peer may then have acted on it.
    public var mayHaveArrived: Bool

    public init(_ kind: Kind, _ detail: String, mayHaveArrived: Bool = false) {
        self.kind = kind
        self.detail = detail
        self.mayHaveArrived = mayHaveArrived
    }

    public var description: String { "\(kind.rawValue): \(detail)" }
}

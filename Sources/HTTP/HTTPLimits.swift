// Every bound of HTTP in one place: sizes in bytes, times in milliseconds. Both directions: what clients may
// send us and what national platforms may answer.

/// The limits of an HTTP server or client.
public struct HTTPLimits: Sendable {
    /// The request or status line, without its end.
    public var lineBytesMax = 8 * 1024
    /// One field line, name and value.
    public var fieldBytesMax = 16 * 1024
    /// Field lines of one message; trailers count anew.
    public var fieldCountMax = 100
    /// All field lines of one message together.
    public var fieldBlockBytesMax = 64 * 1024
    /// A chunk-size line with its extensions.
    public var chunkLineBytesMax = 256
    /// A body, decoded.
    public var bodyBytesMax = 10 * 1024 * 1024
    /// Connections of one server.
    public var connectionsMax = 2_000
    /// Connections of one client certificate.
    public var connectionsPerPeerMax = 100
    /// Requests that wait for a worker thread; more are answered 503.
    public var waitingRequestsMax = 1_000

    /// From accepting a connection to the end of the TLS handshake.
    public var handshakeMilliseconds: Int64 = 10_000
    /// From a request's first byte to the end of its fields.
    public var headMilliseconds: Int64 = 10_000
    /// Between a response and the next request's first byte.
    public var idleMilliseconds: Int64 = 60_000
    /// How long a body may come at any rate; after that it must have come at `bodyBytesPerSecondMin`.
    public var bodyGraceMilliseconds: Int64 = 10_000
    public var bodyBytesPerSecondMin: Int64 = 1_024
    /// How long a peer may take none of the bytes that are offered to it.
    public var writeStallMilliseconds: Int64 = 30_000
    /// How long we read on after our last answer, so that it is not lost to a reset.
    public var lingerMilliseconds: Int64 = 1_000

    public init() {}
}

/// Why a message is refused: the status a server answers with, and a reason without the peer's bytes.
public struct HTTPRefusal: Error, Sendable, Equatable {
    public var status: Int
    public var detail: String

    public init(_ status: Int, _ detail: String) {
        self.status = status
        self.detail = detail
    }
}

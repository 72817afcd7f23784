// Every bound that the broker puts on its peers and on itself, in one place.

/// The broker's limits.
public struct BrokerLimits: Sendable {
    /// The shortest request: a header with a null client id.
    static let requestBytesMin = 8
    /// The largest request frame; checked against the length prefix before anything is allocated.
    public var requestBytesMax = 16 << 20
    /// The largest frame of a connection that has not authenticated yet.
    public var saslBytesMax = 512 << 10
    /// What a connection's receive buffer may hold without counting against `requestBytesTotalMax`.
    public var requestBytesFree = 64 << 10
    /// Receive buffers of all connections together, beyond what is free; at it, the slowest sender is cut off, and
    /// where none is slow, connections that need more are not read until there is room.
    public var requestBytesTotalMax = 24 << 20
    /// From so long after its first byte on, a request must have come at `requestBytesPerSecondMin`.
    public var requestGraceMilliseconds: Int64 = 30_000
    public var requestBytesPerSecondMin: Int64 = 1_024
    /// TLS handshake and authentication together.
    public var handshakeMilliseconds: Int64 = 10_000
    public var connectionsMax = 2_000
    public var connectionsPerAddressMax = Int.max
    /// Requests of one connection without a response yet; beyond, its socket is not read.
    public var requestsInFlightMax = 512
    /// Response bytes queued to one connection; beyond, its socket is not read. One response may be larger.
    public var responseBytesQueuedMax = 1 << 20
    /// Response bytes queued to all connections; beyond, whoever has not read its last response is not read.
    public var responseBytesTotalMax = 128 << 20
    /// With that many queued in all, a connection that has taken nothing for so long is cut off.
    public var responseStallMilliseconds: Int64 = 30_000
    /// The largest fetch response, whatever the client asks for.
    public var fetchBytesMax = 55 << 20
    /// Appended bytes of a partition after which a checkpoint is written; about what a start reads again.
    public var checkpointBytes = 16 << 20
    public var partitionsPerTopicMax = 10_000
    public var partitionsMax = 100_000
    public var groupMembersMax = 10_000
    public var groupsMax = 100_000
    public var transactionalIDsMax = 100_000
    /// The longest regular expression that is compiled for a peer.
    public var patternBytesMax = 512
    /// Fetch sessions kept (max.incremental.fetch.session.cache.slots).
    public var fetchSessionsMax = 1_000
    /// A connection on which nothing arrived for so long, and that waits for nothing, is closed.
    public var idleMilliseconds: Int64 = 600_000
    public init() {}
}

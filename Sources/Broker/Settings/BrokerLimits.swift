// Every bound that the broker puts on its peers and on itself, in one place.

/// The broker's limits.
public struct BrokerLimits: Sendable {
    /// The largest request frame; checked against the length prefix before anything is allocated.
    public var requestBytesMax = 16 << 20
    public var connectionsMax = 2_000
    /// Requests of one connection without a response yet; beyond, its socket is not read.
    public var requestsInFlightMax = 512
    /// Response bytes queued to one connection; beyond, its socket is not read.
    public var responseBytesQueuedMax = 64 << 20
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

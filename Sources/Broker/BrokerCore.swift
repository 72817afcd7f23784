// The broker without sockets and threads: requests in, actions out, files behind `Disk`, time as a
// parameter. One thread calls it. A turn is: any number of `handle` calls, then `endTurn`, which begins
// the sync that covers the turn's appends unless one is under way; acknowledgements wait for it. So a
// sync covers whatever arrived during the one before: the busier, the larger the groups.

import Crypto
import KafkaWire
import Runtime

/// What the server is to do.
public enum BrokerAction: Sendable {
    /// Send a response frame; responses of a connection go out in the order of their slots.
    case reply(connection: Int, slot: UInt64, frame: [UInt8])
    /// The request of this slot gets no response (acks=0).
    case skip(connection: Int, slot: UInt64)
    /// The peer broke the protocol.
    case close(connection: Int)
    /// Make these files durable, then call `syncCompleted`.
    case sync([any SyncTarget])
    /// Run this on a thread that may take long, then call `cleaningCompleted`.
    case clean(any SyncTarget)
    /// Stop at once without writing anything: durability can no longer be promised.
    case fail(String)
}

/// Where a response goes and how it is encoded.
struct ReplyTarget {
    var connection: Int
    var slot: UInt64
    var correlationID: Int32
    var key: APIKey
    var version: Int16
    var clientID: String
    var clientHost: String
    var principal = Principal.anonymous
    /// How long the client is to wait because of its quota.
    var throttleMilliseconds: Int32 = 0
    /// When the request came in.
    var arrivedAt: Int64 = 0
    /// What authorization still has to do to the response: put in what it took out of the request, or the reverse.
    var amendment: ResponseAmendment?
}

/// What a listener is to requests that come through it.
public struct BrokerEndpoint: Sendable {
    var host: String
    var port: Int32
    var usesSASL: Bool

    init(_ listener: ListenerSettings, advertised: Endpoint) {
        host = advertised.host
        port = advertised.port
        usesSASL = listener.securityProtocol.usesSASL
    }
}

/// The broker's state and its reactions.
public final class BrokerCore {
    public let settings: BrokerSettings
    let disk: any Disk
    let catalog: TopicCatalog
    let administration: AdministrationStore
    var quotaMeters = QuotaMeters()
    var metrics = BrokerMetrics()
    var groups = GroupTable()
    var transactions = TransactionTable()
    var deadlines = DeadlineQueue()
    var now: Int64
    /// The listeners, by their places; set when they are bound.
    public var endpoints: [BrokerEndpoint]
    /// The listener of the request being handled: clients are told to connect where they came in.
    private var currentListener = 0
    var sessions: [Int: Session] = [:]
    let rules: AccessRules
    let saltSecret: [UInt8]
    var fetchSessions = FetchSessionTable()
    var waitingFetches: [UInt64: PendingFetch] = [:]
    var fetchesToCheck: Set<UInt64> = []
    var nextFetchID: UInt64 = 0

    private var actions: [BrokerAction] = []
    private var dirtyLogs: [PartitionLog] = []
    private var afterNextSync: [() -> Void] = []
    private var afterThisSync: [() -> Void] = []
    private var logsInSync: [(log: PartitionLog, upTo: LogPosition)] = []
    /// The log that is being compacted.
    var cleaning: (log: PartitionLog, job: CompactionJob)?
    private var isSyncing = false
    private var isSyncDue = false

    /// Recovers everything in the data directory.
    public init(settings: BrokerSettings, disk: any Disk, now: Int64) throws(DiskError) {
        self.settings = settings
        self.disk = disk
        self.now = now
        let listener = ListenerSettings(.plaintext, host: settings.host, port: settings.port)
        let own = Endpoint(
            host: settings.advertisedHost ?? settings.host, port: Int32(truncatingIfNeeded: settings.port))
        endpoints = [BrokerEndpoint(listener, advertised: own)]
        try disk.createDirectory(settings.dataDirectory)
        rules = try AccessRules(settings: settings.security, directory: settings.dataDirectory, disk: disk)
        do throws(CryptoError) {
            saltSecret = try RandomBytes.make(count: 32)
        } catch {
            throw DiskError(operation: "random", path: "", code: 5)
        }
        catalog = try TopicCatalog(settings: settings, disk: disk, now: now)
        administration = try AdministrationStore(settings: settings, disk: disk)
        catalog.useDynamicValues(dynamicBrokerValues)
        for topic in catalog.topics.values {
            for log in topic.partitions where log.isDirty { touch(log) }
        }
        try loadGroups()
        try loadTransactions()
        deadlines.add(.groupExpiry, at: now + settings.offsetsRetentionCheckMilliseconds)
        deadlines.add(.retention, at: now + settings.initialTaskDelayMilliseconds)
        deadlines.add(.producerExpiration, at: now + settings.producerIDExpirationCheckMilliseconds)
        deadlines.add(.transactionExpiration, at: now + settings.transactionalIDExpirationCheckMilliseconds)
        deadlines.add(.cleaning, at: now + max(1, settings.cleanerBackoffMilliseconds))
        if case .interval(let milliseconds) = settings.fsync { deadlines.add(.sync, at: now + milliseconds) }
    }

    public var advertisedHost: String { endpoints[currentListener].host }
    public var advertisedPort: Int32 { endpoints[currentListener].port }
    /// When `tick` wants to be called at the latest.
    public var nextDeadline: Int64? { deadlines.earliest }

    // MARK: Requests

    /// Takes one request frame (without its length) from `buffer`. Offsets are written into the batches in
    /// place, which is why the buffer is handed over for the call.
    public func handle(
        connection: Int, slot: UInt64, clientHost: String, buffer: inout [UInt8], frame: Range<Int>, now: Int64
    ) {
        self.now = now
        do throws(WireError) {
            if sessions[connection] == nil {
                connectionOpened(connection, listener: 0, clientHost: clientHost, principal: .anonymous)
            }
            guard let session = sessions[connection] else { return }
            currentListener = session.listener
            if try authenticate(session, slot: slot, buffer: buffer, frame: frame) { return }
            let (header, bodyStart) = try RequestHeader.read(buffer, range: frame)
            let body = bodyStart..<frame.upperBound
            if try answerUnoffered(connection: connection, slot: slot, header, buffer, body) { return }
            guard let key = APIKey(rawValue: header.apiKey) else { throw .unsupported }
            var target = ReplyTarget(session, slot: slot, header: header)
            target.key = key
            target.arrivedAt = now
            metrics.received(key, bytes: frame.count)
            guard key.versions.contains(header.version) else {
                guard key == .apiVersions else { throw .unsupported }
                return replyUnsupportedApiVersions(target)
            }
            guard admit(&target, bytes: frame.count) else { return }
            try authorize(target, &buffer, bodyStart..<frame.upperBound)
        } catch {
            // A peer that speaks something else is cut off; the log says what it asked for, never its bytes.
            let request =
                frame.count >= 4
                ? "key \(buffer[frame.lowerBound + 1]) version \(buffer[frame.lowerBound + 3])" : "short"
            Log.warning(
                "broker.request-refused", ["request": request, "reason": "\(error)", "bytes": "\(frame.count)"])
            metrics.refusedRequests += 1
            close(connection)
        }
    }

    public func takeActions() -> [BrokerAction] {
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    func reply(_ target: ReplyTarget, _ message: some WireMessage) {
        var body = message
        target.amendment?.apply(to: &body)
        send(target, encode(target, throttled(target, body)))
    }

    /// A whole response frame.
    func encode(_ target: ReplyTarget, _ message: some WireMessage) -> [UInt8] {
        var coder = ResponseHeader.begin(target.key, version: target.version, correlationID: target.correlationID)
        var body = message
        do throws(WireError) {
            try body.fields(&coder)
        } catch {
            // Encoding has no failure; a response that cannot be built must not leave its slot open.
            close(target.connection)
        }
        return ResponseHeader.finish(coder)
    }

    func send(connection: Int, slot: UInt64, _ frame: [UInt8]) {
        actions.append(.reply(connection: connection, slot: slot, frame: frame))
    }
    /// Ends a connection once its responses are sent.
    func close(_ connection: Int) { actions.append(.close(connection: connection)) }

    /// The connection is gone, and with it who its peer was.
    public func sessionEnded(_ connection: Int) { sessions[connection] = nil }

    func send(_ target: ReplyTarget, _ frame: [UInt8]) {
        countSent(target, bytes: frame.count)
        metrics.answered(target.key, bytes: frame.count, milliseconds: now - target.arrivedAt)
        actions.append(.reply(connection: target.connection, slot: target.slot, frame: frame))
    }

    func close(_ target: ReplyTarget) { close(target.connection) }
    func act(_ action: BrokerAction) { actions.append(action) }

    func skip(_ target: ReplyTarget) {
        metrics.answered(target.key, bytes: 0, milliseconds: now - target.arrivedAt)
        actions.append(.skip(connection: target.connection, slot: target.slot))
    }

    // MARK: Durability

    /// Notes that `log` was written.
    func touch(_ log: PartitionLog) {
        if !log.isNoted {
            log.isNoted = true
            dirtyLogs.append(log)
        }
        if !log.isVisibleWhenSynced { wakeFetches(log) }
    }

    /// Runs `work` once everything appended so far is as durable as the sync policy promises.
    func whenDurable(_ work: @escaping () -> Void) {
        guard settings.fsync == .always, isSyncing || !dirtyLogs.isEmpty else { return work() }
        afterNextSync.append(work)
    }

    /// Ends a turn: looks at waiting fetches and begins a sync if one is due and none is under way.
    public func endTurn() {
        checkFetches()
        guard !isSyncing, !dirtyLogs.isEmpty || !afterNextSync.isEmpty else { return }
        guard settings.fsync == .always || isSyncDue else { return }
        isSyncDue = false
        isSyncing = true
        metrics.syncBeganAt = now
        afterThisSync = afterNextSync
        afterNextSync = []
        var targets: [any SyncTarget] = []
        logsInSync = []
        for log in dirtyLogs {
            log.isNoted = false
            let begun = log.beginSync(now: now)
            targets.append(contentsOf: begun.targets)
            logsInSync.append((log, begun.upTo))
        }
        dirtyLogs = []
        actions.append(.sync(targets))
    }

    /// The sync asked for last is done, or failed: then nothing of it is acknowledged, ever.
    public func syncCompleted(_ error: DiskError?, now: Int64) {
        self.now = now
        isSyncing = false
        metrics.syncs.add(milliseconds: now - metrics.syncBeganAt)
        if let error {
            for item in logsInSync { item.log.failure = "\(error)" }
            logsInSync = []
            afterThisSync = []
            return stop("\(error)")
        }
        for item in logsInSync {
            item.log.finishSync(upTo: item.upTo)
            wakeFetches(item.log)
        }
        logsInSync = []
        let work = afterThisSync
        afterThisSync = []
        for item in work { item() }
    }

    /// A sync has failed: the kernel may have dropped what it could not write.
    func stop(_ reason: String) {
        actions.append(.fail("\(reason); what is on disk is uncertain, so nothing more is acknowledged"))
    }

    /// Handles what has become due.
    public func tick(now: Int64) {
        self.now = now
        while let event = deadlines.next(now: now) {
            switch event {
            case .fetch(let id): answerFetch(id)
            case .refusal(let connection): endRefused(connection)
            case .groupMember(let group, let memberID): memberDeadline(group, memberID)
            case .groupRebalance(let group): rebalanceDeadline(group)
            case .groupSync(let group, let generation): syncDeadline(group, generation)
            case .groupExpiry: expireGroups()
            case .transaction(let id): transactionDeadline(id)
            case .producerExpiration: expireProducers()
            case .transactionExpiration:
                expireTransactions()
                deadlines.add(event, at: now + settings.transactionalIDExpirationCheckMilliseconds)
            case .retention:
                enforceRetention()
                deadlines.add(.retention, at: now + settings.retentionCheckMilliseconds)
            case .cleaning: beginCleaning()
            case .sync:
                isSyncDue = true
                if case .interval(let milliseconds) = settings.fsync { deadlines.add(.sync, at: now + milliseconds) }
            }
        }
    }

    private func expireProducers() {
        for topic in catalog.topics.values {
            for log in topic.partitions {
                log.producers.expire(
                    before: now - settings.producerIDExpirationMilliseconds, logStart: log.startOffset)
            }
        }
        deadlines.add(.producerExpiration, at: now + settings.producerIDExpirationCheckMilliseconds)
    }

    private func enforceRetention() {
        for topic in catalog.topics.values {
            for log in topic.partitions {
                log.enforceRetention(now: now)
                if log.hasLostSync { return stop(log.failure ?? "") }
            }
        }
    }

    /// A clean end: everything synced and checkpointed, so that the next start reads nothing.
    public func shutDown() throws(DiskError) {
        for topic in catalog.topics.values {
            for log in topic.partitions where log.failure == nil {
                try log.settle(now: now)
            }
        }
    }
}

// A connector at work: a fixed number of lanes, each a thread with its own kept connection. Records of equal
// keys go to the same lane, so that their order holds through every retry.

public import Crypto
public import HTTP
import Records
public import Runtime
import Synchronization

/// The bounds of delivering.
public struct DelivererLimits: Sendable {
    /// Connections and threads.
    public var lanes = 8
    /// Failed tries after which a record is given up.
    public var attemptsMax = 8
    /// One request with its whole answer.
    public var requestMilliseconds: Int64 = 30_000
    /// One `deliver` call: what is left after it is deferred.
    public var patienceMilliseconds: Int64 = 120_000
    /// Requests about one record, retries included.
    public var requestsPerRecordMax = 1_000
    public var backOff = BackOff()
    public var breaker = CircuitBreaker()
    public var http: HTTPLimits = {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 1 << 20
        return limits
    }()

    public init() {}
}

/// Delivers records to one platform.
public final class ConnectorClient: Sendable {
    private let access: PlatformAccess
    private let limits: DelivererLimits
    private let lanes: [BatchChannel<LaneWork>]
    private let threads: Mutex<[WorkerThread]>
    private let stopping = Monitor(false)

    /// Starts the lanes' threads. `peer` is the name that the platform must prove: its host unless told.
    public init(
        _ connector: any Connector, tls: TLSContext?, peer: TLSPeerName? = nil,
        limits: DelivererLimits = DelivererLimits(),
        clock: any Clock = SystemClock(), seed: UInt64 = .random(in: 0 ... .max)
    ) throws(ThreadStartFailure) {
        self.limits = limits
        let access = PlatformAccess(connector, breaker: limits.breaker, clock: clock)
        self.access = access
        let lanes = (0..<max(1, limits.lanes)).map { _ in BatchChannel<LaneWork>(capacity: 4) }
        self.lanes = lanes
        threads = Mutex([])
        let stopping = stopping
        for (number, lane) in lanes.enumerated() {
            do throws(ThreadStartFailure) {
                let thread = try WorkerThread(name: "connector lane") {
                    let client = HTTPClient(endpoint: connector.endpoint, tls: tls, peer: peer, limits: limits.http)
                    var worker = DeliveryLane(
                        connector, access: access, client: client, limits: limits, stopping: stopping,
                        seed: seed &+ UInt64(number))
                    while let work = lane.receive() { worker.run(work) }
                    client.close()
                }
                threads.withLock { $0.append(thread) }
            } catch {
                for lane in lanes { lane.close() }
                throw error
            }
        }
    }

    deinit { stop() }

    /// Where the circuit breaker stands.
    public var breakerState: CircuitBreaker.State { access.breakerState }

    /// Delivers records and returns their results in the same order. Blocks until each is delivered, refused,
    /// given up or, when the patience is at its end, deferred.
    public func deliver(_ deliveries: [Delivery]) -> [DeliveryResult] {
        let results = DeliveryResults(count: deliveries.count)
        let until = access.now + limits.patienceMilliseconds
        var shares = [[(index: Int, delivery: Delivery)]](repeating: [], count: lanes.count)
        for (index, delivery) in deliveries.enumerated() {
            let lane = Int(SHA256.hash(delivery.key).word0 % UInt64(lanes.count))
            shares[lane].append((index, delivery))
        }
        for (lane, share) in zip(lanes, shares) where !share.isEmpty {
            guard !lane.send(LaneWork(deliveries: share, until: until, results: results)) else { continue }
            for entry in share {
                let result = DeliveryResult(
                    id: entry.delivery.id, contract: entry.delivery.contract,
                    outcome: .deferred(detail: "the connector is stopped"), attempts: 0, events: [])
                results.put(result, at: entry.index)
            }
        }
        return results.wait()
    }

    /// Ends the lanes: requests on their way are finished, the rest is deferred. Waits for the threads.
    public func stop() {
        stopping.with { $0 = true }
        for lane in lanes { lane.close() }
        let running = threads.withLock { threads in
            let taken = threads
            threads = []
            return taken
        }
        for thread in running { thread.join() }
    }
}

// Accounts for every record from what lies on the bus, not from counters in memory: what each feed brought in
// against what was published and rejected, what each route released against what it denied, what each connector
// handed over. It can be run at any time by anybody who may read the topics.
public import Bus
import JSON
public import Records

/// In and out of one feed.
public struct FeedAccount: Sendable, Equatable {
    public var agency: String
    public var feed: String
    /// Raw records.
    public var read = 0
    /// Contract records made from them.
    public var published = 0
    /// Rejections by code.
    public var rejected: [String: Int] = [:]

    public var rejectedCount: Int { rejected.values.reduce(0, +) }
    public var isBalanced: Bool { read == published + rejectedCount }
}

/// In and out of one recipient's route for one contract.
public struct RouteAccount: Sendable, Equatable {
    public var recipient: String
    public var contract: String
    /// Records that lie in the recipient's topic.
    public var delivered = 0
    /// Decisions in the audit log.
    public var released = 0
    public var denied: [String: Int] = [:]
    /// Contract records that the route applies to, found by asking the rules again; nil where nobody asked.
    public var matched: Int?

    public init(recipient: String, contract: String) {
        self.recipient = recipient
        self.contract = contract
    }

    public var deniedCount: Int { denied.values.reduce(0, +) }
    public var isBalanced: Bool {
        delivered == released && (matched == nil || matched == released + deniedCount)
    }
}

/// In and out of one connector.
public struct ConnectorAccount: Sendable, Equatable {
    public var platform: String
    /// Records in its deliver topics.
    public var taken = 0
    public var delivered = 0
    public var refused = 0
    /// Given up after the retry budget, or not fit to be sent.
    public var rejected = 0

    public var isBalanced: Bool { taken == delivered + refused + rejected }
}

/// The accounts of a hub at one moment.
public struct Reconciliation: Sendable {
    public var feeds: [FeedAccount] = []
    public var routes: [RouteAccount] = []
    public var connectors: [ConnectorAccount] = []
    /// Latest indicator records by key, as JSON.
    public var indicators: [String: [UInt8]] = [:]

    public var isBalanced: Bool {
        feeds.allSatisfy(\.isBalanced) && routes.allSatisfy(\.isBalanced) && connectors.allSatisfy(\.isBalanced)
    }

    /// Reads every topic of the hub to its end.
    ///
    /// - Parameter platforms: recipients that are connectors.
    /// - Throws: `BusError`.
    public static func count(
        _ bus: BusSettings, admin: Admin, platforms: [String], onContractBatch: (borrowing RecordBatch) -> Void = { _ in }
    ) throws(BusError) -> Reconciliation {
        var ledger = Ledger(platforms: platforms)
        let kinds: Set<Substring> = ["raw", "contract", "rejected", "deliver", "receipt", "audit", "indicator"]
        let topics = try admin.listTopics().filter { kinds.contains($0.name.prefix { $0 != "." }) }
        let positions = topics.flatMap(\.partitions).map { PartitionPosition.oldest($0.topic, $0.partition) }
        if positions.isEmpty { return ledger.result() }
        let reader = try AssignedReader(bus, from: positions)
        try reader.readToEnd { batch in
            ledger.add(batch)
            onContractBatch(batch)
        }
        return ledger.result()
    }
}

/// Counters while the topics are read.
private struct Ledger {
    private var feeds: [String: FeedAccount] = [:]
    private var routes: [String: RouteAccount] = [:]
    private var connectors: [String: ConnectorAccount] = [:]
    private var indicators: [String: [UInt8]] = [:]
    private var tape = JSONTape()
    private let platforms: Set<String>

    init(platforms: [String]) {
        self.platforms = Set(platforms)
        for platform in platforms { connectors[platform] = ConnectorAccount(platform: platform) }
    }

    func result() -> Reconciliation {
        Reconciliation(
            feeds: feeds.values.sorted { ($0.agency, $0.feed) < ($1.agency, $1.feed) },
            routes: routes.values.sorted { ($0.recipient, $0.contract) < ($1.recipient, $1.contract) },
            connectors: connectors.values.sorted { $0.platform < $1.platform }, indicators: indicators)
    }

    mutating func add(_ batch: borrowing RecordBatch) {
        for slot in batch.slots {
            let topic = batch.topics[Int(slot.topic)]
            let parts = topic.split(separator: ".")
            switch parts.first {
            case "raw" where parts.count >= 3: feed(topic) { $0.read += 1 }
            case "contract":
                // Verifications and model outputs have no raw record behind them.
                guard let raw = batch.headerText("lgsp-raw", of: slot) else { continue }
                feed(rawTopic(raw)) { $0.published += 1 }
            case "rejected": reject(batch, slot, topic)
            case "deliver" where parts.count >= 3: deliver(String(parts[1]), String(parts[2]))
            case "audit": decide(batch, slot)
            case "receipt" where parts.count >= 2: receive(batch, slot, platform: String(parts[1]))
            case "indicator":
                indicators[batch.text(slot.key)] = slot.value.isAbsent ? nil : Array(batch.arena[slot.value.range])
            default: continue
            }
        }
    }

    /// `raw.health.medical-visit/0/17` → `raw.health.medical-visit`.
    private func rawTopic(_ coordinates: String) -> String { String(coordinates.prefix { $0 != "/" }) }

    private mutating func feed(_ rawTopic: String, _ change: (inout FeedAccount) -> Void) {
        let parts = rawTopic.split(separator: ".", maxSplits: 2)
        guard parts.count == 3 else { return }
        change(&feeds[rawTopic, default: FeedAccount(agency: String(parts[1]), feed: String(parts[2]))])
    }

    private mutating func deliver(_ recipient: String, _ contract: String) {
        route(recipient, contract) { $0.delivered += 1 }
        if platforms.contains(recipient) { connectors[recipient]?.taken += 1 }
    }

    private mutating func route(_ recipient: String, _ contract: String, _ change: (inout RouteAccount) -> Void) {
        change(&routes["\(recipient) \(contract)", default: RouteAccount(recipient: recipient, contract: contract)])
    }

    private mutating func reject(_ batch: borrowing RecordBatch, _ slot: RecordSlot, _ topic: String) {
        let fields = texts(batch, slot, ["code", "raw"])
        if topic.hasPrefix("rejected.connector-") {
            connectors[String(topic.dropFirst("rejected.connector-".count))]?.rejected += 1
        } else if let raw = fields[1] {
            feed(rawTopic(raw)) { $0.rejected[fields[0] ?? "unknown", default: 0] += 1 }
        }
    }

    private mutating func decide(_ batch: borrowing RecordBatch, _ slot: RecordSlot) {
        let fields = texts(batch, slot, ["recipient", "contract", "decision", "reason"])
        guard let recipient = fields[0], let contract = fields[1] else { return }
        // The entry names the contract with its version where it has one: `medical-visit.v1`.
        let name = contract.split(separator: ".").first.map(String.init) ?? contract
        route(recipient, name) { account in
            if fields[2] == "permit" { account.released += 1 } else { account.denied[fields[3] ?? "unknown", default: 0] += 1 }
        }
    }

    private mutating func receive(_ batch: borrowing RecordBatch, _ slot: RecordSlot, platform: String) {
        let isDelivered = texts(batch, slot, ["status"])[0] == "delivered"
        if isDelivered { connectors[platform]?.delivered += 1 } else { connectors[platform]?.refused += 1 }
    }

    /// Top-level string members of a JSON value.
    private mutating func texts(_ batch: borrowing RecordBatch, _ slot: RecordSlot, _ names: [String]) -> [String?] {
        let span = batch.arena.span.extracting(slot.value.range)
        guard (try? tape.parse(span)) != nil else { return names.map { _ in nil } }
        let view = JSONView(bytes: span, tape: tape)
        var found: [String?] = []
        for name in names { found.append(view.member(view.root, Array(name.utf8)).flatMap { view.string($0) }) }
        return found
    }
}

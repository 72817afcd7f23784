// Which topics the hub needs, from what lies in Adapters, Contracts and Routes. Created at start where missing.
import Records

/// A topic to exist.
public struct TopicPlan: Sendable, Hashable {
    public var name: String
    public var partitions: Int
    public var isCompacted: Bool

    public init(name: String, partitions: Int, isCompacted: Bool) {
        self.name = name
        self.partitions = partitions
        self.isCompacted = isCompacted
    }

    /// Kafka's topic settings.
    public var settings: [(String, String)] {
        isCompacted ? [("cleanup.policy", "compact")] : [("retention.ms", "2592000000")]
    }
}

/// What the topics follow from.
public struct TopologySources: Sendable {
    public var feeds: [(agency: String, feed: String)] = []
    public var contracts: [(name: String, major: Int)] = []
    public var deliveries: [(recipient: String, contract: String, major: Int)] = []
    /// Recipients that are connectors, such as `population`.
    public var platforms: [String] = []
    /// Recipients that are models, such as `model-05`.
    public var models: [String] = []

    public init() {}
}

public enum Topology {
    /// Every topic of the hub, sorted by name.
    ///
    /// - Parameter partitions: of each topic whose order matters per key only. State topics have one: they are
    ///   read whole at start.
    public static func plan(_ sources: TopologySources, partitions: Int) -> [TopicPlan] {
        var plans: Set<TopicPlan> = []
        func add(_ name: String, compacted: Bool = false, single: Bool = false) {
            plans.insert(TopicPlan(name: name, partitions: single ? 1 : partitions, isCompacted: compacted))
        }
        for (agency, feed) in sources.feeds {
            add(TopicName.raw(agency: agency, feed: feed))
            add(TopicName.rejected(agency), single: true)
        }
        for (name, major) in sources.contracts { add(TopicName.contract(name, major: major)) }
        for (recipient, contract, major) in sources.deliveries {
            add(TopicName.deliver(recipient: recipient, contract: contract, major: major))
        }
        for platform in sources.platforms {
            add(TopicName.receipt(platform))
            add(TopicName.rejected("connector-\(platform)"), single: true)
        }
        for model in sources.models {
            add(TopicName.state(group: model), compacted: true, single: true)
            add(TopicName.rejected(model), single: true)
        }
        add(TopicName.state(group: "intake"), compacted: true, single: true)
        add(TopicName.state(group: "conform"), compacted: true, single: true)
        add(TopicName.rejected("conform"), single: true)
        add(TopicName.rejected("share"), single: true)
        add(TopicName.consent, compacted: true)
        add(TopicName.indicator, compacted: true, single: true)
        add(TopicName.audit)
        return plans.sorted { $0.name < $1.name }
    }
}

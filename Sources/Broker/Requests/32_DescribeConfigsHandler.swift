// DescribeConfigs (32), versions 1-4. Resources: 2 topic, 4 broker (its id, or no name for what holds for all), 8
// the broker's loggers, 16 a client-metrics subscription, 32 a group. Sources: 1 the topic's own value, 2 set on
// this broker and 3 on all while running, 4 given at start, 5 Kafka's default, 6-8 logger, client metrics, group.

import KafkaWire
import Runtime

extension BrokerCore {
    private typealias Config = DescribeConfigsResponse.Result.Config

    /// Where a value comes from, numbered as on the wire.
    enum ConfigSource: Int8 {
        case topic = 1
        case dynamicBroker, dynamicDefaultBroker, staticBroker, initial, brokerLogger, clientMetrics, group
    }

    func describeConfigs(_ target: ReplyTarget, _ request: DescribeConfigsRequest) {
        var response = DescribeConfigsResponse()
        response.results = request.resources.map { resource in
            var result = DescribeConfigsResponse.Result()
            result.type = resource.type
            result.name = resource.name
            do throws(Refusal) {
                result.configs = try configs(resource.type, resource.name)
            } catch {
                result.error = error.code
                result.errorMessage = error.reason
            }
            if let keys = resource.keys { result.configs.removeAll { !keys.contains($0.name) } }
            for index in result.configs.indices {
                if !request.includesSynonyms { result.configs[index].synonyms = [] }
                if !request.includesDocumentation { result.configs[index].documentation = nil }
            }
            return result
        }
        reply(target, response)
    }

    private func configs(_ type: Int8, _ name: String) throws(Refusal) -> [Config] {
        switch ConfigResource.Kind(rawValue: type) {
        case .topic:
            if let topic = catalog.topics[name] { return topicConfigs(topic) }
            guard TopicCatalog.isLegal(name) else { throw Refusal(.invalidTopic, "\(name) cannot be a topic's name.") }
            throw Refusal(.unknownTopicOrPartition, "There is no topic \(name).")
        case .broker:
            if name.isEmpty { return defaultBrokerConfigs() }
            try checkBroker(name)
            return brokerConfigs()
        case .brokerLogger:
            try checkBroker(name)
            return [config("root", Log.level.kafkaName, .brokerLogger, kind: 0, [], nil)]
        case .clientMetrics:
            guard !name.isEmpty else { throw Refusal(.invalidRequest, "A subscription needs a name.") }
            let values = administration.values(.clientMetrics, name)
            return ClientMetricsSettingKey.all.map { key in
                let sources = [(key.name, values[key.name], ConfigSource.clientMetrics)]
                return config(key.name, sources + [("", key.initial, .initial)], key.rule.kind, key.documentation)
            }
        case .group:
            guard !name.isEmpty else { throw Refusal(.invalidRequest, "A group needs a name.") }
            let values = administration.values(.group, name)
            return GroupSettingKey.all.map { key in
                let own: [Source] = [(key.name, values[key.name], .group)]
                return config(
                    key.name, own + brokerSources(key.brokerName, key.initial), key.rule.kind, key.documentation)
            }
        case nil: throw Refusal(.invalidRequest, "Unexpected resource type \(type)")
        }
    }

    func checkBroker(_ name: String) throws(Refusal) {
        guard let id = Int32(name) else { throw Refusal(.invalidRequest, "\(name) is not a broker's number.") }
        guard id == settings.nodeID else {
            throw Refusal(.invalidRequest, "This is broker \(settings.nodeID), not \(id).")
        }
    }

    // MARK: Values and where they come from

    /// An empty name marks a value that is no setting's own, and so no synonym.
    private typealias Source = (name: String, value: String?, source: ConfigSource)

    /// The values a broker setting has, the strongest first; nil where there is none.
    private func brokerSources(_ name: String, _ initial: String?) -> [Source] {
        [
            (name, administration.values(.broker, String(settings.nodeID))[name], .dynamicBroker),
            (name, administration.values(.broker, "")[name], .dynamicDefaultBroker),
            (name, staticBrokerValues[name], .staticBroker), (name, initial, .initial),
        ]
    }

    private func topicSources(_ key: TopicSettingKey, _ topic: Topic?) -> [Source] {
        let own: [Source] = [(key.name, topic?.values[key.name], .topic)]
        guard let name = key.brokerName else { return own + [("", key.initial, .initial)] }
        // Some defaults stand in for hours or minutes that the broker's setting overrides.
        let isOwnDefault = BrokerSettingKey.named(name)?.initial != nil
        return own + brokerSources(name, nil).dropLast() + [(isOwnDefault ? name : "", key.initial, .initial)]
    }

    /// What was given at start, or follows from it.
    var staticBrokerValues: [String: String] {
        var values = settings.values
        let id = String(settings.nodeID)
        values["node.id"] = id
        values["broker.id"] = id
        values["log.dirs"] = settings.dataDirectory
        let address = "PLAINTEXT://\(advertisedHost):\(advertisedPort)"
        values["advertised.listeners"] = values["advertised.listeners"] ?? address
        values["listeners"] = values["listeners"] ?? address
        return values
    }

    /// What is set while running: for this broker, else for all.
    var dynamicBrokerValues: [String: String] {
        administration.values(.broker, "").merging(administration.values(.broker, String(settings.nodeID))) { $1 }
    }

    /// The value that a broker setting has; nil when it has none or is not one.
    func brokerValue(_ name: String) -> String? {
        dynamicBrokerValues[name] ?? staticBrokerValues[name] ?? BrokerSettingKey.named(name)?.initial
    }

    private func config(
        _ name: String, _ sources: [Source], _ kind: SettingKind, _ documentation: String?
    ) -> Config {
        let known = sources.compactMap { source in source.value.map { (source.name, $0, source.source) } }
        let value = known.first?.1
        let synonyms = known.filter { !$0.0.isEmpty }
        return config(name, value, known.first?.2 ?? .initial, kind: kind.rawValue, synonyms, documentation)
    }

    private func config(
        _ name: String, _ value: String?, _ source: ConfigSource, kind: Int8,
        _ synonyms: [(String, String, ConfigSource)], _ documentation: String?
    ) -> Config {
        var config = Config()
        config.name = name
        config.value = value
        config.source = source.rawValue
        config.type = kind
        config.documentation = documentation
        config.synonyms = synonyms.map { name, value, source in
            var synonym = Config.Synonym()
            synonym.name = name
            synonym.value = value
            synonym.source = source.rawValue
            return synonym
        }
        return config
    }

    // MARK: Resources

    private func topicConfigs(_ topic: Topic) -> [Config] {
        TopicSettingKey.all.map { key in
            config(key.name, topicSources(key, topic), key.rule.kind, key.documentation)
        }
    }

    /// A topic's settings as CreateTopics tells them.
    func createdConfigs(_ values: [String: String]) -> [CreateTopicsResponse.Topic.Config] {
        let topic = Topic(name: "", id: .none, partitionCount: 0, values: values)
        return TopicSettingKey.all.map { key in
            let first = topicSources(key, topic).first { $0.value != nil }
            var config = CreateTopicsResponse.Topic.Config()
            config.name = key.name
            config.value = first?.value
            config.source = (first?.source ?? .initial).rawValue
            return config
        }
    }

    private func brokerConfigs() -> [Config] {
        let values = staticBrokerValues
        var configs = BrokerSettingKey.all.map { key in
            var described = config(key.name, brokerSources(key.name, key.initial), key.rule.kind, nil)
            described.isReadOnly = !key.isDynamic
            return described
        }
        for name in values.keys.sorted()
        where BrokerSettingKey.named(name) == nil && !name.hasPrefix("unstable.") && !name.hasPrefix("internal.") {
            var described = config(name, brokerSources(name, nil), .string, nil)
            described.isReadOnly = true
            if Self.isSecret(name) {
                described.isSensitive = true
                described.value = nil
                described.synonyms = []
            }
            configs.append(described)
        }
        return configs.sorted { $0.name < $1.name }
    }

    /// Passwords and keys are never told.
    private static func isSecret(_ name: String) -> Bool {
        name.hasSuffix("password") || name.hasSuffix("jaas.config") || name.hasSuffix("keystore.key")
            || name.hasSuffix("certificate.chain") || name.hasSuffix("truststore.certificates")
    }

    /// Only what is set for all brokers.
    private func defaultBrokerConfigs() -> [Config] {
        administration.values(.broker, "").sorted { $0.key < $1.key }.map { name, value in
            let kind = BrokerSettingKey.named(name)?.rule.kind ?? .string
            return config(name, [(name, value, .dynamicDefaultBroker)], kind, nil)
        }
    }
}
